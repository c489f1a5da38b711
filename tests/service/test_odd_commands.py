"""What fell short at the command, each as the smallest example; what is marked falls short still."""

import json
import os
import sys
from pathlib import Path

import pytest

from service.cli import main
from tests.worlds import Rules

LINES = "line_id;dispensed_on;prescriber_agb;atc\n1;2026-03-02;01012345;A02BC01\n2;31-02-2026;01012345;A02BC01\n"
HEAD = "entry_id,chapter,indication,icpc,atc,substance,form,device,step,rank,advice,remark,source\n"
ENTRY = "E1,C,I,,A02BC01,omeprazol,,,1,1,RECOMMENDED,,test\n"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder where commands run, with lines and rules."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    Rules().write(tmp_path / "rules")
    (tmp_path / "lines.csv").write_text(LINES, encoding="utf-8")
    return tmp_path


def end_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Return the exit code of a command."""
    monkeypatch.setattr(sys, "argv", ["formulary", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_feeding_rejects_back_from_the_results_keeps_the_results(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end_of(monkeypatch, "check", "lines.csv", "--rules", "rules", "--out", "out")
    end_of(monkeypatch, "check", "out/rejects.csv", "--rules", "rules", "--out", "out")
    assert json.loads((place / "out" / "summary.json").read_text())["lines"] == 2


def test_a_note_that_someone_put_among_the_results_is_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end_of(monkeypatch, "check", "lines.csv", "--rules", "rules", "--out", "out")
    (place / "out" / "note.txt").write_text("mine", encoding="utf-8")
    end_of(monkeypatch, "check", "lines.csv", "--rules", "rules", "--out", "out")
    assert (place / "out" / "note.txt").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["lint", "rules", "--today", "31-01-2026"],
        ["score", "lines.csv", "--rules", "rules", "--period", "0000"],
    ],
)
def test_a_date_or_period_that_is_none_is_wrong_usage(
    place: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    assert (place.exists(), end_of(monkeypatch, *words)) == (True, 2)


def test_the_folder_one_stands_in_is_a_place_for_results(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "here").mkdir()
    os.chdir(place / "here")
    assert end_of(monkeypatch, "check", "../lines.csv", "--rules", "../rules", "--out", ".") in (0, 3)


def test_what_lint_could_not_find_is_told_as_json_too(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    end_of(monkeypatch, "lint", "nowhere", "--json")
    assert (place.exists(), json.loads(capsys.readouterr().out)["faults"] != []) == (True, True)


FAULTY = {
    "indicators that are a number": ("indicators.toml", "indicators = 5"),
    "carriage returns only": ("formulary/2026/entries.csv", (HEAD + ENTRY).replace("\n", "\r")),
    "a carriage return in a cell": ("formulary/2026/entries.csv", HEAD + ENTRY.replace("omeprazol", "ome\rprazol")),
    "a cell of 200,000 characters": ("formulary/2026/entries.csv", HEAD + ENTRY.replace("omeprazol", "o" * 200_000)),
    "drafts alone": ("formulary/2026/version.toml",
                     'version = "2026"\nstatus = "DRAFT"\nin_force_from = 2026-01-01\nsource = "test"'),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_an_odd_rules_file_is_read_or_told_and_never_a_bug(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file, content = FAULTY[name]
    (place / "rules" / file).write_text(content, encoding="utf-8", newline="")
    assert end_of(monkeypatch, "lint", "rules") in (0, 3)


def test_a_version_without_entries_is_at_least_suspicious(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "rules" / "formulary/2026/entries.csv").write_text(HEAD, encoding="utf-8")
    assert (end_of(monkeypatch, "lint", "rules"), "2026" in capsys.readouterr().out) != (0, False)


def test_a_fault_names_the_folder_it_is_in(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "rules/formulary/2026").rename(place / "rules/formulary/zomer")
    (place / "rules/formulary/zomer/entries.csv").write_text(HEAD + ENTRY.replace("C01", "C99"), encoding="utf-8")
    end_of(monkeypatch, "lint", "rules")
    assert "formulary/zomer/entries.csv" in capsys.readouterr().err
