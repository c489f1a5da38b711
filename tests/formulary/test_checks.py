"""What is wrong with a rules folder is told with its place, everything at once, and never as a traceback."""

from pathlib import Path

import pytest

from formulary import Language
from tests.spec.small_region import SmallRegion

ENTRY = {"atc": "A02BC02", "icpc": "D84", "strengths": "20 mg", "age_min": "18", "sex": "F"}
RATE = "population = {{ {} }}\nconform = [{{ {} }}]"
# A cell of an entry that cannot stand, and the fault it is.
BAD_CELLS = {
    "an ATC code of 6 characters": ("atc", "A02BC0", "ATC_INVALID"),
    "an ATC group": ("atc", "A02BC", "ATC_INVALID"),
    "an ATC code that does not exist": ("atc", "A02BC99", "ATC_UNKNOWN"),
    "an ICPC process code": ("icpc", "D45", "ICPC_PROCESS"),
    "no ICPC code": ("icpc", "reflux", "ICPC_INVALID"),
    "an ICPC range that ends in a process code": ("icpc", "D84-D45", "ICPC_INVALID"),
    "a strength without a unit": ("strengths", "20", "BAD_PATTERN"),
    "a strength in words": ("strengths", "hoog", "BAD_PATTERN"),
    "an age that is no number": ("age_min", "achttien", "NOT_A_NUMBER"),
    "an age over 130": ("age_min", "180", "TOO_LARGE"),
    "an age below nought": ("age_min", "-1", "TOO_SMALL"),
    "a sex that there is no word for": ("sex", "V", "NOT_ONE_OF"),
    "a date as a Dutchman writes it": ("valid_from", "01-05-2026", "NOT_A_DATE"),
    "a rank of nought": ("rank", "0", "TOO_SMALL"),
    "a PRK code whose check digit fails": ("prk", "700135", "CODE_INVALID"),
    "a form that there is no word for": ("form", "pil", "NOT_ONE_OF"),
    "an advice that there is no word for": ("advice", "AANBEVOLEN", "NOT_ONE_OF"),
    "a setting that there is no word for": ("setting", "huisarts", "NOT_ONE_OF"),
    "a column that there is no word for": ("kleur", "rood", "UNKNOWN_FIELD"),
}
# An indicator that cannot be, and the fault it is.
BAD_INDICATORS = {
    "a composite of itself": ('composite = ["RATE"]', "COMPOSITE_RING"),
    "a composite of what is not there": ('composite = ["OTHER"]', "INDICATOR_UNKNOWN"),
    "an exclusion that is not described": (RATE.format('exclude = ["X"]', "formulary = true"), "EXCLUSION_UNKNOWN"),
    "a composite with a population": ('composite = ["RATE"]\npopulation = {}', "INDICATOR_TWO_KINDS"),
    "neither a population nor parts": ("", "INDICATOR_EMPTY"),
    "a population without conditions": ("population = {}", "INDICATOR_EMPTY"),
    "a condition that says nothing": ("population = {}\nconform = [{}]", "CONDITION_EMPTY"),
    "a limit of strength without a unit": (RATE.format("", 'strength_max = "40"'), "BAD_PATTERN"),
    "a population of half an ATC code": (RATE.format('atc = ["A02B0"]', "formulary = true"), "ATC_GROUP_INVALID"),
    "a population of process codes": (RATE.format('icpc = ["D45"]', "formulary = true"), "ICPC_PROCESS"),
    "a unit that there is no word for": (RATE.format("", "formulary = true") + '\nunit = "BOXES"', "NOT_ONE_OF"),
}


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path)


def places(region: SmallRegion) -> list[tuple[str, str, int | None, str | None]]:
    return [(fault.code, fault.file, fault.row, fault.column) for fault in region.faults()]


def test_a_folder_without_faults_has_none(region: SmallRegion) -> None:
    region.entries("entry_id | " + " | ".join(ENTRY) + "\n-\na | " + " | ".join(ENTRY.values()))
    assert region.faults() == []


@pytest.mark.parametrize("what", BAD_CELLS)
def test_a_cell_that_cannot_stand_is_a_fault_with_its_row_and_column(region: SmallRegion, what: str) -> None:
    column, cell, code = BAD_CELLS[what]
    row = {"entry_id": "a", **ENTRY, column: cell}
    region.entries(" | ".join(row) + "\n-\n" + " | ".join(row.values()))
    [(found, file, row_no, place)] = places(region)
    assert (found, file, row_no, str(place).partition(".")[0]) == (code, "formulary/2026/entries.csv", 2, column)


@pytest.mark.parametrize("what", BAD_INDICATORS)
def test_an_indicator_that_cannot_be_is_a_fault(region: SmallRegion, what: str) -> None:
    text, code = BAD_INDICATORS[what]
    assert code in [fault.code for fault in region.indicators(rate=text).faults()]


def test_a_ring_of_composites_is_told_for_each_of_them(region: SmallRegion) -> None:
    region.indicators(a='composite = ["B"]', b='composite = ["C"]', c='composite = ["A"]')
    assert [(fault.code, fault.values["value"]) for fault in region.faults()] == [
        ("COMPOSITE_RING", "A"),
        ("COMPOSITE_RING", "B"),
        ("COMPOSITE_RING", "C"),
    ]


def test_a_composite_that_leads_to_a_ring_is_no_part_of_it(region: SmallRegion) -> None:
    region.indicators(a='composite = ["B"]', b='composite = ["B"]')
    assert [fault.values["value"] for fault in region.faults()] == ["B"]


def test_two_composites_of_one_part_are_no_ring(region: SmallRegion) -> None:
    part = RATE.format("", "formulary = true")
    assert region.indicators(part=part, a='composite = ["PART"]', b='composite = ["A", "PART"]').faults() == []


def test_the_same_indicator_twice_is_a_fault(region: SmallRegion) -> None:
    one = '[[indicators]]\nid = "A"\nname_nl = "a"\nname_en = "a"\nsource = "x"\n' + RATE.format("", "formulary = true")
    region.write("indicators.toml", one + "\n" + one)
    assert [(fault.code, fault.values["value"]) for fault in region.faults()] == [("INDICATOR_TWICE", "A")]


def test_a_suspended_chapter_must_be_there(region: SmallRegion) -> None:
    region.version('[[suspended]]\nchapter = "Longen"\nsuspended_from = 2026-03-01\nsource = "x"\n')
    assert places(region) == [
        ("CHAPTER_UNKNOWN", "formulary/2026/version.toml", None, "suspended.1.chapter"),
    ]


def test_two_versions_on_one_day_are_a_fault(region: SmallRegion) -> None:
    usual = 'status = "ADOPTED"\nin_force_from = 2026-01-01\nsource = "x"\n'
    region.entries("entry_id | atc\n-\na | A02BC02", "2026b").version("", "2026b", 'version = "2026b"\n' + usual)
    assert [fault.code for fault in region.faults()] == ["VERSIONS_OVERLAP"]


def test_a_draft_may_overlap(region: SmallRegion) -> None:
    usual = 'status = "DRAFT"\nin_force_from = 2026-01-01\nsource = "x"\n'
    region.entries("entry_id | atc\n-\na | A02BC02", "2026b").version("", "2026b", 'version = "2026b"\n' + usual)
    assert region.faults() == []


def test_an_entry_name_may_stand_once_in_a_version(region: SmallRegion) -> None:
    region.entries("entry_id | atc\n-\na | A02BC02\na | A02BC01")
    assert places(region) == [("ENTRY_TWICE", "formulary/2026/entries.csv", 3, "entry_id")]


def test_advice_without_a_medicine_may_stand_twice_under_an_indication(region: SmallRegion) -> None:
    region.entries("entry_id | atc | without_medicine\n-\na | | afvallen\nb | | niet roken")
    assert region.faults() == []


def test_an_entry_of_nothing_is_a_fault(region: SmallRegion) -> None:
    region.entries("entry_id | atc | remark\n-\na | | niets")
    assert [fault.code for fault in region.faults()] == ["ENTRY_EMPTY"]


@pytest.mark.parametrize(
    ("columns", "cells", "code"),
    [
        ("age_min | age_max", "70 | 18", "AGES_SWAPPED"),
        ("valid_from | valid_until", "2026-05-01 | 2026-04-30", "ENDS_BEFORE_START"),
    ],
)
def test_an_end_before_its_start_is_a_fault(region: SmallRegion, columns: str, cells: str, code: str) -> None:
    region.entries(f"entry_id | atc | {columns}\n-\na | A02BC02 | {cells}")
    assert [fault.code for fault in region.faults()] == [code]


def test_every_fault_of_a_folder_is_told_at_once(region: SmallRegion) -> None:
    region.entries("entry_id | atc | icpc\n-\na | A02BC0 | D84\nb | A02BC02 | D45").indicators(a='composite = ["A"]')
    region.write("region.toml", 'id = "Proef!"\n')
    assert {fault.code for fault in region.faults()} >= {"ATC_INVALID", "ICPC_PROCESS", "COMPOSITE_RING", "MISSING"}


@pytest.mark.parametrize("language", list(Language))
def test_every_fault_has_a_sentence_that_names_its_value(region: SmallRegion, language: Language) -> None:
    region.entries("entry_id | atc\n-\na | A02BC0")
    assert "A02BC0" in region.faults()[0].sentence(language)


TABLES = {
    "an insurer of five digits": ("preferences.csv", "uzovi", "90011", "UZOVI_INVALID"),
    "a designated product whose check digit fails": ("preferences.csv", "zi", "11000448", "CODE_INVALID"),
    "a shortage of half a code": ("shortages.csv", "atc", "A02BC", "ATC_INVALID"),
    "a quarter that there is not": ("enrolment.csv", "quarter", "2026-Q5", "BAD_PATTERN"),
    "a quarter of no calendar": ("enrolment.csv", "quarter", "0000-Q1", "BAD_PATTERN"),
    "fewer patients than none": ("enrolment.csv", "patients", "-1", "TOO_SMALL"),
    "a practice of seven digits": ("enrolment.csv", "practice_agb", "1000001", "AGB_INVALID"),
    "a level that there is no word for": ("structure.csv", "level", "huisarts", "NOT_ONE_OF"),
    "a kind of code that does not move": ("succession.csv", "kind", "ZI", "NOT_ONE_OF"),
    "a participation without a first day": ("participation.csv", "valid_from", "", "MISSING"),
}
USUAL = {
    "preferences.csv": {"uzovi": "9001", "zi": "11000449", "valid_from": "2026-01-01", "source": "x"},
    "shortages.csv": {"atc": "A02BC02", "valid_from": "2026-01-01", "source": "x"},
    "enrolment.csv": {"practice_agb": "01000001", "quarter": "2026-Q1", "patients": "2000"},
    "structure.csv": {"level": "group", "id": "a", "part_of": "b", "valid_from": "2026-01-01"},
    "succession.csv": {
        "kind": "ATC",
        "former": "N03AX16",
        "successor": "N02BF02",
        "since": "2023-01-01",
        "source": "x",
    },
    "participation.csv": {"scheme": "2026", "id": "01000001", "valid_from": "2026-01-01", "valid_until": "2026-12-31"},
}


@pytest.mark.parametrize("what", TABLES)
def test_a_dated_table_is_checked_like_the_rest(region: SmallRegion, what: str) -> None:
    file, column, cell, code = TABLES[what]
    row = {**USUAL[file], column: cell}
    region.write(file, ",".join(row) + "\n" + ",".join(row.values()) + "\n")
    assert (code, file, 2, column) in places(region)


def test_a_succession_of_half_a_code_is_a_fault(region: SmallRegion) -> None:
    region.csv(
        "succession.csv", "kind | former | successor | since | source\n-\nATC | N03AX | N02BF02 | 2023-01-01 | x"
    )
    assert [fault.code for fault in region.faults()] == ["ATC_INVALID"]


@pytest.mark.parametrize("file", ["preferences.csv", "shortages.csv", "structure.csv", "participation.csv"])
def test_a_dated_row_that_ends_before_it_starts_is_a_fault(region: SmallRegion, file: str) -> None:
    row = {**USUAL[file], "valid_until": "2025-12-31"}
    region.write(file, ",".join(row) + "\n" + ",".join(row.values()) + "\n")
    assert [fault.code for fault in region.faults()] == ["ENDS_BEFORE_START"]


@pytest.mark.parametrize(
    "more",
    [
        "[grace]\nnobody = 30\n",
        '[[errata]]\npublished_on = 2026-02-01\nkind = "ADDED"\nentry_id = "nobody"\ntext = "x"\n',
    ],
)
def test_what_a_version_says_of_an_entry_that_is_not_there_is_a_fault(region: SmallRegion, more: str) -> None:
    assert region.version(more).faults() != []
