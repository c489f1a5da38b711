"""FHIR resources as plain columns: what is referred to, what was asked for, and what was handed out.

Every reference becomes a key: `Patient/1`, `urn:uuid:...`, or for what is contained in another `Owner/1#2`.
"""

import polars as pl

from .fhir_shapes import CONCEPTS, REFERRED, code_of, codings_of, words

PRODUCT = ("zi", "hpk", "prk", "gpk", "atc")
_KEY = r"(urn:[^/\s]+|[A-Za-z]+/[A-Za-z0-9.-]+)(?:/_history/[^/]*)?$"
_SEXES = {"male": "M", "female": "F", "other": "X"}


def key_of(reference: pl.Expr) -> pl.Expr:
    """Return the key that a reference names; one to what is contained starts with the key of its owner."""
    text = reference.struct.field("reference")
    contained = pl.concat_str("owner", text)
    return pl.when(text.str.starts_with("#")).then(contained).otherwise(text.str.extract(_KEY))


def with_keys(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return resources with their own `key`, the key of their address (`url_key`), and `owner` for references."""
    own = pl.concat_str("resourceType", pl.lit("/"), "id")
    url = pl.col("url").str.extract(_KEY)
    key = pl.coalesce(own, url, pl.format("line/{}", pl.col("line_no")))
    return rows.with_columns(key.alias("key"), url.alias("url_key"), key.alias("owner"))


def contained_in(rows: pl.LazyFrame, kinds: tuple[str, ...]) -> pl.LazyFrame:
    """Return the resources of these kinds that others contain, with keys within their owner."""
    inner = (
        rows.select("line_no", "owner", "contained").explode("contained").drop_nulls("contained").unnest("contained")
    )
    key = pl.concat_str("owner", pl.lit("#"), "id")
    return inner.filter(pl.col("resourceType").is_in(kinds)).with_columns(
        key.alias("key"), pl.lit(None, pl.String).alias("url_key"), pl.lit(value=False).alias("is_misread")
    )


def referred(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return what is known of people, organisations, medicines, diagnoses and policies; some columns are references."""
    identifiers, codings = pl.col("identifier"), pl.col("code").struct.field("coding")
    wanting = [name for name in REFERRED if name not in rows.collect_schema()]
    filled = rows.with_columns(pl.lit(None, REFERRED[name]).alias(name) for name in wanting)
    payor = pl.col("payor").list.first()
    return filled.select(
        "line_no",
        "is_misread",
        "key",
        "url_key",
        code_of(identifiers, "bsn", "value").alias("bsn"),
        identifiers.list.first().struct.field("value").alias("other_number"),
        pl.col("birthDate").str.extract(r"^((?:19|20)\d\d)(?:-|$)").alias("birth_year"),
        pl.col("gender").replace_strict(_SEXES, default=None, return_dtype=pl.String()).alias("sex"),
        code_of(identifiers, "agb", "value").alias("agb"),
        code_of(identifiers, "uzovi", "value").alias("uzovi"),
        code_of(codings_of(pl.col("specialty")), "specialism").alias("specialism"),
        *_product(pl.col("code"), pl.lit(None, pl.String)),
        code_of(codings, "icpc").alias("icpc"),
        key_of(pl.col("practitioner")).alias("practitioner"),
        _inline(pl.col("practitioner"), "agb").alias("practitioner_agb"),
        key_of(pl.col("organization")).alias("organization"),
        _inline(pl.col("organization"), "agb").alias("organization_agb"),
        key_of(payor).alias("payor"),
        _inline(payor, "uzovi").alias("payor_uzovi"),
    )


def requested(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return agreements and requests of prescribers; rows without a category are contained in another resource."""
    reason, insurance = pl.col("reasonReference").list.first(), pl.col("insurance").list.first()
    asked = pl.col("dispenseRequest").struct.field("quantity")
    if "category" not in rows.collect_schema():
        rows = rows.with_columns(pl.lit(None, CONCEPTS).alias("category"))
    return rows.select(
        *_of_line(pl.col("requester"), "requester", "requester_agb", "agb"),
        codings_of(pl.col("category")).list.eval(pl.element().struct.field("code")).alias("categories"),
        pl.col("authoredOn").alias("day"),
        code_of(codings_of(pl.col("reasonCode")), "icpc").alias("icpc"),
        key_of(reason).alias("reason"),
        key_of(insurance).alias("insurance"),
        _inline(insurance, "uzovi").alias("insurer_uzovi"),
        pl.col("priorPrescription").struct.field("reference").is_not_null().alias("is_repeat"),
        key_of(pl.col("basedOn").list.first()).alias("based_on"),
        _has_medical_need().alias("has_medical_need"),
        _is_withdrawn().alias("is_withdrawn"),
        *_quantity(asked),
    )


def dispensed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return what pharmacies handed out or agreed on."""
    actor = pl.col("performer").list.first().struct.field("actor")
    kinds = (
        pl.col("type")
        .struct.field("coding")
        .list.eval(pl.element().struct.field("code").str.starts_with(words()["refill"]))
    )
    agreed = (
        pl.col("category")
        .struct.field("coding")
        .list.eval(pl.element().struct.field("code").is_in(words()["agreements"]))
    )
    return rows.select(
        *_of_line(actor, "performer", "performer_agb", "agb"),
        pl.coalesce("whenHandedOver", "whenPrepared").alias("day"),
        key_of(pl.col("authorizingPrescription").list.first()).alias("request"),
        kinds.list.any().fill_null(value=False).alias("is_refill"),
        agreed.list.any().fill_null(value=False).alias("is_agreement"),
        *_quantity(pl.col("quantity")),
    )


def _of_line(actor: pl.Expr, name: str, inline: str, system: str) -> list[pl.Expr]:
    """Return the columns that requests and dispensings share: who, for whom, which medicine, in which state."""
    subject, medicine = pl.col("subject"), pl.col("medicationReference")
    reference = subject.struct.field("reference")
    return [
        *(pl.col(each) for each in ("line_no", "is_misread", "key", "url_key", "id", "status")),
        key_of(actor).alias(name),
        _inline(actor, system).alias(inline),
        key_of(subject).alias("subject"),
        pl.coalesce(_inline(subject, "bsn"), subject.struct.field("identifier").struct.field("value")).alias(
            "subject_number"
        ),
        reference.is_not_null().alias("has_subject"),
        key_of(medicine).alias("medicine"),
        *_product(pl.col("medicationCodeableConcept"), medicine.struct.field("display")),
        pl.col("medication").is_not_null().alias("is_r5"),
    ]


def _product(concept: pl.Expr, display: pl.Expr) -> list[pl.Expr]:
    codings = concept.struct.field("coding")
    shown = codings.list.eval(pl.element().struct.field("display").drop_nulls()).list.first()
    return [
        *(code_of(codings, name).alias(name) for name in PRODUCT),
        pl.coalesce(concept.struct.field("text"), shown, display).alias("label"),
    ]


def _inline(reference: pl.Expr, system: str) -> pl.Expr:
    """Return the number that a reference itself carries, in one of our systems."""
    identifier = reference.struct.field("identifier")
    is_ours = identifier.struct.field("system").is_in(words()["systems"][system])
    return pl.when(is_ours).then(identifier.struct.field("value"))


def _quantity(quantity: pl.Expr) -> list[pl.Expr]:
    value = quantity.struct.field("value")
    unit = pl.coalesce(quantity.struct.field("unit"), quantity.struct.field("code"))
    return [
        value.str.replace(".", ",", literal=True).alias("quantity"),
        (value.is_not_null() & unit.is_null()).alias("lacks_unit"),
    ]


def _has_medical_need() -> pl.Expr:
    concepts = pl.col("extension").list.eval(pl.element().struct.field("valueCodeableConcept"))
    return code_of(codings_of(concepts), "additional_information").is_in(words()["medical_need"]).fill_null(value=False)


def _is_withdrawn() -> pl.Expr:
    """Return whether a request stops a treatment or forbids it instead of asking for it."""
    urls = pl.col("modifierExtension").list.eval(
        pl.element().struct.field("url").str.contains("StopType", literal=True)
    )
    return urls.list.any().fill_null(value=False) | (pl.col("doNotPerform") == "true").fill_null(value=False)
