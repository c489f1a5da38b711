"""Decisions on labels are read from the rules folder, and what cannot be a decision is refused with its place."""

from datetime import date
from pathlib import Path

import pytest

from formulary import RulesInvalid, load_aliases

HEADER = "label,decision,product_name,atc,decided_on,decided_by,revoked_on\n"


def folder_with(tmp_path: Path, rows: str) -> Path:
    (tmp_path / "aliases.csv").write_text(HEADER + rows)
    return tmp_path


def test_a_decision_is_read_with_its_day_and_name(tmp_path: Path) -> None:
    aliases = load_aliases(folder_with(tmp_path, "BLAUW POTJE,ACCEPT,,C07AB02,2026-03-01,Anna,\n"))
    told = aliases.select("label", "decision", "atc", "decided_on", "decided_by", "revoked_on").row(0)
    assert told == ("BLAUW POTJE", "ACCEPT", "C07AB02", date(2026, 3, 1), "Anna", None)


def test_a_folder_without_decisions_has_none(tmp_path: Path) -> None:
    assert load_aliases(tmp_path).is_empty()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("A,ACCEPT,,,2026-03-01,Anna,", "ATC_INVALID"),
        ("A,ACCEPT,,C07,2026-03-01,Anna,", "ATC_INVALID"),
        ("A,NO_MEDICINE,,C07AB02,2026-03-01,Anna,", "ALIAS_NAMES_NOTHING"),
        ("A,NEVER_ASK,,,2026-03-01,Anna,2026-02-01", "ENDS_BEFORE_START"),
        ("A,PERHAPS,,,2026-03-01,Anna,", "NOT_ONE_OF"),
        ("A,NEVER_ASK,,,1 March,Anna,", "NOT_A_DATE"),
        ("A,NEVER_ASK,,,2026-03-01,,", "MISSING"),
    ],
)
def test_what_is_no_decision_is_refused_with_its_row(tmp_path: Path, row: str, code: str) -> None:
    with pytest.raises(RulesInvalid) as raised:
        load_aliases(folder_with(tmp_path, row + "\n"))
    fault = raised.value.faults[0]
    assert (fault.code, fault.row, "aliases.csv" in fault.sentence()) == (code, 2, True)
