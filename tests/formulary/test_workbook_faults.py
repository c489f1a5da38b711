"""A workbook is a stranger's file: what cannot be read safely is refused, each fault with its sheet and cell."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from formulary import Entry, Language, Region, Scheme
from formulary.workbook import Workbook, open_rules

from .workbooks import (
    REGION,
    SHEET_1,
    TABLE,
    Place,
    Rows,
    faults_of,
    places,
    read_all,
    sheet_xml,
    with_parts,
    with_sheet,
    workbook,
)

# What is in a sheet


@pytest.mark.parametrize(
    ("touch", "place"),
    [
        (lambda _, sheet: sheet.write_formula("B3", "=1+1"), ("FORMULA", "catalogue", "B3")),
        (lambda _, sheet: sheet.merge_range("A5:B6", "x"), ("MERGED_CELLS", "catalogue", "A5:B6")),
        (lambda _, sheet: sheet.set_row(2, None, None, {"hidden": True}), ("HIDDEN_ROW", "catalogue", "A3")),
        (lambda _, sheet: sheet.set_column("B:B", 9, None, {"hidden": True}), ("HIDDEN_COLUMN", "catalogue", "B1")),
        (lambda _, sheet: sheet.write("D2", "a note"), ("CELL_OUTSIDE", "catalogue", "D2")),
        (lambda _, sheet: sheet.write("D1", "d"), ("COLUMN_NAMELESS", "catalogue", "C1")),
    ],
)
def test_what_a_table_cannot_hold_is_named_with_its_cell(
    tmp_path: Path, touch: Callable[[Any, Any], None], place: Place
) -> None:
    assert faults_of(tmp_path, {"catalogue": TABLE}, touch) == [place]


def test_what_is_hidden_and_empty_is_no_fault(tmp_path: Path) -> None:
    def touch(_: Any, sheet: Any) -> None:
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.set_column("F:XFD", 9, None, {"hidden": True})

    assert faults_of(tmp_path, {"catalogue": TABLE}, touch) == []


def test_a_hidden_sheet_is_a_fault(tmp_path: Path) -> None:
    sheets = {"region": REGION, "catalogue": TABLE}
    assert faults_of(tmp_path, sheets, lambda _, sheet: sheet.hide()) == [("HIDDEN_SHEET", "catalogue", None)]


def test_faults_of_several_sheets_are_told_together(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {"catalogue": [*TABLE, ["5", "6", "beside"]], "Blad1": TABLE, "region": [["x"]]}
    assert faults_of(tmp_path, sheets) == [
        ("SHEET_UNKNOWN", "Blad1", None),
        ("CELL_OUTSIDE", "catalogue", "C4"),
        ("SHEET_HEADER", "region", "A1"),
    ]


def test_past_twenty_formulas_only_their_number_is_told(tmp_path: Path) -> None:
    def touch(_: Any, sheet: Any) -> None:
        for row in range(25):
            sheet.write_formula(row + 1, 1, "=1")

    found = faults_of(tmp_path, {"catalogue": TABLE}, touch)
    assert (len(found), found[-1]) == (21, ("AND_MORE", "catalogue", None))


def test_decimals_with_a_point_and_with_a_comma_in_one_column_are_a_fault(tmp_path: Path) -> None:
    rows: Rows = [["a", "b"], ["1,5", "1.000"], [2.5, "0,5"]]
    assert faults_of(tmp_path, {"catalogue": rows}) == [("DECIMALS_MIXED", "catalogue", "A3")]


def test_an_error_value_is_a_fault(tmp_path: Path) -> None:
    path = with_sheet(tmp_path, sheet_xml('<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>'))
    assert places(read_all(path)) == [("CELL_ERROR", "catalogue", "A1")]


def test_a_day_that_no_calendar_has_is_a_fault(tmp_path: Path) -> None:
    rows: Rows = [["a", "b"], [date(2026, 1, 1), "x"]]
    good = workbook(tmp_path / "good.xlsx", {"catalogue": rows})
    far = with_parts(good, tmp_path / "rules.xlsx", {SHEET_1: lambda xml: xml.replace(b"<v>46023</v>", b"<v>1e9</v>")})
    assert places(read_all(far)) == [("NOT_A_DATE", "catalogue", "A2")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("conform[2].x", "1"), ("name", "again"), ("name.x", "1"), ("[1]", "1"), ("a b", "1"), ("x[0]", "1")],
)
def test_a_field_that_does_not_fit_is_a_fault(tmp_path: Path, field: str, value: str) -> None:
    rows = [*REGION, [field, value]]
    assert ("FIELD_INVALID", "region", "A7") in faults_of(tmp_path, {"region": rows})


def test_a_field_that_does_not_fit_in_a_list_is_a_fault_at_its_column(tmp_path: Path) -> None:
    rows: Rows = [["id", "conform[2].rank_max"], ["A", 1]]
    assert faults_of(tmp_path, {"indicators": rows}) == [("FIELD_INVALID", "indicators", "B2")]


# Which sheet is which file


def index(*rows: tuple[str, str]) -> Rows:
    return [["Rules"], [], ["sheet", "file"], *rows]


def test_the_first_sheet_may_say_what_a_sheet_is(tmp_path: Path) -> None:
    sheets = {"README": index(("My list", "lists/own.csv")), "My list": TABLE}
    rules = read_all(workbook(tmp_path / "rules.xlsx", sheets))
    assert (rules.files(), rules.placed()) == (["lists/own.csv"], [])


@pytest.mark.parametrize(
    "file",
    ["../own.csv", "/etc/own.csv", "a/./b.csv", "c:own.csv", "a\\b.csv", "own.exe", "x.csv/own.csv", "own.csv [[a]]"],
)
def test_a_file_outside_the_folder_is_never_made(tmp_path: Path, file: str) -> None:
    sheets = {"README": index(("My list", file)), "My list": TABLE}
    rules = read_all(workbook(tmp_path / "rules.xlsx", sheets))
    found = [name for name in rules.files() if ".." in name or name.startswith("/")]
    assert (found, places(rules)) == ([], [("SHEET_UNKNOWN", "My list", None)])


def test_two_sheets_of_one_table_are_a_fault(tmp_path: Path) -> None:
    sheets = {"README": index(("Copy", "catalogue.csv")), "catalogue": TABLE, "Copy": TABLE}
    assert faults_of(tmp_path, sheets) == [("SHEET_TWICE", "Copy", None)]


# Faults of the rules themselves


def test_a_fault_in_a_row_names_sheet_and_cell(tmp_path: Path) -> None:
    rows: Rows = [
        ["entry_id", "chapter", "indication", "atc"],
        ["E-1", "c", "i", "X99ZZ99"],
        [],
        ["E-2", "c", "i", "X9"],
    ]
    rules = open_rules(workbook(tmp_path / "rules.xlsx", {"2026 entries": rows}))
    rules.rows(rules.path / "formulary/2026/entries.csv", Entry)
    told = [fault.sentence(Language.NL).partition(":")[0] for fault in rules.placed()]
    assert told == ["rules.xlsx, blad 2026 entries, rij 2, kolom source", *told[1:]]
    assert "rules.xlsx, blad 2026 entries, cel D4" in told


def test_a_row_after_a_cell_with_line_breaks_keeps_its_number(tmp_path: Path) -> None:
    rows: Rows = [["entry_id", "atc"], ["one\ntwo\nthree", "X99ZZ99"], ["E-2", "X9"]]
    rules = open_rules(workbook(tmp_path / "rules.xlsx", {"2026 entries": rows}))
    rules.rows(rules.path / "formulary/2026/entries.csv", Entry)
    assert ("ATC_INVALID", "2026 entries", "B3") in places(rules)  # type: ignore[arg-type]


def test_a_fault_in_a_field_names_the_cell_of_its_value(tmp_path: Path) -> None:
    rows = [*REGION[:-1], ["lookback_days", "long"]]
    rules = Workbook(workbook(tmp_path / "rules.xlsx", {"region": rows}))
    rules.document(rules.path / "region.toml", Region)
    assert places(rules) == [("NOT_A_NUMBER", "region", "B6")]


def test_a_fault_in_a_list_names_the_row_and_column_of_its_sheet(tmp_path: Path) -> None:
    scheme: Rows = [
        ["field", "value"],
        ["id", "2027"],
        ["name", "x"],
        ["in_force_from", date(2027, 1, 1)],
        ["source", "x"],
        ["provider_types[]", "01|2"],
    ]
    header = ["indicator", "denominator_min", "bands[1].name", "bands[1].threshold_percent", "bands[1].reward_cents"]
    parts: Rows = [header, ["A", 1, "b", 50, 1], ["B", 1, "b", 500, 1]]
    rules = Workbook(workbook(tmp_path / "rules.xlsx", {"schemes 2027": scheme, "schemes 2027 parts": parts}))
    rules.document(rules.path / "schemes/2027.toml", Scheme)
    assert places(rules) == [("BAD_PATTERN", "schemes 2027", "B6"), ("TOO_LARGE", "schemes 2027 parts", "D3")]


def test_a_fault_about_an_id_names_the_row_of_that_id(tmp_path: Path) -> None:
    rules = Workbook(
        workbook(
            tmp_path / "rules.xlsx",
            {"exclusions": [["id"], ["A"]], "indicators": [["id", "composite[]"], ["A", "B"], ["C", "D|E"]]},
        )
    )
    rules.content(rules.path / "indicators.toml")
    rules.fault("INDICATOR_UNKNOWN", "indicators.toml", column="C.composite", value="E")
    rules.fault("INDICATOR_TWICE", "indicators.toml", value="C")
    assert places(rules) == [("INDICATOR_UNKNOWN", "indicators", "B3"), ("INDICATOR_TWICE", "indicators", None)]


def test_a_fault_without_a_cell_still_names_its_sheet_or_the_workbook(tmp_path: Path) -> None:
    rules = Workbook(workbook(tmp_path / "rules.xlsx", {"region": REGION, "indicators": TABLE}))
    rules.fault("MISSING", "region.toml", column="source_of_all")
    rules.fault("INDICATOR_TWICE", "indicators.toml", value="A")
    rules.fault("NO_VERSIONS", "formulary")
    told = [fault.sentence(Language.EN).partition(":")[0] for fault in rules.placed()]
    assert told == ["rules.xlsx, sheet region, column source_of_all", "rules.xlsx, sheet indicators", "rules.xlsx"]


def test_a_sheet_that_is_not_there_is_asked_for_by_its_name(tmp_path: Path) -> None:
    rules = Workbook(workbook(tmp_path / "rules.xlsx", {"region": REGION}))
    rules.table(rules.path / "formulary/2026/entries.csv")
    assert places(rules) == [("SHEET_MISSING", "2026 entries", None)]


@pytest.mark.parametrize("language", Language)
def test_every_fault_has_a_sentence_in_both_languages(tmp_path: Path, language: Language) -> None:
    sheets: dict[str, Rows] = {"catalogue": [*TABLE, ["1,5", "", "x"], ["1.5"]], "Blad1": TABLE, "region": [["x"]]}
    rules = read_all(workbook(tmp_path / "rules.xlsx", sheets))
    assert [fault for fault in rules.placed() if "{" in fault.sentence(language)] == []
