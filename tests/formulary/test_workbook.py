"""A rules folder becomes one workbook and comes back without loss."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from formulary import Language, RulesInvalid, RulesNotFound, sample_folder
from formulary.workbook import Workbook, open_rules, write_workbook
from formulary.workbook.nested import flattened, nested
from formulary.workbook.toml_text import toml_text

from .workbooks import REGION, workbook

REGION_TOML = 'id = "streek"\nname = "Streek"\nsource = "verzonnen"\n'


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in {".csv", ".toml"}
    }


def contents(rules: Workbook) -> dict[str, bytes | None]:
    return {name: rules.content(rules.path / name) for name in rules.files()}


def folder_with(path: Path, **files: str) -> Path:
    """A rules folder: `entries_csv="..."` is the file entries.csv."""
    path.mkdir()
    for name, text in {"region_toml": REGION_TOML, **files}.items():
        (path / name.replace("_", ".")).write_bytes(text.encode())
    return path


def round_trip(tmp_path: Path, **files: str) -> dict[str, bytes | None]:
    write_workbook(folder_with(tmp_path / "rules", **files), tmp_path / "rules.xlsx", Language.NL)
    return contents(Workbook(tmp_path / "rules.xlsx"))


@pytest.fixture(scope="module")
def sample_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "rules.xlsx"
    write_workbook(sample_folder(), path, Language.NL)
    return path


# There and back


def test_every_table_of_the_sample_comes_back_byte_for_byte(sample_workbook: Path) -> None:
    tables = {name: content for name, content in files_of(sample_folder()).items() if name.endswith(".csv")}
    read = contents(Workbook(sample_workbook))
    assert [name for name, content in tables.items() if read[name] != content] == []


def test_every_document_of_the_sample_comes_back_with_its_content(sample_workbook: Path) -> None:
    documents = {name: content for name, content in files_of(sample_folder()).items() if name.endswith(".toml")}
    read = {name: content for name, content in contents(Workbook(sample_workbook)).items() if content is not None}
    wrong = [
        name for name, old in documents.items() if tomllib.loads(read[name].decode()) != tomllib.loads(old.decode())
    ]
    assert wrong == []


def test_the_sample_workbook_has_no_fault(sample_workbook: Path) -> None:
    rules = Workbook(sample_workbook)
    contents(rules)
    assert rules.placed() == []


def test_a_second_round_changes_no_byte(sample_workbook: Path, tmp_path: Path) -> None:
    for name, content in contents(Workbook(sample_workbook)).items():
        assert content is not None
        (tmp_path / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / name).write_bytes(content)
    write_workbook(tmp_path / "rules", tmp_path / "again.xlsx", Language.NL)
    assert contents(Workbook(tmp_path / "again.xlsx")) == files_of(tmp_path / "rules")


def test_tables_that_a_region_adds_itself_come_back_byte_for_byte_under_names_of_their_own(tmp_path: Path) -> None:
    aliases = "label,decision,product_name,atc,decided_on,decided_by\nOMEP 20,ACCEPT,,A02BC01,2026-01-05,A. Apotheker\n"
    doses = "atc,form,amount,unit,valid_from,valid_until,source\nA02BC01,tablet|capsule,20,mg,2026-01-01,,eigen\n"
    folder = folder_with(tmp_path / "rules", aliases_csv=aliases, ddd_csv=doses)
    write_workbook(folder, tmp_path / "rules.xlsx", Language.NL)
    rules = Workbook(tmp_path / "rules.xlsx")
    assert contents(rules) == files_of(folder)
    assert {"aliases", "ddd"} <= set(rules._parts)


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "rules", list_csv="a,b\n1,2\n")
    for name in ("one.xlsx", "other.xlsx"):
        write_workbook(folder, tmp_path / name, Language.NL)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()


@pytest.mark.parametrize(
    "cell",
    [
        "01",
        "1.50",
        "2026-01-31",
        "=1+1",
        "https://example.org",
        "true",
        " wide ",
        "_x0041_",
        "crème ½ µg",
        "1e5",
        "'",
        "@a",
    ],
)
def test_a_text_cell_stays_the_text_it_was(tmp_path: Path, cell: str) -> None:
    text = f"a,b\n{cell},x\n"
    assert round_trip(tmp_path, list_csv=text)["list.csv"] == text.encode()


def test_line_breaks_and_quotation_marks_in_a_cell_survive(tmp_path: Path) -> None:
    text = 'a,b\n"one\ntwo","say ""so"", now"\n"three\r\nfour",\n'
    assert round_trip(tmp_path, list_csv=text)["list.csv"] == text.encode()


@pytest.mark.parametrize("text", ["", "a,b\n"])
def test_a_table_without_rows_stays_one(tmp_path: Path, text: str) -> None:
    assert round_trip(tmp_path, list_csv=text)["list.csv"] == text.encode()


DOCUMENT: dict[str, Any] = {
    "text": "x",
    "empty": "",
    "quoted": '"so"',
    "number": 25000,
    "share": 0.5,
    "yes": True,
    "day": date(2026, 1, 31),
    "list": ["a", "b"],
    "one_code": ["01"],
    "empty_list": [],
    "numbers": [1, 2],
    "odd_texts": ["a|b", "", " c "],
    "empty_table": {},
    "days": {"MDL-01": 30, "a.b c": 5, 'say "so"': 1},
    "inside": {"deep": [{"x": 1}, {"y": ["p", "q"], "z": {}}]},
    "tables": [{"id": "A", "conform": [{"yes": True}, {"atc": ["X"]}]}, {"id": "B", "remark": ""}],
}


def test_fields_and_values_make_the_same_document_again() -> None:
    assert nested(flattened(DOCUMENT)) == (DOCUMENT, [])


def test_a_written_document_reads_as_the_same_document() -> None:
    assert tomllib.loads(toml_text(DOCUMENT)) == DOCUMENT


def test_a_document_of_every_kind_of_value_survives_the_workbook(tmp_path: Path) -> None:
    read = round_trip(tmp_path, odd_toml=toml_text(DOCUMENT))["odd.toml"]
    assert read is not None
    assert tomllib.loads(read.decode()) == DOCUMENT


def test_a_list_with_an_empty_table_survives_as_fields(tmp_path: Path) -> None:
    read = round_trip(tmp_path, odd_toml="[[tables]]\n[[tables]]\nx = 1\n")["odd.toml"]
    assert read is not None
    assert tomllib.loads(read.decode()) == {"tables": [{}, {"x": 1}]}


# What the workbook tells


def test_a_first_sheet_lists_every_sheet_and_its_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "rules", odd_toml="[[tables]]\nx = 1\n")
    written = write_workbook(folder, tmp_path / "rules.xlsx", Language.EN)
    rules = Workbook(tmp_path / "rules.xlsx")
    index = [[row.get(1), row.get(2)] for row in rules._sheet("README").rows.values()]
    assert (written.sheets, index[-2:]) == (2, [["region", "region.toml"], ["odd tables", "odd.toml [[tables]]"]])


def test_files_that_are_no_table_are_named_and_so_are_those_in_another_form(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "rules", list_csv="a;b\r\n1;2\r\n", README_md="x", _hidden="x")
    written = write_workbook(folder, tmp_path / "rules.xlsx", Language.NL)
    assert (written.left_out, written.rewritten) == (("README.md",), ("list.csv",))


def test_a_table_in_another_form_comes_back_in_the_canonical_one(tmp_path: Path) -> None:
    assert round_trip(tmp_path, list_csv="a;b\r\n1;2\r\n;\r\n\r\n")["list.csv"] == b"a,b\n1,2\n"


def test_a_folder_that_is_no_rules_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesNotFound):
        write_workbook(tmp_path, tmp_path / "rules.xlsx", Language.NL)


def test_what_cannot_be_a_sheet_is_refused_with_every_place(tmp_path: Path) -> None:
    too_long = "x" * 32_768
    files = {"one_csv": "a,b\n1\n", "two_csv": f"a\n{too_long}\n", "three_toml": "x =", "four_csv": "a,\n1,2\n"}
    with pytest.raises(RulesInvalid) as refused:
        write_workbook(folder_with(tmp_path / "rules", **files), tmp_path / "rules.xlsx", Language.NL)
    assert sorted((fault.code, fault.file) for fault in refused.value.faults) == [
        ("CELL_TOO_LONG", "two.csv"),
        ("COLUMN_NAMELESS", "four.csv"),
        ("ROW_LENGTH", "one.csv"),
        ("TOML_INVALID", "three.toml"),
    ]


def test_files_whose_sheets_would_be_called_the_same_get_names_of_their_own(tmp_path: Path) -> None:
    long = "a" * 40
    read = round_trip(
        tmp_path, **{f"{long}1_csv": "a\n1\n", f"{long}2_csv": "a\n2\n", "x_csv": "a\n3\n", "x_toml": "y = 4\n"}
    )
    assert [read[name] for name in (f"{long}1.csv", f"{long}2.csv", "x.csv", "x.toml")] == [
        b"a\n1\n",
        b"a\n2\n",
        b"a\n3\n",
        b"y = 4\n",
    ]


# A workbook is read as a folder


def test_a_folder_is_opened_as_a_folder_and_a_file_as_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "rules.xlsx", {"region": REGION})
    assert [type(open_rules(each)).__name__ for each in (tmp_path, path)] == ["Folder", "Workbook"]


def test_sheets_are_known_by_their_names_without_a_first_sheet(tmp_path: Path) -> None:
    names = [
        "region",
        "2027 version",
        "2027 entries",
        "2027 errata",
        "indicators",
        "schemes 2027",
        "schemes 2027 parts",
    ]
    rules = Workbook(workbook(tmp_path / "rules.xlsx", dict.fromkeys(names, REGION)))
    assert rules.files() == [
        "formulary/2027/entries.csv",
        "formulary/2027/version.toml",
        "indicators.toml",
        "region.toml",
        "schemes/2027.toml",
    ]


def test_files_are_found_by_pattern_as_in_a_folder(tmp_path: Path) -> None:
    names = ["2026 version", "2027 entries", "schemes 2027"]
    rules = Workbook(workbook(tmp_path / "rules.xlsx", dict.fromkeys(names, REGION)))
    found = [path.relative_to(rules.path).as_posix() for path in rules.matching("formulary/*/*")]
    assert (found, rules.has(rules.path / "schemes/2027.toml"), rules.has(rules.path / "region.toml")) == (
        ["formulary/2026/version.toml", "formulary/2027/entries.csv"],
        True,
        False,
    )


def test_a_file_named_beside_the_workbook_is_read_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "catalogue.csv").write_bytes(b"product_name,atc\n")
    rules = Workbook(workbook(tmp_path / "rules.xlsx", {"region": REGION}))
    assert rules.content(tmp_path / "catalogue.csv") == b"product_name,atc\n"


def test_numbers_days_and_truths_typed_by_hand_are_read_as_the_tables_write_them(tmp_path: Path) -> None:
    row = [1, 2.5, date(2026, 1, 31), True, False, "2026-02-01"]
    rules = Workbook(workbook(tmp_path / "rules.xlsx", {"catalogue": [list("abcdef"), row]}))
    assert rules.content(rules.path / "catalogue.csv") == b"a,b,c,d,e,f\n1,2.5,2026-01-31,true,false,2026-02-01\n"
