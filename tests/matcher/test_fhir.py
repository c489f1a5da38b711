"""FHIR R4 of MP9: what a dispensing and the agreement behind it say on one line, in a Bundle or line by line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from formulary import sample_folder
from matcher import Reading, read_lines
from service.demo import make_demo_lines
from service.demo_fhir import fhir_of, tellable, write_fhir
from tests.fhir import (
    AGREEMENT,
    AROUND,
    BSN,
    DISPENSING,
    DOCTOR,
    MEDICINE,
    NAMING,
    OID,
    PATIENT,
    PHARMACY,
    REASON,
    ROLE,
    WHOLE,
    Resource,
    bundle,
    by_line,
    changed,
    concept,
    read_fhir,
)  # fmt: skip
from tests.worlds import KEY, Desk

FORMS = {"bundle": bundle, "by line": by_line}


def _line(folder: Path, resources: list[Resource], row: int = 0) -> dict[str, Any]:
    lines = read_fhir(folder, bundle(resources))[0].row(row, named=True)
    return {name: value for name, value in lines.items() if value is not None and name not in ("source", "line_no")}


@pytest.mark.parametrize("form", FORMS)
def test_a_dispensing_and_its_agreement_are_one_line(tmp_path: Path, form: str) -> None:
    made: Callable[[list[Resource]], bytes] = FORMS[form]
    lines, file = read_fhir(tmp_path, made(WHOLE))
    line = {name: value for name, value in lines.row(0, named=True).items() if value is not None}
    assert line == {
        "source": "fhir.json",
        "line_no": 9,
        "line_id": "v1",
        "dispensed_on": "2026-03-02",
        "prescriber_agb": "01012345",
        "prescriber_specialism": "0100",
        "practice_agb": "01050001",
        "pharmacy_agb": "02001234",
        "patient": line["patient"],
        "birth_year": "1950",
        "sex": "F",
        "insurer_uzovi": "9001",
        "zi": "11000155",
        "prk": "700088",
        "label": "OMEPRAZOL CAPSULE MSR 20MG",
        "quantity": "30,5",
        "icpc": "D84",
        "prescribed_prk": "700118",
        "prescribed_label": "OMEPRAZOL TABLET MSR 20MG",
    }
    assert (lines.height, file.format, [note.code for note in file.notes]) == (1, "FHIR", ["FHIR_PARTS"])


def test_both_forms_say_the_same(tmp_path: Path) -> None:
    assert read_fhir(tmp_path, bundle(WHOLE))[0].equals(read_fhir(tmp_path, by_line(WHOLE))[0])


def test_a_lone_agreement_is_a_line_of_the_day_it_was_made(tmp_path: Path) -> None:
    line = _line(tmp_path, [*AROUND, AGREEMENT])
    asked = (line["line_id"], line["dispensed_on"], line["prk"], line["label"], line["quantity"])
    assert asked == ("ma1", "2026-03-01", "700118", "OMEPRAZOL TABLET MSR 20MG", "60")
    assert "prescribed_prk" not in line


REQUEST = changed(
    AGREEMENT,
    id="vv1",
    category=[concept(("http://snomed.info/sct", "52711000146108"))],
    basedOn=[{"reference": "MedicationRequest/ma1"}],
    reasonReference=None,
    insurance=None,
)


def test_a_request_to_dispense_is_part_of_the_agreement_it_is_based_on(tmp_path: Path) -> None:
    lines, file = read_fhir(tmp_path, bundle([*AROUND, AGREEMENT, REQUEST]))
    assert (lines["line_id"].to_list(), [dict(note.values) for note in file.notes]) == (["ma1"], [{"n": 1}])


def test_a_dispensing_reaches_its_agreement_by_way_of_a_request(tmp_path: Path) -> None:
    given = changed(DISPENSING, authorizingPrescription=[{"reference": "MedicationRequest/vv1"}])
    lines, _ = read_fhir(tmp_path, bundle([*AROUND, AGREEMENT, REQUEST, given]))
    assert lines.select("line_id", "icpc", "insurer_uzovi").rows() == [("v1", "D84", "9001")]


def test_several_dispensings_of_one_agreement_are_lines_of_their_own(tmp_path: Path) -> None:
    again = changed(DISPENSING, id="v2", whenHandedOver="2026-06-02")
    lines, _ = read_fhir(tmp_path, bundle([*WHOLE, again]))
    assert lines.select("line_id", "dispensed_on").rows() == [("v1", "2026-03-02"), ("v2", "2026-06-02")]


def test_a_prescription_whose_dispensing_was_cancelled_is_still_a_line(tmp_path: Path) -> None:
    lines, _ = read_fhir(tmp_path, bundle([*AROUND, AGREEMENT, changed(DISPENSING, status="cancelled")]))
    assert lines.select("line_id", "supply").rows() == [("ma1", None), ("v1", "NOT_GIVEN")]


SUPPLIES: dict[str, tuple[Resource, str | None]] = {
    "an agreement of the pharmacy": ({"category": concept(("http://snomed.info/sct", "422037009"))}, "USE_AGREED"),
    "still being prepared": ({"status": "in-progress"}, "NOT_GIVEN"),
    "entered in error": ({"status": "entered-in-error"}, "NOT_GIVEN"),
    "of unknown state": ({"status": "unknown"}, None),
}


@pytest.mark.parametrize("name", SUPPLIES)
def test_what_was_not_handed_out_says_so(tmp_path: Path, name: str) -> None:
    elements, supply = SUPPLIES[name]
    lines = read_fhir(tmp_path, bundle([*AROUND, changed(DISPENSING, **elements)]))[0]
    assert lines["supply"].to_list() == [supply]


WITHDRAWN: dict[str, Resource] = {
    "cancelled": {"status": "cancelled"},
    "forbidden": {"doNotPerform": True},
    "stopped": {"modifierExtension": [{"url": "http://nictiz.nl/fhir/StructureDefinition/ext-StopType"}]},
}


@pytest.mark.parametrize("name", WITHDRAWN)
def test_an_agreement_to_stop_is_no_prescription(tmp_path: Path, name: str) -> None:
    assert _line(tmp_path, [*AROUND, changed(AGREEMENT, **WITHDRAWN[name])])["supply"] == "NOT_GIVEN"


CODES: dict[str, tuple[Resource, dict[str, str]]] = {
    "every code of the concept": (
        concept((f"{OID}8", "11000155"), (f"{OID}7", "1900153"), (f"{OID}1", "800082"),
                ("http://www.whocc.no/atc", "A02BC01")),
        {"zi": "11000155", "hpk": "1900153", "gpk": "800082", "atc": "A02BC01"}),
    "ATC by its number as a system": (concept(("urn:oid:2.16.840.1.113883.6.73", "A02BC01")), {"atc": "A02BC01"}),
    "a text alone": (concept(text="OMEPRAZOL 20MG"), {"label": "OMEPRAZOL 20MG"}),
    "what the code is called": (
        {"coding": [{"system": f"{OID}8", "code": "11000155", "display": "OMEPRAZOL"}]},
        {"zi": "11000155", "label": "OMEPRAZOL"}),
    "codes of other systems": (
        concept(("http://snomed.info/sct", "387137007"), text="omeprazol"), {"label": "omeprazol"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CODES)
def test_a_medicine_is_told_by_codes_of_known_systems_and_its_text(tmp_path: Path, name: str) -> None:
    medicine, expected = CODES[name]
    given = changed(DISPENSING, medicationReference=None, medicationCodeableConcept=medicine)
    line = _line(tmp_path, [*AROUND, given])
    assert {
        column: line[column] for column in ("zi", "hpk", "prk", "gpk", "atc", "label") if column in line
    } == expected


REPEATS: dict[str, Resource] = {
    "goes on after another": {"priorPrescription": {"reference": "MedicationRequest/ma0"}},
    "is based on another": {"basedOn": [{"reference": "MedicationRequest/ma0"}]},
}


@pytest.mark.parametrize("name", REPEATS)
def test_an_agreement_that_follows_another_is_no_first_issue(tmp_path: Path, name: str) -> None:
    asked = changed(AGREEMENT, **REPEATS[name])
    assert _line(tmp_path, [*AROUND, asked, DISPENSING])["first_issue"] == "N"
    assert "first_issue" not in _line(tmp_path, WHOLE)


def test_a_refill_is_no_first_issue(tmp_path: Path) -> None:
    kind = concept(("http://terminology.hl7.org/CodeSystem/v3-ActCode", "RFC"))
    assert _line(tmp_path, [*AROUND, AGREEMENT, changed(DISPENSING, type=kind)])["first_issue"] == "N"


def test_medical_need_on_the_agreement_is_a_remark_on_the_line(tmp_path: Path) -> None:
    need = concept(("urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.2.14.2050", "4"))
    asked = changed(AGREEMENT, extension=[{"url": "http://x", "valueCodeableConcept": need}])
    assert _line(tmp_path, [*AROUND, asked, DISPENSING])["remark"] == "03"


def test_the_indication_may_stand_on_the_agreement_itself(tmp_path: Path) -> None:
    asked = changed(
        AGREEMENT, reasonReference=None, reasonCode=[concept(("http://hl7.org/fhir/sid/icpc-1-nl", "T90.02"))]
    )
    assert _line(tmp_path, [*AROUND, asked])["icpc"] == "T90.02"


def test_an_insurer_may_be_behind_a_policy(tmp_path: Path) -> None:
    policy = {"resourceType": "Coverage", "id": "k1", "payor": [{"reference": "Organization/u1"}]}
    insurer = changed(PHARMACY, id="u1", identifier=[{"system": f"{NAMING}uzovi", "value": "9002"}])
    asked = changed(AGREEMENT, insurance=[{"reference": "Coverage/k1"}])
    assert _line(tmp_path, [*AROUND, policy, insurer, asked])["insurer_uzovi"] == "9002"


def test_what_is_contained_is_found_in_its_owner_alone(tmp_path: Path) -> None:
    asked = changed(
        AGREEMENT,
        contained=[changed(ROLE, id="1", practitioner={"reference": "#2"}, organization=None), changed(DOCTOR, id="2")],
        requester={"reference": "#1"},
    )
    given = changed(
        DISPENSING,
        contained=[changed(MEDICINE, id="1"), changed(asked, id="2", contained=None, requester={
            "identifier": {"system": f"{NAMING}agb-z", "value": "01054321"}})],
        medicationReference={"reference": "#1"},
        authorizingPrescription=[{"reference": "#2"}],
    )  # fmt: skip
    lines = read_fhir(tmp_path, bundle([PATIENT, asked, given]))[0]
    assert lines.select("line_id", "prescriber_agb", "zi").rows() == [
        ("ma1", "01012345", None),
        ("v1", "01054321", "11000155"),
    ]


def test_a_reference_may_be_a_whole_address_or_the_name_of_an_entry(tmp_path: Path) -> None:
    entries = [
        {"fullUrl": f"urn:uuid:{n}", "resource": changed(each, id=None)} for n, each in enumerate([PATIENT, DOCTOR])
    ]
    asked = changed(
        AGREEMENT, subject={"reference": "urn:uuid:0"}, requester={"reference": "urn:uuid:1"},
        reasonReference=[{"reference": "https://elders.nl/fhir/Condition/c1/_history/2"}])  # fmt: skip
    rest = [{"resource": each} for each in (REASON, asked)]
    content = json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": [*entries, *rest]}).encode()
    line = read_fhir(tmp_path, content)[0].row(0, named=True)
    assert (line["birth_year"], line["prescriber_agb"], line["icpc"]) == ("1950", "01012345", "D84")


PEOPLE: dict[str, tuple[Resource, Resource, bool]] = {
    "by citizen service number": (PATIENT, {}, True),
    "by another number": (changed(PATIENT, identifier=[{"system": "urn:oid:1.2.3", "value": "7"}]), {}, True),
    "by reference alone": (changed(PATIENT, id="anders"), {}, True),
    "by the number on the reference": (
        changed(PATIENT, id="anders"), {"identifier": {"system": f"{NAMING}bsn", "value": BSN}}, True),
    "not at all": (PATIENT, {"reference": None}, False),
    "by the number of nobody": (
        changed(PATIENT, identifier=[{"system": f"{NAMING}bsn", "value": "999999999"}]), {}, False),
}  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_patient_is_a_pseudonym_however_known(tmp_path: Path, name: str) -> None:
    patient, subject, is_known = PEOPLE[name]
    asked = changed(AGREEMENT, subject={"reference": "Patient/p1", **subject})
    line = _line(tmp_path, [*AROUND[1:], patient, asked])
    assert line.get("patient", "").startswith("ps-") == is_known


def test_one_person_is_one_pseudonym_with_a_reference_or_a_number(tmp_path: Path) -> None:
    inline = {"identifier": {"system": f"{NAMING}bsn", "value": BSN}}
    asked = [
        changed(AGREEMENT, id=f"ma{n}", subject=subject) for n, subject in enumerate((AGREEMENT["subject"], inline))
    ]
    assert read_fhir(tmp_path, bundle([*AROUND, *asked]))[0]["patient"].n_unique() == 1


def test_nothing_of_a_person_is_left_in_lines_or_workspace(tmp_path: Path) -> None:
    lines, _ = read_fhir(tmp_path, by_line(WHOLE))
    written = b"".join(file.read_bytes() for file in (tmp_path / "work-0").rglob("*") if file.is_file())
    text = lines.write_csv().encode() + written
    assert [
        word
        for word in (BSN, "Planteneel", "Roos", "6411XZ", "Dorpsstraat", "1950-07", "Dokter")
        if word.encode() in text
    ] == []


def test_what_is_neither_prescription_nor_dispensing_is_named(tmp_path: Path) -> None:
    notes = read_fhir(tmp_path, by_line([*WHOLE, {"resourceType": "Observation"}, {"resourceType": "Observation"}]))[
        1
    ].notes
    assert dict(notes[-1].values) == {"kinds": "Observation (2)"}


def test_every_line_of_a_fhir_file_has_an_outcome_and_a_reason(desk: Desk) -> None:
    found = desk.assess_file(bundle([*WHOLE, changed(DISPENSING, id="v2", status="declined")]))
    assert found.select("outcome", "reason").rows() == [("ADHERENT", "LATER_CHOICE"), ("EXCLUDED", "NOT_GIVEN")]


def test_what_the_demo_writes_is_fhir(tmp_path: Path) -> None:
    made = make_demo_lines(sample_folder(), tmp_path / "lines.csv", lines=100)
    lines = tellable(read_lines([made], Reading(tmp_path / "work", KEY)).lines.collect())
    resources = list(fhir_of(lines))
    assert {get_fhir_model_class(each["resourceType"])(**each).get_resource_type() for each in resources} == {
        "Patient", "PractitionerRole", "Organization", "MedicationRequest", "MedicationDispense"}  # fmt: skip
    assert read_fhir(tmp_path, write_fhir(lines, tmp_path / "fhir").read_bytes())[0].height == lines.height


@pytest.mark.parametrize(("batch", "block"), [(1, 1 << 25), (7, 1 << 25), (20_000, 900), (3, 5_000)])
@pytest.mark.parametrize("by_line", [True, False])
def test_where_batches_and_blocks_end_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int, block: int, *, by_line: bool
) -> None:
    made = make_demo_lines(sample_folder(), tmp_path / "lines.csv", lines=100)
    lines = tellable(read_lines([made], Reading(tmp_path / "work", KEY)).lines.collect())
    content = write_fhir(lines, tmp_path / "fhir", by_line=by_line).read_bytes()
    if by_line:
        texts = content.splitlines()
        content = b"\n".join([*texts[:40], b"{broken", b"", *texts[40:], b'{"resourceType": "Observation"}'])
    whole, file = read_fhir(tmp_path, content)
    monkeypatch.setattr("matcher.read.fhir._BATCH", batch)
    monkeypatch.setattr("matcher.read.encoding._BLOCK", block)
    again, same = read_fhir(tmp_path, content)
    assert again.equals(whole)
    assert same == file
