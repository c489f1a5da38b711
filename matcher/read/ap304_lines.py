"""What the performances of a claim say as lines: medicines, and what is none with the reason it is not counted for."""

from collections.abc import Mapping

import polars as pl

from formulary import bsn

from ..distinct import looked_up
from ..enumerations import Problem, Supply
from ..pseudonyms import pseudonyms_of
from .layout import ClaimLayout

_UNKNOWN_PERSON = ("999999999", "000000000")
_PHARMACY = ("practice", "institution", "provider")  # of a header, from the establishment to the person
_PRESCRIBER = ("prescriber_agb", "prescriber_institution")  # the institution where the person cannot be told
_AS_WRITTEN = (
    "line_no", "line_id", "dispensed_on", "insurer_uzovi", "prescriber_agb", "prescriber_specialism", "pharmacy_agb",
    "patient", "birth_year", "sex", "remark",
)  # fmt: skip
PEOPLE = pl.Schema(
    {"is_misnumbered": pl.Boolean(), "birth_year": pl.String(), "sex": pl.String(), "patient": pl.String()}
)


def people_of(insured: pl.DataFrame, header: Mapping[str, str | None], key: bytes) -> pl.DataFrame:
    """Return for each insured record, in order, who it is (`PEOPLE`): `patient` is a pseudonym.

    Who has no citizen service number is known by insurer and insured number, or by the number in this pharmacy.
    """
    number = pl.col("bsn")
    has_number = ~number.is_in(_UNKNOWN_PERSON) & number.is_not_null()
    passes = bsn.has_valid_test(number).fill_null(value=False)
    pharmacy = next((header[name] for name in _PHARMACY if header[name]), None) or ""
    otherwise = pl.coalesce(
        pl.format("{}-{}", pl.col("insurer_uzovi").fill_null(""), pl.col("insured_no")),
        pl.format("{}-{}", pl.lit(pharmacy), pl.col("patient_no")),
    )
    told = insured.select(
        pl.when(has_number & passes).then(number).when(~has_number).then(otherwise).alias("person"),
        (has_number & ~passes).alias("is_misnumbered"),
        pl.col("birth_date").str.extract(r"^((?:19|20)\d\d)\d{4}$").alias("birth_year"),
        "sex",
    )
    distinct = told["person"].drop_nulls().unique()
    named = pl.DataFrame({"person": distinct, "patient": pseudonyms_of(distinct, key)})
    return told.join(named, on="person", how="left", maintain_order="left").drop("person")


def lines_of(
    performances: pl.DataFrame, people: pl.DataFrame, header: Mapping[str, str | None], layout: ClaimLayout
) -> pl.DataFrame:
    """Return a line for each performance, in order: `line_no`, `damage`, our columns as text, and `link`.

    `people` has who was insured, by the number that a performance has in `person`. What is no medicine as registered
    says so in `supply`; `link` ties services to medicines (`ClaimLinks`), and is empty in versions that have none.
    """
    named = layout.records["performance"].named
    is_article = pl.col("code_list").is_in([*layout.medicine_lists, *layout.local_lists])
    return (
        performances.lazy()
        .with_columns(
            _supply(header, layout).alias("supply"),
            pl.coalesce(name for name in _PRESCRIBER if name in named).alias("prescriber_agb"),
            pl.coalesce("practice", "provider", *_of_header(header)).alias("pharmacy_agb"),
            pl.coalesce("insurer_uzovi", pl.lit(header["insurer_uzovi"], pl.String())).alias("insurer_uzovi"),
            *looked_up("person", people),
        )
        .select(
            *_AS_WRITTEN,
            _damage(header).alias("damage"),
            pl.when(is_article).then(pl.col("code").str.strip_chars_start("0").str.zfill(8)).alias("zi"),
            _quantity(layout.quantity_per_unit).alias("quantity"),
            pl.col("cents").cast(pl.String).alias("cost_cents"),
            pl.when("is_credit").then("reversal_of").alias("reversal_of"),
            pl.col("supply").cast(pl.String),
            pl.col("link") if "link" in named else pl.lit(None, pl.String()).alias("link"),
        )
        .collect()
    )


def _supply(header: Mapping[str, str | None], layout: ClaimLayout) -> pl.Expr:
    """Return what each performance is where it is no medicine: by its code list, its kind of recipe, or the message."""
    in_list = pl.col("code_list").is_in
    is_aid = pl.lit(header["message_code"] in layout.aid_messages)
    if "aid" in layout.records["performance"].named:
        is_aid |= pl.col("aid").is_not_null()
    found = [
        (in_list(layout.local_lists), Supply.LOCAL_ARTICLE),
        (in_list(layout.compound_lists) | pl.col("compounding").is_in(layout.compounded), Supply.COMPOUND),
        (in_list(layout.medicine_lists) & is_aid, Supply.AID),
        (~in_list(layout.medicine_lists), Supply.SERVICE),
    ]
    return pl.coalesce(pl.when(is_so).then(pl.lit(supply, pl.Enum(Supply))) for is_so, supply in found)


def _of_header(header: Mapping[str, str | None]) -> list[pl.Expr]:
    return [pl.lit(header[name], pl.String()) for name in _PHARMACY]


def _damage(header: Mapping[str, str | None]) -> pl.Expr:
    """Return what is wrong with a performance that its columns alone would not show."""
    units = pl.col("quantity").cast(pl.Int64, strict=False)
    is_none = pl.col("quantity").is_null() | (units == 0)
    found = [
        (pl.col("length") != pl.col("bytes"), Problem.LETTER_NOT_ALLOWED),
        (pl.col("is_misnumbered"), Problem.BAD_PATIENT),
        (~pl.col("code_list").fill_null("").str.contains(r"^\d{3}$"), Problem.BAD_CODE_LIST),
        (pl.col("is_credit") & pl.col("reversal_of").is_null(), Problem.CREDIT_OF_NOTHING),
        (is_none & pl.col("supply").is_null(), Problem.ZERO_QUANTITY),
        (pl.col("dispensed_on") > pl.lit(header["claimed_on"], pl.String()), Problem.AFTER_CLAIM_DATE),
    ]
    return pl.coalesce(pl.when(is_so).then(pl.lit(problem, pl.Enum(Problem))) for is_so, problem in found)


def _quantity(per_unit: int) -> pl.Expr:
    """Return the quantity with a decimal comma, negative on a credit; what is no number stays as it is written."""
    units = pl.col("quantity").cast(pl.Int64, strict=False)
    sign = pl.when("is_credit").then(pl.lit("-")).otherwise(pl.lit(""))
    whole, part = (units // per_unit).cast(pl.String), units % per_unit
    places = len(str(per_unit)) - 1
    decimals = pl.when(part == 0).then(pl.lit("")).otherwise(pl.lit(",") + part.cast(pl.String).str.zfill(places))
    return pl.coalesce(sign + whole + decimals, "quantity")
