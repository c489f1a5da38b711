"""Small FHIR files for tests: a dispensing with the agreement behind it, and what both refer to."""

import copy
import json
from pathlib import Path
from typing import Any

import polars as pl

from matcher import FileRead, Reading, read_lines
from tests.worlds import KEY

Resource = dict[str, Any]
OID = "urn:oid:2.16.840.1.113883.2.4.4."
NAMING = "http://fhir.nl/fhir/NamingSystem/"
BSN = "900000014"


def concept(*codes: tuple[str, str], text: str | None = None) -> Resource:
    """Return a codeable concept of codes with their systems."""
    coding = {"coding": [{"system": system, "code": code} for system, code in codes]} if codes else {}
    return {**coding, **({"text": text} if text else {})}


PATIENT: Resource = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": f"{NAMING}bsn", "value": BSN}],
    "name": [{"family": "Planteneel", "given": ["Roos"]}],
    "address": [{"postalCode": "6411XZ", "line": ["Dorpsstraat 1"]}],
    "birthDate": "1950-07-31",
    "gender": "female",
}
ROLE: Resource = {
    "resourceType": "PractitionerRole",
    "id": "r1",
    "practitioner": {"reference": "Practitioner/d1"},
    "organization": {"reference": "Organization/o1"},
    "code": [{"text": "arts"}],
    "specialty": [concept(("urn:oid:2.16.840.1.113883.2.4.6.7", "0100"))],
}
DOCTOR: Resource = {
    "resourceType": "Practitioner",
    "id": "d1",
    "identifier": [{"system": f"{NAMING}agb-z", "value": "01012345"}],
    "name": [{"family": "Dokter"}],
}
PRACTICE: Resource = {
    "resourceType": "Organization",
    "id": "o1",
    "identifier": [{"system": f"{NAMING}agb-z", "value": "01050001"}],
    "name": "Praktijk",
}
PHARMACY: Resource = {
    "resourceType": "Organization",
    "id": "a1",
    "identifier": [{"system": f"{NAMING}agb-z", "value": "02001234"}],
}
MEDICINE: Resource = {
    "resourceType": "Medication",
    "id": "m1",
    "code": concept((f"{OID}8", "11000155"), (f"{OID}10", "700088"), text="OMEPRAZOL CAPSULE MSR 20MG"),
}
REASON: Resource = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "code": concept(("http://hl7.org/fhir/sid/icpc-1-nl", "D84")),
}
AGREEMENT: Resource = {
    "resourceType": "MedicationRequest",
    "id": "ma1",
    "status": "active",
    "intent": "order",
    "category": [concept(("http://snomed.info/sct", "33633005"))],
    "medicationCodeableConcept": concept((f"{OID}10", "700118"), text="OMEPRAZOL TABLET MSR 20MG"),
    "subject": {"reference": "Patient/p1"},
    "authoredOn": "2026-03-01T09:30:00+01:00",
    "requester": {"reference": "PractitionerRole/r1"},
    "reasonReference": [{"reference": "Condition/c1"}],
    "insurance": [{"identifier": {"system": f"{NAMING}uzovi", "value": "9001"}}],
    "dispenseRequest": {"quantity": {"value": 60, "unit": "stuk"}},
}
DISPENSING: Resource = {
    "resourceType": "MedicationDispense",
    "id": "v1",
    "status": "completed",
    "category": concept(("http://snomed.info/sct", "373784005")),
    "medicationReference": {"reference": "Medication/m1"},
    "subject": {"reference": "Patient/p1"},
    "performer": [{"actor": {"reference": "Organization/a1"}}],
    "authorizingPrescription": [{"reference": "MedicationRequest/ma1"}],
    "quantity": {"value": 30.5, "unit": "stuk"},
    "whenHandedOver": "2026-03-02T10:00:00+01:00",
}
AROUND = [PATIENT, ROLE, DOCTOR, PRACTICE, PHARMACY, MEDICINE, REASON]
WHOLE = [*AROUND, AGREEMENT, DISPENSING]


def changed(resource: Resource, **elements: Any) -> Resource:
    """Return a copy of a resource with other elements; None takes one away."""
    made = {**copy.deepcopy(resource), **elements}
    return {name: value for name, value in made.items() if value is not None}


def bundle(resources: list[Resource], kind: str = "collection") -> bytes:
    """Return a Bundle of resources."""
    entries = [
        {"fullUrl": f"https://voorbeeld.nl/fhir/{each['resourceType']}/{each.get('id')}", "resource": each}
        for each in resources
    ]
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}, ensure_ascii=False, indent=1).encode()


def by_line(resources: list[Resource]) -> bytes:
    """Return resources as NDJSON."""
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in resources).encode()


def read_fhir(folder: Path, content: bytes) -> tuple[pl.DataFrame, FileRead]:
    """Return the lines of a FHIR file and how it was read."""
    file = folder / "fhir.json"
    file.write_bytes(content)
    places = sum(each.name.startswith("work") for each in folder.iterdir())
    read = read_lines([file], Reading(folder / f"work-{places}", KEY))
    return read.lines.collect(), read.files[0]
