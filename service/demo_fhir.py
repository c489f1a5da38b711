"""Write dispensing lines as FHIR R4 of MP9, as a pharmacy system would hand them over: for samples and tests.

Each line is a MedicationDispense and the MedicationRequest behind it; patients, prescribers and pharmacies are
resources of their own. The people are invented and so are their numbers.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from .demo_claims import WRITTEN_DAYS, invented_numbers

Resource = dict[str, Any]
_OID = "urn:oid:2.16.840.1.113883.2.4.4."
_SYSTEMS = {
    "zi": f"{_OID}8",
    "hpk": f"{_OID}7",
    "prk": f"{_OID}10",
    "gpk": f"{_OID}1",
    "atc": "http://www.whocc.no/atc",
    "icpc": "http://hl7.org/fhir/sid/icpc-1-nl",
    "specialism": "urn:oid:2.16.840.1.113883.2.4.6.7",
}
_NAMING = "http://fhir.nl/fhir/NamingSystem/"
_SNOMED = "http://snomed.info/sct"
_AGREEMENT, _DISPENSING = "33633005", "373784005"
_ADDITIONAL = "urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.2.14.2050"
_EXTENSION = "http://nictiz.nl/fhir/StructureDefinition/ext-MedicationAgreement.AdditionalInformation"
_SEXES = {"M": "male", "V": "female", "F": "female"}
_PRODUCT = ("zi", "hpk", "prk", "gpk", "atc")
_MEDICAL_NEED = ("03", "09")
_LINE = Mapping[str, str | None]


def tellable(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that FHIR can tell, with ISO days: no credits, a day, a medicine, no odd quantity."""
    day = pl.coalesce(pl.col("dispensed_on").str.to_date(each, strict=False) for each in WRITTEN_DAYS)
    return lines.with_columns(day.dt.to_string("iso").alias("dispensed_on")).filter(
        pl.col("dispensed_on").is_not_null(),
        pl.col("quantity").str.contains(r"^\d+([.,]\d+)?$").fill_null(value=True),
        pl.col("reversal_of").is_null(),
        pl.any_horizontal(pl.col(name).is_not_null() for name in (*_PRODUCT, "label")),
    )


def write_fhir(lines: pl.DataFrame, out: Path, *, by_line: bool = False) -> Path:
    """Write lines under our own column names, as text, as one Bundle or (`by_line`) as NDJSON, and return the path."""
    resources = list(fhir_of(lines))
    if by_line:
        text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in resources)
    else:
        entries = [{"resource": each} for each in resources]
        text = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, ensure_ascii=False)
    out.write_text(text, encoding="utf-8", newline="\n")
    return out


def fhir_of(lines: pl.DataFrame) -> Iterator[Resource]:
    """Give the people and places of lines, then a request and a dispensing for each line, in order."""
    # A resource is as deep as JSON is: made one by one, as no table holds it.
    rows = lines.rows(named=True)
    numbers = dict(invented_numbers(lines["patient"]).rows()) if "patient" in lines.columns else {}
    yield from _once(rows, "patient", lambda row: _patient(row, numbers))
    yield from _once(rows, "prescriber_agb", _prescriber)
    yield from _once(rows, "practice_agb", lambda row: _organization("practice", row["practice_agb"]))
    yield from _once(rows, "pharmacy_agb", lambda row: _organization("pharmacy", row["pharmacy_agb"]))
    for number, row in enumerate(rows, 1):
        yield _request(row, number)
        yield _dispensing(row, number)


def _once(rows: Sequence[_LINE], column: str, make: Any) -> Iterator[Resource]:
    first = {value: row for row in reversed(rows) if (value := row.get(column))}
    return (make(first[value]) for value in sorted(first))


def _patient(row: _LINE, numbers: Mapping[str, str]) -> Resource:
    return _without_nothing(
        {
            "resourceType": "Patient",
            "id": _name("patient", row["patient"]),
            "identifier": [{"system": f"{_NAMING}bsn", "value": numbers[row["patient"] or ""]}],
            "gender": _SEXES.get(row.get("sex") or "", "unknown"),
            "birthDate": row.get("birth_year"),
        }
    )


def _prescriber(row: _LINE) -> Resource:
    specialism = row.get("prescriber_specialism")
    place = row.get("practice_agb")
    return _without_nothing(
        {
            "resourceType": "PractitionerRole",
            "id": _name("prescriber", row["prescriber_agb"]),
            "practitioner": {"identifier": {"system": f"{_NAMING}agb-z", "value": row["prescriber_agb"]}},
            "organization": {"reference": f"Organization/{_name('practice', place)}"} if place else None,
            "specialty": [{"coding": [{"system": _SYSTEMS["specialism"], "code": specialism}]}] if specialism else None,
        }
    )


def _organization(kind: str, agb: str | None) -> Resource:
    return {
        "resourceType": "Organization",
        "id": _name(kind, agb),
        "identifier": [{"system": f"{_NAMING}agb-z", "value": agb}],
    }


def _request(row: _LINE, number: int) -> Resource:
    code = row.get("icpc")
    insurer = row.get("insurer_uzovi")
    needs = {"coding": [{"system": _ADDITIONAL, "code": "4"}]} if row.get("remark") in _MEDICAL_NEED else None
    prior = {"reference": f"MedicationRequest/earlier-{number}"} if row.get("first_issue") == "N" else None
    return _without_nothing(
        {
            "resourceType": "MedicationRequest",
            "id": f"request-{number}",
            "extension": [{"url": _EXTENSION, "valueCodeableConcept": needs}] if needs else None,
            "status": "completed",
            "intent": "order",
            "category": [{"coding": [{"system": _SNOMED, "code": _AGREEMENT}]}],
            "medicationCodeableConcept": _prescribed(row) or _dispensed(row),
            "subject": _subject(row),
            "authoredOn": row.get("dispensed_on"),
            "requester": _reference("PractitionerRole", "prescriber", row.get("prescriber_agb")),
            "reasonCode": [{"coding": [{"system": _SYSTEMS["icpc"], "code": code}]}] if code else None,
            "insurance": [{"identifier": {"system": f"{_NAMING}uzovi", "value": insurer}}] if insurer else None,
            "priorPrescription": prior,
        }
    )


def _dispensing(row: _LINE, number: int) -> Resource:
    performer = _reference("Organization", "pharmacy", row.get("pharmacy_agb"))
    quantity = row.get("quantity")
    return _without_nothing(
        {
            "resourceType": "MedicationDispense",
            "id": row.get("line_id") or f"line-{number}",
            "status": "cancelled" if row.get("supply") == "NOT_GIVEN" else "completed",
            "category": {"coding": [{"system": _SNOMED, "code": _DISPENSING}]},
            "medicationCodeableConcept": _dispensed(row),
            "subject": _subject(row),
            "performer": [{"actor": performer}] if performer else None,
            "authorizingPrescription": [{"reference": f"MedicationRequest/request-{number}"}],
            "quantity": {"value": float(quantity.replace(",", ".")), "unit": "stuk"} if quantity else None,
            "whenHandedOver": row.get("dispensed_on"),
        }
    )


def _dispensed(row: _LINE) -> Resource | None:
    return _medicine(row, {name: name for name in _PRODUCT}, "label")


def _prescribed(row: _LINE) -> Resource | None:
    return _medicine(row, {"prk": "prescribed_prk"}, "prescribed_label")


def _medicine(row: _LINE, codes: Mapping[str, str], label: str) -> Resource | None:
    coding = [{"system": _SYSTEMS[name], "code": row[column]} for name, column in codes.items() if row.get(column)]
    return _without_nothing({"coding": coding or None, "text": row.get(label)}) or None


def _subject(row: _LINE) -> Resource | None:
    return _reference("Patient", "patient", row.get("patient"))


def _reference(kind: str, name: str, value: str | None) -> Resource | None:
    return {"reference": f"{kind}/{_name(name, value)}"} if value else None


def _name(kind: str, value: str | None) -> str:
    """Return a name as FHIR allows it: letters, digits, a dash and a point."""
    kept = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in value or "")
    return f"{kind}-{kept}"[:64]


def _without_nothing(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if value is not None}
