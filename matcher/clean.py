"""What each written line means: typed columns, a pseudonym for the patient, a problem where it means nothing."""

import hmac

import polars as pl

from formulary import agb, atc, bsn, conform, gstandaard, icpc, uzovi

from .frames import CLEAN_LINES, PRODUCT_COLUMNS, CleanLines, Problem, RawLines

_DATE_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y")
# A spreadsheet counts days from here (its 1900 is wrongly a leap year, so from two days earlier).
_SPREADSHEET_DAY_ZERO = pl.date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
# `1.234` may be a thousand or little more than one: three digits after a point are refused unless it starts with 0.
_WHOLE_OR_DECIMAL = r"^-?(\d+|\d+,\d{1,3}|\d{1,3}(\.\d{3})+,\d{1,3}|\d+\.\d{1,2}|0\.\d{3})$"
_EUROS = r"^-?(\d+|\d+[.,]\d{1,2}|\d{1,3}(\.\d{3})+,\d{1,2})$"
_YES, _NO = ("J", "JA", "Y", "YES", "TRUE", "WAAR", "1", "E"), ("N", "NEE", "NO", "FALSE", "ONWAAR", "0", "H")
_SEXES = {"M": "M", "1": "M", "V": "F", "F": "F", "2": "F", "X": "X"}
_PSEUDONYM = r"^ps-[0-9a-f]{32}$"
_NO_PATIENT = ("999999999", "000000000")  # "unknown" in the insurers' interfaces, never one person


def clean_lines(raw: RawLines, key: bytes) -> CleanLines:
    """Return every raw line with typed columns, the patient replaced by a pseudonym under `key`, and its `problem`.

    What is optional and unreadable becomes empty; what is needed and unreadable becomes the line's problem.
    A pseudonym that we made before (in rejects that come back) is left as it is.
    """
    typed = raw.with_columns(_text(name) for name in CLEAN_LINES if name in raw.collect_schema()).with_columns(_typed())
    known = _with_pseudonyms(typed, key).with_columns(_problem().alias("problem"))
    return CleanLines(conform(_without_second_line_ids(known), CLEAN_LINES))


def _text(name: str) -> pl.Expr:
    column = pl.col(name)
    if name in {"source", "line_no", "damage"}:
        return column
    trimmed = column.str.strip_chars()
    return pl.when(trimmed != "").then(trimmed).alias(name)


def _typed() -> list[pl.Expr]:
    codes = [gstandaard.compacted(pl.col(kind)).alias(kind) for kind in (*gstandaard.CODE_KINDS, "prescribed_prk")]
    written = [pl.col(name).is_not_null().alias(f"has_{name}") for name in ("dispensed_on", "prescriber_agb")]
    return [
        *codes,
        *written,
        *(agb.compacted(pl.col(name)).alias(name) for name in ("prescriber_agb", "pharmacy_agb", "practice_agb")),
        _date(pl.col("dispensed_on")).alias("dispensed_on"),
        atc.compacted(pl.col("atc")).alias("atc"),
        icpc.compacted(pl.col("icpc")).alias("icpc"),
        uzovi.compacted(pl.col("insurer_uzovi")).alias("insurer_uzovi"),
        _digits("prescriber_specialism", 4),
        _digits("remark", 2),
        bsn.masked(pl.col("label")).alias("label"),
        bsn.masked(pl.col("prescribed_label")).alias("prescribed_label"),
        pl.col("birth_year").str.extract(r"\b(19\d\d|20\d\d)").cast(pl.Int16).alias("birth_year"),
        pl.col("sex").str.to_uppercase().replace_strict(_SEXES, default=None, return_dtype=pl.String()).alias("sex"),
        _yes_or_no(pl.col("first_issue")).alias("first_issue"),
        _decimal(pl.col("quantity")).alias("quantity"),
        pl.col("quantity").is_not_null().alias("has_quantity"),
        pl.coalesce(_whole_cents(pl.col("cost_cents")), _cents(pl.col("cost"))).alias("cost_cents"),
        pl.coalesce("cost_cents", "cost").is_not_null().alias("has_cost"),
    ]


def _date(text: pl.Expr) -> pl.Expr:
    # A date with a time of day (`2026-01-05 00:00:00`, `2026-01-05T...`) counts as its day.
    day = pl.when(text.str.contains(r"^\d{4}-\d\d-\d\d[T ]")).then(text.str.head(10)).otherwise(text)
    serial = pl.when(text.str.contains(r"^[2-7]\d{4}(\.0+)?$")).then(text.str.head(5)).cast(pl.Int32)
    dates = [day.str.to_date(form, strict=False) for form in _DATE_FORMATS]
    found = pl.coalesce(*dates, _SPREADSHEET_DAY_ZERO + pl.duration(days=serial))
    return pl.when(found.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).then(found)


def _digits(name: str, length: int) -> pl.Expr:
    column = pl.col(name)
    return pl.when(column.str.contains(rf"^\d{{1,{length}}}$")).then(column.str.zfill(length)).alias(name)


def _yes_or_no(column: pl.Expr) -> pl.Expr:
    word = column.str.to_uppercase()
    return pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False)


def _point_only(text: pl.Expr) -> pl.Expr:
    has_comma = text.str.contains(",", literal=True)
    without_thousands = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    return pl.when(has_comma).then(without_thousands).otherwise(text)


def _decimal(text: pl.Expr) -> pl.Expr:
    number = pl.when(text.str.contains(_WHOLE_OR_DECIMAL)).then(_point_only(text))
    return number.str.to_decimal(scale=3).cast(pl.Decimal(18, 3), strict=False)


def _whole_cents(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(r"^-?\d{1,15}(\.0+)?$")).then(text.str.replace(r"\.0+$", "")).cast(pl.Int64)


def _cents(text: pl.Expr) -> pl.Expr:
    amount = text.str.replace_all(r"[\s€]", "")
    euros = pl.when(amount.str.contains(_EUROS)).then(_point_only(amount)).str.to_decimal(scale=2)
    return (euros.cast(pl.Decimal(18, 2), strict=False) * 100).cast(pl.Int64, strict=False)


def _problem() -> pl.Expr:
    found = [
        (~pl.col("has_dispensed_on"), Problem.NO_DATE),
        (pl.col("dispensed_on").is_null(), Problem.BAD_DATE),
        (~pl.col("has_prescriber_agb"), Problem.NO_PRESCRIBER),
        (pl.col("prescriber_agb").is_null(), Problem.BAD_PRESCRIBER),
        (pl.all_horizontal(pl.col(name).is_null() for name in PRODUCT_COLUMNS), Problem.NO_PRODUCT),
        (pl.col("has_quantity") & pl.col("quantity").is_null(), Problem.BAD_QUANTITY),
        ((pl.col("quantity") < 0) & pl.col("reversal_of").is_null(), Problem.NEGATIVE_QUANTITY),
        (pl.col("has_cost") & pl.col("cost_cents").is_null(), Problem.BAD_COST),
    ]
    enum = pl.Enum(Problem)
    return pl.coalesce("damage", *(pl.when(is_so).then(pl.lit(problem, enum)) for is_so, problem in found))


def _with_pseudonyms(lines: pl.LazyFrame, key: bytes) -> pl.LazyFrame:
    # One HMAC a patient, not one a line; the raw identifier leaves the frame here.
    patients = lines.select("patient").unique().drop_nulls().collect()["patient"]
    pseudonyms = pl.DataFrame(
        {"patient": patients, "pseudonym": [_pseudonym(patient, key) for patient in patients]},
        schema={"patient": pl.String(), "pseudonym": pl.String()},
    )
    joined = lines.join(pseudonyms.lazy(), on="patient", how="left", maintain_order="left")
    return joined.drop("patient").rename({"pseudonym": "patient"})


def _pseudonym(patient: str, key: bytes) -> str | None:
    if patient in _NO_PATIENT:
        return None
    if patient.startswith("ps-") and len(patient) == 35:
        return patient
    return f"ps-{hmac.digest(key, patient.encode(), 'sha256')[:16].hex()}"


def _without_second_line_ids(lines: pl.LazyFrame) -> pl.LazyFrame:
    # Sorting eight-byte hashes finds suspects in bounded memory; only suspects are compared as text.
    hashes = lines.select(pl.col("line_id").drop_nulls().hash()).collect()["line_id"].sort()
    suspects = hashes.filter((hashes == hashes.shift()).fill_null(value=False)).unique()
    if suspects.is_empty():
        return lines
    numbered = lines.with_row_index("row")
    same = (
        numbered.select("row", "source", "line_id").filter(pl.col("line_id").hash().is_in(suspects.implode())).collect()
    )
    second = same.filter(~pl.struct("source", "line_id").is_first_distinct()).select("row", second=True)
    marked = numbered.join(second.lazy(), on="row", how="left", maintain_order="left")
    is_second = pl.col("second") & pl.col("problem").is_null()
    twice = pl.lit(Problem.DUPLICATE_LINE_ID, pl.Enum(Problem))
    return marked.with_columns(pl.when(is_second).then(twice).otherwise("problem").alias("problem"))
