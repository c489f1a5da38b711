"""The columns of invented dispensing lines: when, who, which product as written, and what was noted besides."""

from datetime import date, timedelta

import polars as pl

from .dice import FINE, Dice, Pools, on_some

FIRST_DAY, DAYS = date(2026, 9, 1), 30
PRESCRIBERS, SPECIALISTS, PRACTICES, PHARMACIES = 76, 6, 40, 20
_PATIENTS_EACH = 1_500
_SPECIALISMS = ["0303", "0306", "0313", "0330"]
_QUANTITIES = [7, 10, 14, 15, 20, 30, 30, 30, 45, 60, 60, 90, 90, 90, 90, 180]
_REMARKS = ["02", "03", "08", "09"]  # another than the insurer's product: logistic or medical need, entitled or not
_FEE_CENTS = 650


def when_and_how_much(dice: Dice, atc_no: pl.Series) -> pl.DataFrame:
    """Return for every line its number, day, quantity and cost, in the order of the days."""
    days = [FIRST_DAY + timedelta(days) for days in range(DAYS)]
    busy = [day for day in days for _ in range((20, 20, 20, 20, 20, 4, 1)[day.weekday()])]
    unit_cents = dice.below(60, "unit price", 1_000).gather(atc_no % 1_000) + 3
    quantity = dice.one_of(_QUANTITIES, "quantity")
    return pl.DataFrame(
        {
            "regelnummer": pl.int_range(1, dice.lines + 1, eager=True),
            "afleverdatum": pl.Series(busy).gather(dice.below(len(busy), "day")).sort().dt.strftime("%d-%m-%Y"),
            "hoeveelheid": quantity,
            "cents": quantity * unit_cents + _FEE_CENTS,
        }
    )


def people(dice: Dice, prescriber_no: pl.Series) -> pl.DataFrame:
    """Return for every line who prescribed it, who dispensed it and who received it."""
    number, is_specialist = pl.col("number"), pl.col("number") >= PRESCRIBERS - SPECIALISTS
    specialism = pl.lit(pl.Series(_SPECIALISMS)).gather(number % len(_SPECIALISMS))
    # Most patients have one pharmacy, near the practice; one line in ten comes from another.
    shop = (number + pl.when(pl.col("away") == 0).then(7).otherwise(0)) % PHARMACIES
    places = pl.DataFrame([prescriber_no.alias("number"), dice.below(10, "away")]).select(
        pl.format("0{}4{}", pl.when(is_specialist).then(3).otherwise(1), 10_007 + number * 137).alias("voorschrijver"),
        pl.when(is_specialist).then(specialism).otherwise(pl.lit("0100")).alias("specialisme voorschrijver"),
        pl.when(~is_specialist).then(pl.format("010{}", 50_011 + number % PRACTICES * 13)).alias("praktijk"),
        pl.format("02{}", 600_019 + shop * 29).alias("apotheek"),
    )
    patients = _patients(dice)[prescriber_no * _PATIENTS_EACH + dice.below(_PATIENTS_EACH, "patient")]
    return pl.concat([places, patients], how="horizontal")


def _patients(dice: Dice) -> pl.DataFrame:
    count = PRESCRIBERS * _PATIENTS_EACH
    # Two draws added: most people on medicines are between forty and eighty.
    born = 1_928 + dice.below(52, "born", count) + dice.below(44, "born later", count)
    return pl.DataFrame(
        {
            "patient": pl.select(pl.format("P{}", pl.int_range(count).cast(pl.String()).str.zfill(7))).to_series(),
            "geboortejaar": born,
            "geslacht": pl.Series(["M", "V", "V"]).gather(dice.below(3, "sex", count)),
            "verzekeraar": pl.Series(["9001", "9002", "9003", "9004"]).gather(dice.below(4, "insurer", count)),
        }
    )


def product(dice: Dice, products: pl.DataFrame, atc_no: pl.Series) -> pl.DataFrame:
    """Return the product of every line as its sender wrote it: by number, by label, or by a label with a mistake."""
    sold = Pools.of(products, "atc_no", "weight").draw(atc_no, dice.below(FINE, "product"))
    sold = sold.with_columns(dice.below(1_000, "way"), dice.below(1_000, "label way"), dice.below(9_000_000, "local"))
    has_zi, is_mistyped, is_local = pl.col("way") < 705, pl.col("way") >= 910, pl.col("way") >= 990
    name = pl.when(pl.col("label way") % 2 == 0).then("product_name").otherwise("label_name")
    wrong = _mistyped(name, pl.col("label way") // 2 % 7, pl.col("label way") % 5 + 1)
    number = pl.when(is_local).then(90_000_000 + pl.col("local")).when(has_zi).then("zi")
    return sold.select(
        number.cast(pl.String()).str.zfill(8).alias("zi-nummer"),
        pl.when(has_zi & (pl.col("label way") < 250)).then("atc").alias("atc"),
        pl.when(is_mistyped & ~is_local)
        .then(wrong)
        .when(~has_zi | (pl.col("label way") < 850))
        .then(name)
        .alias("etiket"),
    )


def _mistyped(label: pl.Expr, kind: pl.Expr, place: pl.Expr) -> pl.Expr:
    """Return the label with one of seven mistakes; `place` is the letter where a typing error falls."""
    start, rest = label.str.head(place), label.str.slice(place)
    mistakes = [
        start + rest.str.slice(1),
        start + rest.str.head(1) + rest,
        start + rest.str.slice(1, 1) + rest.str.head(1) + rest.str.slice(2),
        label.str.to_lowercase(),
        label.str.replace_all(" ", "   ", literal=True),
        label.str.replace(r"^(.*) (\S+)$", "$2 $1"),
        label.str.head(-3),
    ]
    return pl.concat_list(mistakes).list.get(kind)


def what_was_noted(dice: Dice, diagnoses: pl.DataFrame, atc_no: pl.Series) -> pl.DataFrame:
    """Return what a line says besides: diagnosis, first issue and remark, each on a part of the lines."""
    known = Pools.of(diagnoses, "atc_no", "weight").draw(atc_no, dice.below(FINE, "diagnosis"))
    # The diagnosis of some lines belongs to another complaint of the same patient.
    other = diagnoses["icpc_first"].gather(dice.below(diagnoses.height, "other diagnosis"))
    fits = (known["atc_no"] == atc_no) & ~dice.hits(100, "misfit")
    noted = pl.DataFrame(
        [known["icpc_first"].alias("fitting"), other.alias("other"), fits.alias("fits"), dice.hits(450, "has icpc")]
    )
    return noted.select(
        pl.when("has icpc").then(pl.when("fits").then("fitting").otherwise("other")).alias("icpc"),
        on_some(dice.one_of(["J", "N", "N", "N", "N"], "first"), dice.hits(850, "has first")).alias("eerste uitgifte"),
        on_some(dice.one_of(_REMARKS, "remark"), dice.hits(30, "has remark")).alias("opmerking"),
    )
