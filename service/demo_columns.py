"""The columns of invented dispensing lines: when, which product as written, and what was noted besides."""

from datetime import timedelta

import polars as pl

from .demo_people import DAYS, FIRST_DAY
from .dice import FINE, Dice, Pools, on_some

_QUANTITIES = [7, 10, 14, 15, 20, 30, 30, 30, 45, 60, 60, 90, 90, 90, 90, 180]
_REMARKS = ["02", "03", "08", "09"]  # another than the insurer's product: logistic or medical need, entitled or not
_FEE_CENTS = 650


def day_no(dice: Dice) -> pl.Series:
    """Return for every line its day of the month, from 0, in order; few lines on a Saturday, hardly one on a Sunday."""
    weekdays = [(FIRST_DAY + timedelta(days)).weekday() for days in range(DAYS)]
    busy = [day for day, weekday in enumerate(weekdays) for _ in range((20, 20, 20, 20, 20, 4, 1)[weekday])]
    return pl.Series(busy).gather(dice.below(len(busy), "day")).sort().alias("day_no")


def when_and_how_much(dice: Dice, days: pl.Series, atc_no: pl.Series, is_other: pl.Series) -> pl.DataFrame:
    """Return for every line its number, day, quantity and cost; what a formulary supports is cheaper as a rule."""
    drawn = dice.below(60, "unit price", 1_000).gather(atc_no % 1_000)
    unit_cents = (drawn + 3).zip_with(is_other, drawn // 4 + 3)
    quantity = dice.one_of(_QUANTITIES, "quantity")
    written = pl.Series([(FIRST_DAY + timedelta(day)).strftime("%d-%m-%Y") for day in range(DAYS)])
    return pl.DataFrame(
        {
            "regelnummer": pl.int_range(1, dice.lines + 1, eager=True),
            "afleverdatum": written.gather(days),
            "hoeveelheid": quantity,
            "cents": quantity * unit_cents + _FEE_CENTS,
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
