"""What is read of each FHIR resource: only these elements, so that names, addresses and birth days never come in."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

_TEXT = pl.String()
_CODING = pl.Struct({"system": _TEXT, "code": _TEXT, "display": _TEXT})
_CONCEPT = pl.Struct({"coding": pl.List(_CODING), "text": _TEXT})
CONCEPTS = pl.List(_CONCEPT)
_IDENTIFIER = pl.Struct({"system": _TEXT, "value": _TEXT})
_REFERENCE = pl.Struct({"reference": _TEXT, "identifier": _IDENTIFIER, "display": _TEXT})
_QUANTITY = pl.Struct({"value": _TEXT, "unit": _TEXT, "code": _TEXT})
_EXTENSION = pl.Struct({"url": _TEXT, "valueCodeableConcept": _CONCEPT})
_MEDICINE = {
    "medicationCodeableConcept": _CONCEPT,
    "medicationReference": _REFERENCE,
    # R5 says it so; nothing else of R5 is known here.
    "medication": pl.Struct({"concept": pl.Struct({"text": _TEXT}), "reference": pl.Struct({"reference": _TEXT})}),
}
_KNOWN_BY = {"resourceType": _TEXT, "id": _TEXT}

# What others refer to: read from resources of their own and from those contained in others. A role has a list of
# codes where all others have one concept, and none of its codes is asked for.
_OF_ROLE = {
    **_KNOWN_BY,
    "identifier": pl.List(_IDENTIFIER),
    "birthDate": _TEXT,
    "gender": _TEXT,
    "practitioner": _REFERENCE,
    "organization": _REFERENCE,
    "specialty": CONCEPTS,
    "payor": pl.List(_REFERENCE),
}
REFERRED = pl.Schema({**_OF_ROLE, "code": _CONCEPT})
REQUESTED = pl.Schema(
    {
        **_KNOWN_BY,
        "status": _TEXT,
        "subject": _REFERENCE,
        "requester": _REFERENCE,
        "reasonCode": CONCEPTS,
        "reasonReference": pl.List(_REFERENCE),
        "priorPrescription": _REFERENCE,
        "basedOn": pl.List(_REFERENCE),
        "insurance": pl.List(_REFERENCE),
        "extension": pl.List(_EXTENSION),
        "modifierExtension": pl.List(_EXTENSION),
        "authoredOn": _TEXT,
        "doNotPerform": _TEXT,
        "dispenseRequest": pl.Struct({"quantity": _QUANTITY}),
        **_MEDICINE,
    }
)
_DISPENSED = {
    **_KNOWN_BY,
    "status": _TEXT,
    "subject": _REFERENCE,
    **_MEDICINE,
    "category": _CONCEPT,
    "type": _CONCEPT,
    "performer": pl.List(pl.Struct({"actor": _REFERENCE})),
    "authorizingPrescription": pl.List(_REFERENCE),
    "quantity": _QUANTITY,
    "whenPrepared": _TEXT,
    "whenHandedOver": _TEXT,
}
_REQUEST_CATEGORY = {"category": CONCEPTS}
REFERRED_KINDS = ("Patient", "Organization", "Practitioner", "Medication", "Condition", "Coverage", "PractitionerRole")
# A request contained in a dispensing says who asked for it.
CONTAINED = pl.List(pl.Struct({**REFERRED, **REQUESTED}))
SHAPES = {
    "MedicationRequest": pl.Struct({**REQUESTED, **_REQUEST_CATEGORY, "contained": CONTAINED}),
    "MedicationDispense": pl.Struct({**_DISPENSED, "contained": CONTAINED}),
    **dict.fromkeys(REFERRED_KINDS, pl.Struct(REFERRED)),
    "PractitionerRole": pl.Struct(_OF_ROLE),
}


@cache
def words() -> dict[str, Any]:
    """Return what Dutch FHIR calls things: systems, categories, status codes, resources."""
    return tomllib.loads(files(__package__).joinpath("fhir.toml").read_text(encoding="utf-8"))


def code_of(codings: pl.Expr, system: str, value: str = "code") -> pl.Expr:
    """Return the first code of a list of codings (or the value of identifiers) in one of our systems."""
    element = pl.element().struct
    of_system = pl.element().filter(element.field("system").is_in(words()["systems"][system]))
    return codings.list.eval(of_system.struct.field(value)).list.first()


def codings_of(concepts: pl.Expr) -> pl.Expr:
    """Return the codings of a list of concepts as one list."""
    inner = pl.element().struct.field("coding").explode(empty_as_null=False, keep_nulls=False)
    return concepts.list.eval(inner)
