"""FHIR files that are damaged, hostile or odd: what becomes of each is written out.

REFUSED: the whole file, with the code of the sentence. READ: outcome and problem of each line, in order.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import Language
from matcher import FileUnusable
from matcher.read.fhir_json import decoded, fitted
from matcher.read.fhir_shapes import SHAPES
from tests.fhir import (
    AGREEMENT,
    AROUND,
    DISPENSING,
    NAMING,
    WHOLE,
    Resource,
    bundle,
    by_line,
    changed,
    concept,
    read_fhir,
)
from tests.worlds import Desk

GOOD = "ADHERENT"


def _deep(depth: int) -> bytes:
    return b'{"resourceType": "Bundle", "type": "collection", "entry": ' + b"[" * depth + b"]" * depth + b"}"


R5 = changed(DISPENSING, medicationReference=None, medication={"concept": {"text": "omeprazol"}})
REFUSED: dict[str, tuple[bytes, str]] = {
    "not JSON": (b'{"resourceType": "Bundle", "type": ', "FHIR_BROKEN"),
    "JSON of a program": (b'{"lines": []}', "FHIR_NOT"),
    "a resource type that is no text": (b'{"resourceType": {"a": 1}}', "FHIR_NOT"),
    "XML": (b'<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"/>', "FHIR_XML"),
    "a Bundle of what was": (bundle(WHOLE, "history"), "FHIR_BUNDLE_TYPE"),
    "a Bundle of answers": (bundle(WHOLE, "transaction-response"), "FHIR_BUNDLE_TYPE"),
    "a Bundle of no type": (b'{"resourceType": "Bundle", "entry": []}', "FHIR_BUNDLE_TYPE"),
    "entries that are no list": (b'{"resourceType": "Bundle", "type": "batch", "entry": {}}', "FHIR_BUNDLE_TYPE"),
    "an empty Bundle": (b'{"resourceType": "Bundle", "type": "batch"}', "FHIR_NO_LINES"),
    "people alone": (bundle(AROUND), "FHIR_NO_LINES"),
    "FHIR of the next generation": (bundle([*AROUND, R5]), "FHIR_R5"),
    "nested a hundred thousand deep": (_deep(100_000), "FHIR_BROKEN"),
    "one text of ten million signs": (
        bundle([*WHOLE, {"resourceType": "Binary", "data": "x" * 10_000_000}]), "FHIR_PART_TOO_LARGE"),
    "a Bundle cut off": (bundle(WHOLE)[:-40], "FHIR_BROKEN"),
    "bytes that are no letters": (b'{"resourceType": "Bundle\xff\xfe\x00', "FHIR_NOT_UTF8"),
    "lines in another encoding": (by_line(WHOLE).replace(b"Roos", b"Ro\xebs"), "FHIR_NOT_UTF8"),
}  # fmt: skip
READ: dict[str, tuple[bytes, list[tuple[str, str | None]]]] = {
    "as it should be": (bundle(WHOLE), [(GOOD, None)]),
    "a byte order mark": (b"\xef\xbb\xbf" + bundle(WHOLE), [(GOOD, None)]),
    "a byte order mark before lines": (b"\xef\xbb\xbf" + by_line(WHOLE), [(GOOD, None)]),
    "blank lines": (b"\n\n" + by_line(WHOLE).replace(b"\n", b"\r\n\r\n"), [(GOOD, None)]),
    "a single resource": (
        json.dumps(changed(AGREEMENT, requester={
            "identifier": {"system": f"{NAMING}agb-z", "value": "01012345"}}), indent=1).encode(),
        [(GOOD, None)]),
    "an unknown resource": (
        bundle([*WHOLE, {"resourceType": "Medicijn"}]),
        [(GOOD, None), ("INVALID", "UNKNOWN_RESOURCE")]),
    "an entry without a resource": (
        bundle(WHOLE)[:-4] + b',{"fullUrl": "x"}]}',
        [(GOOD, None), ("INVALID", "BROKEN_JSON")]),
    "a Bundle within lines": (
        by_line([*WHOLE, {"resourceType": "Bundle", "type": "batch"}]),
        [(GOOD, None), ("INVALID", "UNKNOWN_RESOURCE")]),
    "no status": (bundle([*AROUND, AGREEMENT, changed(DISPENSING, status=None)]), [("INVALID", "BAD_STATUS")]),
    "a status that does not exist": (
        bundle([*AROUND, AGREEMENT, changed(DISPENSING, status="blah")]),
        [("INVALID", "BAD_STATUS")]),
    "a text without a code": (
        bundle([*AROUND, AGREEMENT, changed(DISPENSING, medicationReference=None,
                                            medicationCodeableConcept=concept(text="OMEPRAZOL CAPSULE MSR 20MG"))]),
        [(GOOD, None)]),
    "no medicine at all": (
        bundle([*AROUND, AGREEMENT, changed(DISPENSING, medicationReference=None)]),
        [("INVALID", "NO_PRODUCT")]),
    "a medicine that is not there": (
        bundle([*AROUND, AGREEMENT, changed(DISPENSING, medicationReference={"reference": "Medication/weg"})]),
        [("INVALID", "NO_PRODUCT")]),
    "a prescriber that is not there": (
        bundle([*AROUND, changed(AGREEMENT, requester={"reference": "Practitioner/weg"})]),
        [("INVALID", "NO_PRESCRIBER")]),
    "an agreement that is not there": (bundle([*AROUND, DISPENSING]), [("INVALID", "NO_PRESCRIBER")]),
    "one id twice": (bundle([*WHOLE, DISPENSING]), [(GOOD, None), ("INVALID", "DUPLICATE_LINE_ID")]),
    "one person twice": (bundle([AROUND[0], *WHOLE]), [(GOOD, None)]),
    "a quantity without a unit": (
        bundle([*AROUND, AGREEMENT, changed(DISPENSING, quantity={"value": 30})]),
        [("INVALID", "QUANTITY_WITHOUT_UNIT")]),
    "a quantity of letters": (
        bundle([*AROUND, AGREEMENT, changed(DISPENSING, quantity={"value": "veel", "unit": "stuk"})]),
        [("INVALID", "BAD_QUANTITY")]),
    "a month for a day": (
        bundle([*AROUND, AGREEMENT, changed(DISPENSING, whenHandedOver="2026-03")]),
        [("INVALID", "BAD_DATE")]),
    "no day": (bundle([*AROUND, AGREEMENT, changed(DISPENSING, whenHandedOver=None)]), [("INVALID", "NO_DATE")]),
    "elements of another shape": (
        bundle([*AROUND, AGREEMENT, changed(DISPENSING, quantity=[30], performer={"actor": "x"}, contained="niets")]),
        [(GOOD, None)]),
    "a broken line": (
        by_line(WHOLE) + b'{"resourceType": "MedicationDispense", "id": \n',
        [(GOOD, None), ("INVALID", "BROKEN_JSON")]),
    "a line that is no JSON": (
        by_line(WHOLE[:3]) + b"oeps\n" + by_line(WHOLE[3:]),
        [("INVALID", "BROKEN_JSON"), (GOOD, None)]),
    "two lines that are only whole together": (
        by_line(WHOLE) + b'{"resourceType": "Patient", "id": [{}\n{"a": 1}], "b": 2},{"resourceType": "Patient"}\n',
        [(GOOD, None), ("INVALID", "BROKEN_JSON"), ("INVALID", "BROKEN_JSON")]),
    "a line nested a hundred thousand deep": (
        by_line(WHOLE) + b'{"resourceType": "Patient", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
        [(GOOD, None), ("INVALID", "BROKEN_JSON")]),
    "a line of ten million signs": (
        by_line([*WHOLE, changed(DISPENSING, id="v2", note="x" * 10_000_000)]),
        [(GOOD, None), ("INVALID", "RESOURCE_TOO_LARGE")]),
    "half a letter": (by_line(WHOLE).replace(b"OMEPRAZOL CAPSULE", rb"\ud800OMEPRAZOL CAPSULE"), [(GOOD, None)]),
    "what others are, contained first": (
        by_line([{"contained": [{"resourceType": "Patient", "id": "1"}], **DISPENSING}, *WHOLE[:-1]]), [(GOOD, None)]),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_fhir_we_read_is_refused(tmp_path: Path, name: str) -> None:
    content, code = REFUSED[name]
    with pytest.raises(FileUnusable) as refused:
        read_fhir(tmp_path, content)
    told = [refused.value.sentence(language) for language in Language]
    assert (refused.value.code, all("fhir.json" in sentence for sentence in told)) == (code, True)


@pytest.mark.parametrize("name", READ)
def test_what_is_wrong_with_a_resource_is_told_of_its_own_line(desk: Desk, name: str) -> None:
    content, expected = READ[name]
    lines = desk.assess_file(content)
    assert lines.select("outcome", "problem").rows() == expected


@pytest.mark.parametrize("place", range(1, len(by_line(WHOLE)), 97))
def test_resources_cut_off_anywhere_lose_no_line_silently(tmp_path: Path, place: int) -> None:
    whole = by_line(WHOLE)
    try:
        lines = read_fhir(tmp_path, whole[:place])[0]
    except FileUnusable:
        assert whole[:place].count(b"\n") < len(WHOLE) - 1
        return
    was_cut_within = not whole[:place].endswith(b"\n") and json_is_broken(whole[:place].splitlines()[-1])
    assert (lines["damage"].null_count() < lines.height) == was_cut_within


def json_is_broken(line: bytes) -> bool:
    """Tell whether a line is no JSON."""
    try:
        json.loads(line)
    except ValueError:
        return True
    return False


@given(st.integers(0, len(by_line(WHOLE)) - 1), st.integers(0, 7))
def test_a_flipped_bit_never_loses_a_line_or_ends_the_program(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    content = bytearray(by_line([*WHOLE, changed(DISPENSING, id="v2")]))
    content[place] ^= 1 << bit
    try:
        lines = read_fhir(tmp_path_factory.mktemp("flip"), bytes(content))[0]
    except FileUnusable:
        return
    assert "v2" in lines["line_id"].to_list()


_NAMES = st.sampled_from([*DISPENSING, "coding", "code"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(_JSON, min_size=1, max_size=4))
def test_any_json_is_read_in_any_shape_the_same_way_quickly_and_carefully(values: list[Resource]) -> None:
    import polars as pl

    shape = SHAPES["MedicationDispense"]
    texts = pl.Series([json.dumps(value) for value in values])
    quick, careful = decoded(texts, shape), pl.Series([fitted(json.loads(text), shape) for text in texts], dtype=shape)
    assert [row is None for row in quick.to_list()] == [row is None for row in careful.to_list()]
