"""Lines of FHIR resources: each dispensing is a line, and so is each prescription that no dispensing belongs to.

A prescription whose dispensing is in the same file is part of that line: it says who prescribed, why, and what.
A request to dispense is part of the agreement that it is based on. What only was agreed on, or was not handed out, is
a line that says so (`supply`) and is not counted.
"""

import polars as pl

from ..enumerations import Problem, Supply
from .fhir_shapes import words
from .fhir_tables import PRODUCT

_REQUEST = "52711000146108"  # SNOMED: a request to dispense, by the agreement that it is based on
_SUPPLY, _PROBLEM = pl.Enum(Supply), pl.Enum(Problem)
_OF_PATIENT = ("bsn", "other_number", "birth_year", "sex")
_ASKED = ("prescriber_agb", "prescriber_specialism", "practice_agb", "icpc", "insurer_uzovi", "remark")
COLUMNS = (
    "line_no", "damage", "line_id", "dispensed_on", "prescriber_agb", "pharmacy_agb", "practice_agb",
    "prescriber_specialism", "patient", "birth_year", "sex", "insurer_uzovi", *PRODUCT, "label", "quantity", "icpc",
    "first_issue", "remark", "prescribed_prk", "prescribed_label", "supply",
)  # fmt: skip


def resolved(known: pl.DataFrame) -> pl.DataFrame:
    """Return what is referred to, one row a key, with what its own references say of it."""
    keyed = _by_every_key(known)
    of_organization = keyed.select(organization="key", its_agb="agb")
    of_practitioner = keyed.select(practitioner="key", own_agb="agb")
    of_payor = keyed.select(payor="key", its_uzovi="uzovi")
    return (
        keyed.join(of_organization, on="organization", how="left")
        .join(of_practitioner, on="practitioner", how="left")
        .join(of_payor, on="payor", how="left")
        .with_columns(
            pl.coalesce("own_agb", "practitioner_agb", "agb").alias("agb"),
            pl.coalesce("its_agb", "organization_agb").alias("organization_agb"),
            pl.coalesce("uzovi", "its_uzovi", "payor_uzovi").alias("uzovi"),
        )
        .drop("its_agb", "own_agb", "its_uzovi")
    )


def lines_of(requests: pl.DataFrame, dispensings: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the lines (`COLUMNS`; `patient` is still the number it came with), and how many requests are part of one.

    `requests` and `dispensings` are as `fhir_tables` gives them, `known` as `resolved` does.
    """
    asked = _asked(requests, known)
    given = _described(dispensings, known, "dispense_status").with_columns(
        pl.when("is_agreement").then(pl.lit(Supply.USE_AGREED, _SUPPLY)).otherwise("supply").alias("supply")
    )
    of_performer = known.select(performer="key", place_agb=pl.coalesce("organization_agb", "agb"))
    to_request = _by_every_key(asked).select(
        *_ASKED,
        "is_repeat",
        request="key",
        part="part_of",
        prescribed_prk="prk",
        prescribed_label="label",
        row="key_no",
    )
    filled = (
        given.join(of_performer, on="performer", how="left")
        .join(to_request, on="request", how="left")
        .with_columns(
            pl.coalesce("place_agb", "performer_agb").alias("pharmacy_agb"),
            (pl.col("is_repeat").fill_null(value=False) | pl.col("is_refill")).alias("is_repeat"),
            *(_where_it_differs(f"prescribed_{name}", name) for name in ("prk", "label")),
        )
    )
    standing = filled.filter(pl.col("supply").is_null())
    used = set(standing["row"].drop_nulls()) | set(standing["part"].drop_nulls())
    is_part = pl.col("key_no").is_in(list(used)) | (pl.col("is_request") & pl.col("part_of").is_not_null())
    own = asked.filter(pl.col("line_no").is_not_null())
    alone = own.filter(~is_part)
    lines = pl.concat([_as_lines(filled), _as_lines(alone)], how="diagonal")
    return lines.sort("line_no"), own.height - alone.height


def _asked(requests: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return requests with what they and the agreement they are based on say together."""
    of_requester = known.select(
        requester="key", its_agb="agb", prescriber_specialism="specialism", practice_agb="organization_agb"
    )
    of_reason = known.select(reason="key", reason_icpc="icpc")
    of_insurance = known.select(insurance="key", its_uzovi="uzovi")
    told = (
        _described(requests, known, "request_status")
        .join(of_requester, on="requester", how="left")
        .join(of_reason, on="reason", how="left")
        .join(of_insurance, on="insurance", how="left")
        .with_columns(
            pl.coalesce("its_agb", "requester_agb", "practice_agb").alias("prescriber_agb"),
            pl.coalesce("reason_icpc", "icpc").alias("icpc"),
            pl.coalesce("its_uzovi", "insurer_uzovi").alias("insurer_uzovi"),
            pl.when("has_medical_need").then(pl.lit(words()["medical_need_remark"])).alias("remark"),
            pl.when("is_withdrawn").then(pl.lit(Supply.NOT_GIVEN, _SUPPLY)).otherwise("supply").alias("supply"),
            pl.col("categories").list.contains(_REQUEST).fill_null(value=False).alias("is_request"),
        )
        .with_row_index("key_no")
    )
    agreed = _by_every_key(told).select(
        based_on="key", part_of="key_no", was_repeat="is_repeat", **{f"agreed_{name}": pl.col(name) for name in _ASKED}
    )
    joined = told.join(agreed, on="based_on", how="left")
    is_other = ~pl.col("is_request") & pl.col("based_on").is_not_null()
    return joined.with_columns(
        *(pl.coalesce(name, f"agreed_{name}").alias(name) for name in _ASKED),
        # An agreement that is based on another goes on with it; a request only asks for what its agreement says.
        (pl.col("is_repeat") | is_other | pl.col("was_repeat").fill_null(value=False)).alias("is_repeat"),
        pl.when("is_request").then("part_of").alias("part_of"),
    )


def _described(lines: pl.DataFrame, known: pl.DataFrame, statuses: str) -> pl.DataFrame:
    """Return requests or dispensings with patient and medicine resolved, `supply` and `damage` told."""
    of_patient = known.select(*_OF_PATIENT, subject="key")
    of_medicine = known.select(medicine="key", **{f"its_{name}": pl.col(name) for name in (*PRODUCT, "label")})
    counts = words()[statuses]
    status = pl.col("status")
    not_given = [name for name, is_counted in counts.items() if not is_counted]
    damage = [
        (~status.is_in(list(counts)).fill_null(value=False), Problem.BAD_STATUS),
        (pl.col("lacks_unit"), Problem.QUANTITY_WITHOUT_UNIT),
    ]
    return (
        lines.join(of_patient, on="subject", how="left")
        .join(of_medicine, on="medicine", how="left")
        .with_columns(
            *(pl.coalesce(name, f"its_{name}").alias(name) for name in (*PRODUCT, "label")),
            pl.coalesce("bsn", "subject_number", "other_number", "subject").alias("patient"),
            pl.when(status.is_in(not_given)).then(pl.lit(Supply.NOT_GIVEN, _SUPPLY)).alias("supply"),
            pl.coalesce(pl.when(is_so).then(pl.lit(why, _PROBLEM)) for is_so, why in damage).alias("damage"),
            # The day as it was where it was written; a time of day or zone changes nothing.
            pl.coalesce(pl.col("day").str.extract(r"^(\d{4}-\d\d-\d\d)(?:T|$)"), "day").alias("dispensed_on"),
        )
        .drop(f"its_{name}" for name in (*PRODUCT, "label"))
    )


def _where_it_differs(prescribed: str, dispensed: str) -> pl.Expr:
    return pl.when(pl.col(prescribed).ne_missing(pl.col(dispensed))).then(prescribed).alias(prescribed)


def _as_lines(rows: pl.DataFrame) -> pl.DataFrame:
    first_issue = pl.when("is_repeat").then(pl.lit("N")).alias("first_issue")
    made = {"line_id": pl.col("id").alias("line_id"), "first_issue": first_issue}
    made["supply"] = pl.col("supply").cast(pl.String)
    return rows.select(made.get(name, pl.col(name)) for name in COLUMNS if name in made or name in rows.columns)


def _by_every_key(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows by their own key and by that of their address; of two with one key the first."""
    by_url = rows.filter(pl.col("url_key").is_not_null()).with_columns(pl.col("url_key").alias("key"))
    return pl.concat([rows, by_url]).unique("key", keep="first", maintain_order=True)
