"""Write dispensing lines as a claim file (AP304), as a pharmacy system would: for samples, tests and benchmarks.

The people in it are invented: their citizen service numbers pass the eleven-test and begin with 900, and nobody's
name, address or day of birth is known. Do not send such a file to an insurer.
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from matcher import ClaimLayout, ClaimRecord, claim_layouts

WRITTEN_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%Y%m%d")
_FIRST_NUMBER = 90_000_000  # of eight digits; the ninth is the check
_NOBODY = "999999999"
_SEXES = {"M": "1", "V": "2", "F": "2"}
_NOT_COMPOUNDED = "3"
# The list and the kind of recipe of what is no medicine as registered.
_LISTS = {"SERVICE": "051", "LOCAL_ARTICLE": "990", "COMPOUND": "999"}
_SERVICE_CODE = "70001"


def claimable(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that a claim can hold: with a day, a prescriber, a ZI number and a quantity, or a service.

    `lines` has our columns as text; what comes out has `dispensed_on` as date, `quantity` and `cost_cents` as
    whole numbers (thousandths, cents), and every column that a claim holds.
    """
    day = pl.coalesce(pl.col("dispensed_on").str.to_date(each, strict=False) for each in WRITTEN_DAYS)
    text = {
        name: pl.col(name).cast(pl.String) if name in lines.columns else pl.lit(None, pl.String()) for name in _TEXTS
    }
    typed = lines.select(
        day.alias("dispensed_on"),
        _thousandths(pl.col("quantity")).abs().alias("quantity"),
        _cents(lines.columns).alias("cost_cents"),
        *(column.alias(name) for name, column in text.items()),
    )
    has_what_it_needs = pl.col("zi").is_not_null() & pl.col("quantity").is_between(1, 999_999_999)
    return typed.filter(
        pl.col("dispensed_on").is_not_null(),
        pl.col("prescriber_agb").str.contains(r"^\d{8}$"),
        has_what_it_needs | pl.col("supply").is_not_null(),
    )


def with_services(lines: pl.DataFrame, fee_cents: int = 650) -> pl.DataFrame:
    """Return claimable lines with a service of handing over behind each, as claims have them since 2015."""
    is_medicine = pl.col("supply").is_null() & pl.col("reversal_of").is_null()
    place = lines.with_row_index("place")
    services = place.filter(is_medicine).with_columns(
        pl.lit("SERVICE").alias("supply"),
        pl.col("line_id").alias("linked_to"),
        pl.concat_str("line_id", pl.lit("-T")).alias("line_id"),
        pl.lit(fee_cents, pl.Int64()).alias("cost_cents"),
        pl.lit(1_000, pl.Int64()).alias("quantity"),
        *(pl.lit(None, pl.String()).alias(name) for name in ("zi", "remark")),
    )
    both = pl.concat([place, services]).with_row_index("order")
    return both.sort("place", "order").drop("place", "order")


def write_claims(lines: pl.DataFrame, out: Path, version: str = "8.0") -> Path:
    """Write claimable lines as an AP304 file of this version and return its path; lines are put together by patient."""
    layout = next(each for each in claim_layouts().values() if each.version == version)
    insured, performance = layout.records["insured"], layout.records["performance"]
    details = _details(lines)
    values = _values(lines.columns)
    text = pl.when("is_insured").then(_record(insured, values)).otherwise(_record(performance, values)).alias("text")
    header = pl.DataFrame({"last": [lines["dispensed_on"].max()]}).select(_header(layout))
    body = details.select(text)
    counts = {
        "insured_records": details["is_insured"].sum(),
        "performance_records": lines.height,
        "detail_records": details.height,
    }
    known = layout.records["trailer"].named
    ending = {name: pl.lit(str(count % 10 ** known[name].length)) for name, count in counts.items()}
    total = pl.DataFrame({"cost_cents": [lines["cost_cents"].sum()]})
    trailer = total.select(_record(layout.records["trailer"], {**ending, **_amount()}).alias("text"))
    whole = pl.concat([header, body, trailer])
    whole.write_csv(out, include_header=False, quote_style="never")
    return out


_TEXTS = (
    "line_id", "prescriber_agb", "prescriber_specialism", "pharmacy_agb", "patient", "birth_year", "sex",
    "insurer_uzovi", "zi", "remark", "reversal_of", "supply", "linked_to",
)  # fmt: skip


def _thousandths(text: pl.Expr) -> pl.Expr:
    return (text.str.replace(",", ".", literal=True).cast(pl.Decimal(18, 3), strict=False) * 1_000).cast(pl.Int64)


def _cents(columns: list[str]) -> pl.Expr:
    euros = pl.col("cost").str.replace(",", ".", literal=True) if "cost" in columns else pl.lit(None, pl.String())
    cents = (euros.cast(pl.Decimal(18, 2), strict=False) * 100).cast(pl.Int64)
    return pl.coalesce(*([pl.col("cost_cents").cast(pl.Int64)] if "cost_cents" in columns else []), cents, 0)


def _details(lines: pl.DataFrame) -> pl.DataFrame:
    """Return insured people, each followed by what was performed for them, numbered; `bsn` is invented."""
    first = pl.col("place").min().over("patient").alias("person")
    performances = lines.with_row_index("place").with_columns(first, pl.lit(value=False).alias("is_insured"))
    people = performances.unique("person", keep="first").with_columns(pl.lit(value=True).alias("is_insured"))
    together = pl.concat([people, performances]).with_row_index("row")
    ordered = together.sort("person", ~pl.col("is_insured"), "row").drop("row", "place")
    numbers = invented_numbers(lines["patient"])
    return ordered.join(numbers, on="patient", how="left", maintain_order="left").with_row_index("detail_no", 1)


def invented_numbers(patients: pl.Series) -> pl.DataFrame:
    """Return an invented citizen service number (`bsn`) for each distinct `patient`."""
    known = patients.drop_nulls().unique().sort()
    # Of eleven checks one is 10, which is no digit.
    stem = pl.int_range(_FIRST_NUMBER, _FIRST_NUMBER + len(known) * 5 // 4 + 20, eager=True)
    check = pl.sum_horizontal((stem // 10**power) % 10 * (power + 2) for power in range(8))
    number = pl.DataFrame({"stem": stem}).select(pl.col("stem"), check=check % 11).filter(pl.col("check") < 10)
    bsn = number.select(pl.format("{}{}", "stem", "check")).to_series().head(len(known))
    return pl.DataFrame({"patient": known, "bsn": bsn})


def _values(columns: list[str]) -> Mapping[str, pl.Expr]:
    supply = pl.col("supply")
    is_article = supply.is_null() | supply.is_in(["LOCAL_ARTICLE", "AID"])
    return {
        "bsn": pl.col("bsn").fill_null(_NOBODY),
        "insurer_uzovi": pl.col("insurer_uzovi"),
        "birth_date": pl.col("birth_year") + "0101",
        "sex": pl.col("sex").replace_strict(_SEXES, default="0", return_dtype=pl.String()),
        "dispensed_on": pl.col("dispensed_on").dt.strftime("%Y%m%d"),
        "code_list": supply.replace_strict(_LISTS, default="001", return_dtype=pl.String()),
        "code": pl.when(is_article).then("zi").when(supply == "SERVICE").then(pl.lit(_SERVICE_CODE)),
        "quantity": pl.col("quantity").cast(pl.String),
        "provider": pl.col("pharmacy_agb"),
        "practice": pl.col("pharmacy_agb"),
        "prescriber_agb": pl.col("prescriber_agb"),
        "prescriber_specialism": pl.col("prescriber_specialism"),
        "link": pl.coalesce("linked_to", "line_id"),
        "compounding": pl.when(supply == "COMPOUND").then(pl.lit("2")).otherwise(pl.lit(_NOT_COMPOUNDED)),
        "remark": pl.col("remark"),
        "line_id": pl.col("line_id"),
        "reversal_of": pl.col("reversal_of"),
        "aid": pl.when(supply == "AID").then(pl.lit("01")),
        **_amount(),
    }


def _amount() -> Mapping[str, pl.Expr]:
    cents = pl.col("cost_cents")
    return {
        "amount": cents.abs().cast(pl.String),
        "amount_sign": pl.when(cents < 0).then(pl.lit("C")).otherwise(pl.lit("D")),
    }


def _header(layout: ClaimLayout) -> pl.Expr:
    values = {
        "message_code": pl.lit(layout.message_codes[0]),
        "version": pl.lit(layout.version_number),
        "subversion": pl.lit(layout.subversions[0]),
        "purpose": pl.lit("P"),
        "claimed_on": pl.col("last").dt.month_end().dt.strftime("%Y%m%d"),
    }
    return _record(layout.records["header"], values).alias("text")


def _record(record: ClaimRecord, values: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return a whole record: the given values in their fields, the number of the detail second, the rest empty."""
    parts: list[pl.Expr] = []
    for place, field in enumerate(record.fields):
        value = pl.lit(record.code) if place == 0 else values.get(field.name)
        if place == 1 and field.element == "Identificatie detailrecord":
            value = pl.col("detail_no").cast(pl.String)
        if value is None:
            parts.append(pl.lit(field.empty))
        elif field.kind == "S":
            parts.append(value.str.zfill(field.length - 1) + values["amount_sign"])
        elif field.kind == "N":
            parts.append(value.fill_null("").str.zfill(field.length))
        else:
            parts.append(value.fill_null("").str.pad_end(field.length))
    return pl.concat_str(parts)
