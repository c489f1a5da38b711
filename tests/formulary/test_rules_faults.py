"""A rules folder with faults tells all of them at once, each with its file, row and column."""
# ruff: noqa: E501  one fault a line is a table that can be read

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from formulary import Language, RulesInvalid, RulesNotFound, lint, load_region, load_rulebook
from tests.worlds import Rules, Version, indicator_of, scheme_of

ENTRY_HEAD = "entry_id,chapter,indication,icpc,atc,substance,form,device,step,rank,advice,remark,source\n"
ENTRY = "E1,C,Reflux,D84,A02BC01,omeprazol,,,1,1,RECOMMENDED,,test\n"
PLACE = "formulary/2026/entries.csv"
SCHEME = scheme_of("indicator | minimum | percent | cents\nFORMULARY | 10 | 57 | 100")


def folder_of(folder: Path, **files: str) -> Path:
    """Return a sound rules folder in which these files stand instead; `__` in a name is a `/`."""
    Rules(schemes=(SCHEME,)).write(folder)
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_csv", ".csv").replace("_toml", ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[tuple[str, str, int | None, str | None]]:
    """Return code, file, row and column of every fault in a folder."""
    with pytest.raises(RulesInvalid) as told:
        load_rulebook(folder)
    return [(fault.code, fault.file, fault.row, fault.column) for fault in told.value.faults]


def entries(*rows: str) -> dict[str, str]:
    """Return a table of entries as a file for `folder_of`."""
    return {"formulary__2026__entries_csv": ENTRY_HEAD + "".join(rows)}


def changed(old: str, new: str) -> dict[str, str]:
    """Return the scheme with one thing in it changed, as a file for `folder_of`."""
    assert old in SCHEME
    return {"schemes__0_toml": SCHEME.replace(old, new)}


def version(first: str, *more: str) -> str:
    """Return the header of a version."""
    return "\n".join(['version = "2026"', 'status = "ADOPTED"', f"in_force_from = {first}", 'source = "test"', *more])


HEADER = "formulary__2026__version_toml"
SEEDED: dict[str, tuple[dict[str, str], tuple[str, str, int | None, str | None]]] = {
    "an ATC code that does not exist": (entries(ENTRY, ENTRY.replace("E1", "E2").replace("A02BC01", "A02BC99")), ("ATC_UNKNOWN", PLACE, 3, "atc")),
    "an ATC code that is none": (entries(ENTRY.replace("A02BC01", "A02BC1")), ("ATC_INVALID", PLACE, 2, "atc")),
    "an entry id that is used twice": (entries(ENTRY, ENTRY.replace("A02BC01", "A02BC02")), ("ENTRY_TWICE", PLACE, 3, "entry_id")),
    "a medicine that is listed twice": (entries(ENTRY, ENTRY.replace("E1", "E2")), ("ENTRY_TWICE", PLACE, 3, "atc")),
    "an ICPC code that is none": (entries(ENTRY.replace("D84", "D8")), ("ICPC_INVALID", PLACE, 2, "icpc.1")),
    "an ICPC code of a process": (entries(ENTRY.replace("D84", "D50")), ("ICPC_PROCESS", PLACE, 2, "icpc.1")),
    "a form that does not exist": (entries(ENTRY.replace("omeprazol,,", "omeprazol,pil,")), ("NOT_ONE_OF", PLACE, 2, "form.1")),
    "a rank that is no number": (entries(ENTRY.replace(",1,1,", ",1,een,")), ("NOT_A_NUMBER", PLACE, 2, "rank")),
    "a rank of nought": (entries(ENTRY.replace(",1,1,", ",1,0,")), ("TOO_SMALL", PLACE, 2, "rank")),
    "an advice that does not exist": (entries(ENTRY.replace("RECOMMENDED", "GOOD")), ("NOT_ONE_OF", PLACE, 2, "advice")),
    "an entry without a source": (entries(ENTRY.replace(",test", ",")), ("MISSING", PLACE, 2, "source")),
    "a row that is too short": (entries("E1,C\n"), ("ROW_LENGTH", PLACE, 2, None)),
    "a column that is not known": ({"formulary__2026__entries_csv": ENTRY_HEAD[:-1] + ",price\n" + ENTRY[:-1] + ",5\n"}, ("UNKNOWN_FIELD", PLACE, 2, "price")),
    "a column that is there twice": ({"formulary__2026__entries_csv": ENTRY_HEAD[:-1] + ",source\n" + ENTRY[:-1] + ",test\n"}, ("COLUMN_TWICE", PLACE, 1, "source")),
    "a date that is none": ({HEADER: version('"2026-02-30"')}, ("NOT_A_DATE", "formulary/2026/version.toml", None, "in_force_from")),
    "a last day before the first": ({HEADER: version("2026-02-01", "in_force_until = 2026-01-01")}, ("ENDS_BEFORE_START", "formulary/2026/version.toml", None, None)),
    "a version without a first day": ({HEADER: 'version = "2026"\nstatus = "ADOPTED"\nsource = "test"'}, ("MISSING", "formulary/2026/version.toml", None, "in_force_from")),
    "markup that is wrong": ({"indicators_toml": "[[indicators]\n"}, ("TOML_INVALID", "indicators.toml", None, None)),
    "an indicator that is there twice": ({"indicators_toml": indicator_of("FORMULARY") * 2}, ("INDICATOR_TWICE", "indicators.toml", None, None)),
    "a condition that every line meets": ({"indicators_toml": indicator_of("FORMULARY", "", "{ }")}, ("CONDITION_EMPTY", "indicators.toml", None, "indicators[1].conform.1")),
    "a group that is none": ({"indicators_toml": indicator_of("FORMULARY", 'atc = ["A2"]')}, ("ATC_GROUP_INVALID", "indicators.toml", None, "indicators[1].population.atc.1")),
    "a threshold of 0": (changed("threshold_percent = 57", "threshold_percent = 0"), ("TOO_SMALL", "schemes/0.toml", None, "parts.1.bands.1.threshold_percent")),
    "a threshold of 101": (changed("threshold_percent = 57", "threshold_percent = 101"), ("TOO_LARGE", "schemes/0.toml", None, "parts.1.bands.1.threshold_percent")),
    "half a cent": (changed("reward_cents = 100", "reward_cents = 100.5"), ("NOT_A_NUMBER", "schemes/0.toml", None, "parts.1.bands.1.reward_cents")),
    "a minimum of nought": (changed("denominator_min = 10", "denominator_min = 0"), ("TOO_SMALL", "schemes/0.toml", None, "parts.1.denominator_min")),
    "an indicator that is not there": (changed('indicator = "FORMULARY"', 'indicator = "NONE"'), ("INDICATOR_UNKNOWN", "schemes/0.toml", None, "parts.1.indicator")),
    "two schemes of one name": ({"schemes__1_toml": SCHEME}, ("SCHEME_TWICE", "schemes", None, None)),
    "a region without a name": ({"region_toml": 'id = "streek"\nsource = "test"'}, ("MISSING", "region.toml", None, "name")),
    "a setting that is not known": ({"region_toml": 'id = "a"\nname = "A"\nsource = "test"\nlookback = 5'}, ("UNKNOWN_FIELD", "region.toml", None, "lookback")),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEDED)
def test_a_fault_is_told_with_its_place(tmp_path: Path, name: str) -> None:
    files, fault = SEEDED[name]
    assert fault in faults_of(folder_of(tmp_path, **files))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", SEEDED)
def test_a_fault_has_a_sentence_in_both_languages(tmp_path: Path, name: str, language: Language) -> None:
    folder_of(tmp_path, **SEEDED[name][0])
    with pytest.raises(RulesInvalid) as told:
        load_rulebook(tmp_path)
    assert SEEDED[name][1][1] in told.value.sentence(language)


def test_all_faults_of_a_folder_are_told_at_once(tmp_path: Path) -> None:
    files = entries(ENTRY.replace("A02BC01", "A02BC99"), ENTRY.replace(",1,1,", ",1,0,"), "E3,C\n")
    files |= changed("threshold_percent = 57", "threshold_percent = 101") | {"region_toml": 'id = "A"'}
    codes = {code for code, *_ in faults_of(folder_of(tmp_path, **files))}
    assert codes == {"ATC_UNKNOWN", "TOO_SMALL", "ROW_LENGTH", "TOO_LARGE", "BAD_PATTERN", "MISSING"}


def test_two_bands_with_one_threshold_and_bands_that_pay_less_are_faults(tmp_path: Path) -> None:
    twice = scheme_of("indicator | minimum | percent | cents\nFORMULARY | 1 | 57 | 100\nFORMULARY | 1 | 57 | 200")
    less = scheme_of(
        "indicator | minimum | percent | cents\nFORMULARY | 1 | 57 | 100\nFORMULARY | 1 | 60 | 50", scheme_id="2"
    )
    codes = [code for code, *_ in faults_of(folder_of(tmp_path, schemes__0_toml=twice, schemes__1_toml=less))]
    assert codes == ["BAND_TWICE", "BAND_PAYS_LESS"]


def _versions(*days: tuple[str, str]) -> Rules:
    return Rules(tuple(Version(f"V{n}", first, last) for n, (first, last) in enumerate(days)))


@pytest.mark.parametrize("days", [
    [("2025-01-01", "2026-01-01"), ("2026-01-01", "")],
    [("2025-01-01", "2026-12-31"), ("2025-06-01", "2025-06-30")],
    [("2025-01-01", ""), ("2025-01-01", "")],
])  # fmt: skip
def test_versions_that_overlap_are_a_fault(tmp_path: Path, days: list[tuple[str, str]]) -> None:
    assert faults_of(_versions(*days).write(tmp_path)) == [
        ("VERSIONS_OVERLAP", "formulary/V1/version.toml", None, "in_force_from")
    ]


def test_a_gap_between_versions_is_a_suspicion(tmp_path: Path) -> None:
    folder = _versions(("2025-01-01", "2025-11-30"), ("2026-01-01", "")).write(tmp_path)
    told = [one for one in lint(load_rulebook(folder), date(2026, 1, 1)) if one.code == "DAYS_WITHOUT_VERSION"]
    assert [one.values for one in told] == [{"first": date(2025, 12, 1), "last": date(2025, 12, 31)}]


MISSING: dict[str, Callable[[Path], object]] = {
    "indicators.toml": lambda folder: (folder / "indicators.toml").unlink(),
    "formulary/2026/entries.csv": lambda folder: (folder / PLACE).unlink(),
    "formulary/2026/version.toml": lambda folder: (folder / "formulary/2026/version.toml").unlink(),
}


@pytest.mark.parametrize("name", MISSING)
def test_a_file_that_is_missing_is_a_fault(tmp_path: Path, name: str) -> None:
    MISSING[name](folder_of(tmp_path))
    assert ("FILE_MISSING", name, None, None) in faults_of(tmp_path)


def test_a_folder_without_a_region_is_no_rules_folder(tmp_path: Path) -> None:
    with pytest.raises(RulesNotFound, match=r"region\.toml"):
        load_rulebook(tmp_path)


def test_a_region_with_faults_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid):
        load_region(folder_of(tmp_path, region_toml='id = "A"'))


def test_a_table_from_a_dutch_spreadsheet_is_read(tmp_path: Path) -> None:
    table = (ENTRY_HEAD + ENTRY).replace(",", ";")
    assert load_rulebook(folder_of(tmp_path, formulary__2026__entries_csv=table)).entries.height == 1


def test_a_table_in_windows_1252_is_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / PLACE).write_bytes((ENTRY_HEAD + ENTRY.replace("Reflux", "Maagzuur é")).encode("cp1252"))
    assert load_rulebook(folder).entries["indication"].to_list() == ["Maagzuur é"]


def test_a_table_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / PLACE).write_bytes(b"PK\x03\x04\0\0")
    assert ("FILE_NOT_TEXT", PLACE, None, None) in faults_of(folder)


def test_a_catalogue_without_its_columns_is_a_fault(tmp_path: Path) -> None:
    found = faults_of(folder_of(tmp_path, catalogue_csv="name,code\nA,B\n"))
    assert [("COLUMN_MISSING", name) for name in ("product_name", "atc")] == [(each[0], each[3]) for each in found]


def test_a_catalogue_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "catalogue.csv").unlink()
    assert faults_of(folder)[0][:2] == ("FILE_MISSING", "catalogue.csv")
