"""Forty seeded faults of more than twenty kinds in one folder: each is told with its place, and nothing else is."""

from pathlib import Path

import pytest

from formulary import Language, RulesInvalid, load_rulebook
from tests.formulary.small_region import entry_table, table, write_region

ENTRIES, HEADER = "formulary/2026/entries.csv", "formulary/2026/version.toml"
# One row a fault: what stands in the table, then code and column. The first entry is sound.
ENTRY_ROWS = """
    entry_id | chapter | indication | icpc    | atc     | substance   | form | strengths | step | rank | age_min | age_max | advice | review_on | setting || code | column
    S-1      | Maag    | Reflux     | D84     | A02BC02 | pantoprazol |      |           |      | 1    |         |         |        |           |         ||      |
    E-1      | Maag    | Reflux     | D84     | A02BC0  | pantoprazol |      |           |      | 1    |         |         |        |           |         || ATC_INVALID | atc
    E-2      | Maag    | Reflux     | D84     | A02BC77 | onbekend    |      |           |      | 1    |         |         |        |           |         || ATC_UNKNOWN | atc
    E-3      | Maag    | Reflux     | D50     | A02BC01 | omeprazol   |      |           |      | 1    |         |         |        |           |         || ICPC_PROCESS | icpc.1
    E-4      | Maag    | Reflux     | D8      | A02BC01 | omeprazol   |      |           |      | 1    |         |         |        |           |         || ICPC_INVALID | icpc.1
    E-5      | Maag    | Reflux     | D84     | A02BC01 | omeprazol   | pil  |           |      | 1    |         |         |        |           |         || NOT_ONE_OF | form.1
    E-6      | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      | 20        |      | 1    |         |         |        |           |         || BAD_PATTERN | strengths.1
    E-7      | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      | 1.000,5 mg |     | 1    |         |         |        |           |         || BAD_PATTERN | strengths.1
    E-8      | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           | 0    | 1    |         |         |        |           |         || TOO_SMALL | step
    E-9      | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           |      | een  |         |         |        |           |         || NOT_A_NUMBER | rank
    E-10     | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           |      | 1    | 200     |         |        |           |         || TOO_LARGE | age_min
    E-11     | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           |      | 1    | 70      | 60      |        |           |         || AGES_SWAPPED |
    E-12     | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           |      | 1    |         |         | GOED   |           |         || NOT_ONE_OF | advice
    E-13     | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           |      | 1    |         |         |        | 31-2      |         || NOT_A_DATE | review_on
    E-14     | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           |      | 1    |         |         |        |           | ARTS    || NOT_ONE_OF | setting
    E-15     | Maag    | Reflux     | D84     | A02BC01 |             |      |           |      | 1    |         |         |        |           |         || SUBSTANCE_MISSING |
    E-16     | Maag    | Reflux     | D84     |         |             |      |           |      | 1    |         |         |        |           |         || ENTRY_EMPTY |
             | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           |      | 1    |         |         |        |           |         || MISSING | entry_id
    S-1      | Maag    | Reflux     | D84     | A02BC01 | omeprazol   |      |           |      | 2    |         |         |        |           |         || ENTRY_TWICE | entry_id
    E-17     | Maag    | Reflux     | D84     | A02BC02 | pantoprazol |      |           |      | 3    |         |         |        |           |         || ENTRY_TWICE | atc
"""  # noqa: E501  one fault a line is a table that can be read
TABLES: dict[str, str] = {
    "preferences": """
        uzovi | zi       | valid_from | valid_until | source || code | column
        33    | 15468852 | 2026-01-01 |             | a      || UZOVI_INVALID | uzovi
        3311  | 15468853 | 2026-01-01 |             | a      || CODE_INVALID | zi
        3311  | 15468852 | 2026-03-01 | 2026-02-01  | a      || ENDS_BEFORE_START |
    """,
    "shortages": """
        atc     | prk   | zi | valid_from | valid_until | source || code | column
        A02BC   |       |    | 2026-01-01 |             | a      || ATC_INVALID | atc
        A02BC01 | 12345 |    | 2026-01-01 |             | a      || CODE_INVALID | prk
        A02BC01 |       |    |            |             | a      || MISSING | valid_from
    """,
    "succession": """
        kind | former  | successor | since      | source || code | column
        ATC  | N03AX16 | N02BF     | 2023-01-01 | a      || ATC_INVALID |
        HPK  | N03AX16 | N02BF02   | 2023-01-01 | a      || NOT_ONE_OF | kind
    """,
    "structure": """
        level     | id       | part_of  | valid_from | valid_until || code | column
        straat    | 01000001 | 01000101 | 2026-01-01 |             || NOT_ONE_OF | level
        practice  | 01000101 |          | 2026-01-01 |             || MISSING | part_of
    """,
    "enrolment": """
        practice_agb | quarter | patients || code | column
        01000101     | 2026-Q1 | 2000     ||  |
        01000101     | 2026-Q1 | 2100     || ENROLMENT_TWICE | quarter
        1000101      | 2026-Q2 | 2100     || AGB_INVALID | practice_agb
        01000101     | 2026-Q5 | 2100     || BAD_PATTERN | quarter
    """,
    "participation": """
        scheme | id       | valid_from | valid_until || code | column
        2026   | 01000001 | gisteren   |             || NOT_A_DATE | valid_from
        2026   |          | 2026-01-01 |             || MISSING | id
    """,
    "ddd": """
        atc     | amount | unit | valid_from | source || code | column
        A02BC01 | 20     | mg   | 2026-01-01 | a      ||  |
        A02BC01 | 30     | mg   | 2026-06-01 | a      || DDD_TWICE | atc
        A02BC02 | 0      | mg   | 2026-01-01 | a      || DOSE_OF_NOTHING |
    """,
}
INDICATORS = """
[[indicators]]
id = "ALLES"
name_nl = "Alle regels"
name_en = "All lines"
population = { lines = "ALL" }
conform = [ { formulary = true } ]
source = "verzonnen"
[[indicators]]
id = "RING"
name_nl = "Ring"
name_en = "Ring"
composite = ["RING"]
source = "verzonnen"
[[indicators]]
id = "DEEL"
name_nl = "Deel"
name_en = "Part"
composite = ["WEG"]
source = "verzonnen"
"""
SCHEME = """
id = "2026"
name = "Proef"
in_force_from = 2026-01-01
source = "afspraak"
[[parts]]
indicator = "NIETS"
denominator_min = 1
bands = [ { name = "brons", threshold_percent = 50, reward_cents = 1000 } ]
"""
SUSPENDED = '[[suspended]]\nchapter = "Hart"\nsuspended_from = 2026-03-01\nsource = "verzonnen"\n'
ELSEWHERE = [
    ("COMPOSITE_RING", "indicators.toml", None, "RING.composite"),
    ("INDICATOR_UNKNOWN", "indicators.toml", None, "DEEL.composite"),
    ("INDICATOR_UNKNOWN", "schemes/2026.toml", None, "parts.1.indicator"),
    ("CHAPTER_UNKNOWN", HEADER, None, "suspended.1.chapter"),
]
Place = tuple[str, str, int | None, str | None]


def split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a table without what is expected, and the code and column expected of each of its rows."""
    lines = [line.partition("||") for line in text.strip().splitlines()]
    expected = [tuple(cell.strip() for cell in after.split("|")) for _, _, after in lines[1:]]
    return "\n".join(before for before, _, _ in lines), [(code, column) for code, column in expected]


def seeded(folder: Path) -> list[Place]:
    """Write the folder with all of its faults and return them."""
    tables = {name: split(text) for name, text in TABLES.items()}
    entries, of_entries = split(ENTRY_ROWS)
    write_region(folder, indicators=INDICATORS, scheme=SCHEME, version=SUSPENDED)
    (folder / ENTRIES).write_text(entry_table(entries), encoding="utf-8")
    for name, (text, _) in tables.items():
        (folder / f"{name}.csv").write_text(table(text), encoding="utf-8")
    expected = [(ENTRIES, of_entries), *((f"{name}.csv", rows) for name, (_, rows) in tables.items())]
    in_tables: list[Place] = [
        (code, file, row_no, column or None)
        for file, rows in expected
        for row_no, (code, column) in enumerate(rows, 2)
        if code
    ]
    return [*in_tables, *ELSEWHERE]


def test_forty_faults_of_one_folder_are_told_in_one_run_and_no_other(tmp_path: Path) -> None:
    expected = seeded(tmp_path)
    with pytest.raises(RulesInvalid) as told:
        load_rulebook(tmp_path)
    found = [(fault.code, fault.file, fault.row, fault.column) for fault in told.value.faults]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert (len(expected), len({code for code, *_ in expected}) >= 20) == (40, True)


@pytest.mark.parametrize("language", list(Language))
def test_each_of_the_forty_is_a_sentence_with_file_row_and_column(tmp_path: Path, language: Language) -> None:
    seeded(tmp_path)
    with pytest.raises(RulesInvalid) as told:
        load_rulebook(tmp_path)
    for fault in told.value.faults:
        said = fault.sentence(language)
        places = [fault.file, "" if fault.row is None else str(fault.row), fault.column or ""]
        assert [place for place in places if place not in said] == []
