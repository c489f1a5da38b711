"""A workbook is a stranger's file: what is no workbook, too large or hostile is refused before it is believed."""

import random
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from formulary import RulesInvalid
from formulary.workbook import Workbook

from .workbooks import (
    REGION,
    SHEET_1,
    SPREADSHEETML,
    TABLE,
    Rows,
    places,
    read_all,
    refusal,
    sheet_xml,
    with_parts,
    with_sheet,
    workbook,
)

# What is refused before anything is read


def test_macros_are_a_fault(tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", {"catalogue": TABLE})
    path = with_parts(good, tmp_path / "rules.xlsx", {"xl/vbaProject.bin": b"x"})
    assert places(read_all(path)) == [("MACROS", None, None)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "WORKBOOK_UNREADABLE"),
        (b"a,b\n1,2\n", "WORKBOOK_UNREADABLE"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 100, "WORKBOOK_LOCKED"),
    ],
)
def test_a_file_that_is_no_open_workbook_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "rules.xlsx").write_bytes(content)
    assert refusal(tmp_path / "rules.xlsx") == code


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "rules.xlsx", "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert refusal(tmp_path / "rules.xlsx") == "WORKBOOK_UNREADABLE"


def test_a_workbook_of_hundreds_of_megabytes_is_refused_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "rules.xlsx").open("wb") as file:
        file.truncate(500_000_000)
    assert refusal(tmp_path / "rules.xlsx") == "WORKBOOK_TOO_LARGE"


def test_a_small_zip_that_unpacks_to_more_than_a_machine_holds_is_refused_by_its_directory(tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", {"catalogue": TABLE})
    path = with_parts(good, tmp_path / "rules.xlsx", {"xl/media/picture.png": b""})
    content = path.read_bytes()
    at = content.rindex(b"xl/media/picture.png") - 46  # the part's entry in the directory
    (tmp_path / "rules.xlsx").write_bytes(
        content[: at + 24] + (4_000_000_000).to_bytes(4, "little") + content[at + 28 :]
    )
    assert refusal(tmp_path / "rules.xlsx") == "WORKBOOK_TOO_LARGE"


def test_a_part_with_a_password_is_refused(tmp_path: Path) -> None:
    content = workbook(tmp_path / "rules.xlsx", {"catalogue": TABLE}).read_bytes()
    at = content.index(b"PK\x01\x02")
    (tmp_path / "rules.xlsx").write_bytes(content[: at + 8] + b"\x01" + content[at + 9 :])
    assert refusal(tmp_path / "rules.xlsx") == "WORKBOOK_LOCKED"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "rules.xlsx", {"catalogue": TABLE})
    with ZipFile(path, "a") as archive:
        archive.writestr(SHEET_1, sheet_xml(""))
    assert refusal(path) == "WORKBOOK_UNREADABLE"


@pytest.mark.parametrize("cell", ["A1048576", "XFD1"])
def test_one_cell_at_the_far_end_of_a_sheet_is_refused_at_once(tmp_path: Path, cell: str) -> None:
    rows = f'<row><c r="A1" t="str"><v>a</v></c></row><row><c r="{cell}" t="str"><v>a</v></c></row>'
    path = with_sheet(tmp_path, sheet_xml(rows))
    began = time.perf_counter()
    assert (refusal(path), time.perf_counter() - began < 1) == ("SHEET_TOO_LARGE", True)


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet_xml('<row><c r="A1" t="str"><v>&a;</v></c></row>'),
        sheet_xml('<row><c r="A1"><v>1</v></row>'),
        sheet_xml('<row><c r="A1"><v>many</v></c></row>'),
        sheet_xml('<row><c r="1A"><v>1</v></c></row>'),
        sheet_xml('<row><c r="A1" t="s"><v>999</v></c></row>'),
        sheet_xml('<row r="first"><c r="A1"><v>1</v></c></row>'),
        b"",
    ],
)
def test_a_sheet_that_is_no_sheet_is_refused(tmp_path: Path, xml: bytes) -> None:
    assert refusal(with_sheet(tmp_path, xml)) == "WORKBOOK_UNREADABLE"


def test_a_sheet_whose_part_is_missing_or_damaged_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "rules.xlsx", {"catalogue": TABLE})
    content = path.read_bytes()
    at = content.index(SHEET_1.encode()) + len(SHEET_1)
    path.write_bytes(content[: at + 20] + b"\xff" * 20 + content[at + 40 :])
    assert refusal(path) == "WORKBOOK_UNREADABLE"


# What other programs write


def test_cells_without_references_and_texts_inside_them_are_read(tmp_path: Path) -> None:
    inline = '<c t="inlineStr"><is><t>a</t><rPh><t>guide</t></rPh></is></c><c t="str"><v>b</v></c>'
    rows = f'<row>{inline}</row><row><c t="b"><v>1</v></c><c t="d"><v>2026-01-31T00:00:00</v></c></row>'
    rules = Workbook(with_sheet(tmp_path, sheet_xml(rows)))
    assert rules.content(rules.path / "catalogue.csv") == b"a,b\ntrue,2026-01-31\n"


def test_names_with_a_prefix_are_read_as_those_without(tmp_path: Path) -> None:
    rows = '<x:row><x:c r="A1" t="str"><x:v>a</x:v></x:c></x:row>'
    rules = Workbook(with_sheet(tmp_path, sheet_xml(rows, f'x:worksheet xmlns:x="{SPREADSHEETML}"')))
    assert rules.content(rules.path / "catalogue.csv") == b"a\n"


def test_texts_in_several_pieces_are_one_text_without_its_phonetic_guide(tmp_path: Path) -> None:
    strings = f'<sst xmlns="{SPREADSHEETML}"><si><r><t>o</t></r><r><t>ne</t></r><rPh><t>guide</t></rPh></si></sst>'
    good = with_sheet(tmp_path, sheet_xml('<row><c r="A1" t="s"><v>0</v></c></row>'))
    path = with_parts(good, tmp_path / "other.xlsx", {"xl/sharedStrings.xml": strings.encode()})
    rules = Workbook(path)
    assert rules.content(rules.path / "catalogue.csv") == b"one\n"


def test_days_of_a_macintosh_workbook_and_times_of_day_are_read(tmp_path: Path) -> None:
    rows: Rows = [["a", "b"], [date(2026, 1, 1), date(2026, 1, 2)]]
    good = workbook(tmp_path / "good.xlsx", {"catalogue": rows})
    changes: dict[str, bytes | Callable[[bytes], bytes]] = {
        "xl/workbook.xml": lambda xml: xml.replace(b"<workbookPr ", b'<workbookPr date1904="1" '),
        SHEET_1: lambda xml: xml.replace(b"<v>46023</v>", b"<v>44561</v>").replace(b"<v>46024</v>", b"<v>44561.5</v>"),
    }
    rules = Workbook(with_parts(good, tmp_path / "rules.xlsx", changes))
    assert rules.content(rules.path / "catalogue.csv") == b"a,b\n2026-01-01,2026-01-01 12:00:00\n"


def test_parts_named_from_the_root_and_no_styles_are_read(tmp_path: Path) -> None:
    good = with_sheet(tmp_path, sheet_xml('<row><c r="A1" t="str"><v>a</v></c></row>'))
    relations = "xl/_rels/workbook.xml.rels"
    path = tmp_path / "rooted.xlsx"
    with ZipFile(good) as old, ZipFile(path, "w") as new:
        for name in set(old.namelist()) - {"xl/styles.xml"}:
            content = old.read(name)
            is_relations = name == relations
            new.writestr(name, content.replace(b'"worksheets/', b'"/xl/worksheets/') if is_relations else content)
    rules = Workbook(path)
    assert rules.content(rules.path / "catalogue.csv") == b"a\n"


# Whatever is in it


def end_of(path: Path) -> str:
    """How reading ends: READ, or the code of the refusal; anything else fails the test."""
    try:
        read_all(path)
    except RulesInvalid as refused:
        return refused.code
    return "READ"


def test_a_workbook_with_any_bytes_changed_is_read_or_refused_and_never_fails(tmp_path: Path) -> None:
    dice = random.Random(7)
    good = workbook(tmp_path / "good.xlsx", {"region": REGION, "catalogue": TABLE}).read_bytes()
    path, ends = tmp_path / "rules.xlsx", set()
    for _ in range(300):
        content = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path.write_bytes(content)
        ends.add(end_of(path))
    assert ends <= {"READ", "WORKBOOK_UNREADABLE", "WORKBOOK_TOO_LARGE", "WORKBOOK_LOCKED"}


def test_a_sheet_with_any_letters_changed_is_read_or_refused_and_never_fails(tmp_path: Path) -> None:
    dice = random.Random(7)
    good = workbook(tmp_path / "good.xlsx", {"catalogue": TABLE})
    part, ends = ZipFile(good).read(SHEET_1), set()
    for _ in range(300):
        content = bytearray(part)
        for _ in range(dice.randint(1, 3)):
            content[dice.randrange(len(content))] = dice.choice(b'<>/"=0123456789ABrst ')
        path = with_parts(good, tmp_path / "rules.xlsx", {SHEET_1: bytes(content)})
        ends.add(end_of(path))
    assert ends <= {"READ", "WORKBOOK_UNREADABLE", "SHEET_TOO_LARGE"}
