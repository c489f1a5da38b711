"""Reward runs from the command line: what is typed, what comes back, and with which exit code."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from formulary import Language
from matcher import Period
from service.cli import main
from service.cli.moved import moved_lines
from service.cli.runs import show_proposed
from service.runs.folder import read_run
from service.runs.ledger import LEDGER, read_ledger
from service.runs.manifest import Asked
from tests.service.books import ANNA, BAS, CEES, CONTESTED, ONE, RULES, Office

Run = Callable[..., tuple[int, str, str]]
NAMED = "2026/2026-Q1"
PAY = ("--accounts", "accounts.csv", "--payer-name", "Verzekeraar", "--payer-iban", "NL15TEST0000000003", "--by", BAS)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return the same office without its command."""
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    return Office(tmp_path)


@pytest.fixture
def formulary(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Return the command, run in a folder with rules, lines and accounts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.delenv("FORMULARY_BOOKS", raising=False)
    Office(tmp_path)
    accounts = "payee,name,iban\n01012345,Een,NL69TEST0000000001\n01054321,Twee,NL42TEST0000000002\n"
    (tmp_path / "accounts.csv").write_text(accounts, encoding="utf-8")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["formulary", *words])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def propose(formulary: Run, *words: str) -> tuple[int, str, str]:
    """Propose a run of the first quarter."""
    asked = ("--rules", "rules", "--scheme", "2026", "--period", "2026-Q1", "--by", ANNA)
    return formulary("runs", "propose", "lines.csv", *asked, *words)


def of(answer: tuple[int, str, str]) -> object:
    """Return the JSON of an answer."""
    return json.loads(answer[1])


def test_a_run_from_proposal_to_payment(formulary: Run) -> None:
    codes = [
        propose(formulary)[0],
        formulary("runs", "show", NAMED)[0],
        formulary("runs", "adjust", NAMED, "--payee", ONE, "--cents", "-1", "--reason", "x", "--by", ANNA)[0],
        formulary("runs", "approve", NAMED, "--by", BAS, "--total", "20001")[0],
        formulary("runs", "statements", NAMED, "--out", "statements", "--format", "html,json")[0],
        formulary("runs", "export", NAMED, *PAY, "--out", "pay")[0],
        formulary("runs", "paid", NAMED, "--by", BAS)[0],
        formulary("ledger", "verify")[0],
    ]
    made = sorted(path.name for folder in ("pay", "statements") for path in Path(folder).iterdir())
    assert (codes, made) == ([0] * 8, [
        "payments.csv", "payments.xlsx", "payments.xml", "prescriber_01012345.html", "prescriber_01012345.json",
        "prescriber_01054321.html", "prescriber_01054321.json",
    ])  # fmt: skip


def test_a_dispute_from_the_line_to_the_correction(formulary: Run) -> None:
    propose(formulary)
    contested = ("--payee", ONE, "--line", f"lines.csv:{CONTESTED}", "--reason", "allergie", "--by", CEES)
    opened = of(formulary("disputes", "open", NAMED, *contested, "--json"))
    listed = formulary("disputes", "list")[1]
    decided = formulary("disputes", "decide", "2", "--uphold", "--reason", "brief", "--by", BAS)
    first = next(iter(read_ledger(Path("formulary-books")).book.runs))
    corrected = propose(formulary, "--corrects", first[:12])
    assert (opened["seq"], "open" in listed, decided[0]) == (2, True, 0)  # type: ignore[index]
    assert f"{ONE}: €\N{NO-BREAK SPACE}100,01 wordt €\N{NO-BREAK SPACE}250,00" in corrected[1]


@pytest.mark.parametrize(("words", "code"), [
    (("runs", "approve", NAMED, "--by", ANNA), 4),
    (("runs", "approve", "2026/2030", "--by", BAS), 4),
    (("runs", "export", NAMED, *PAY, "--out", "pay"), 4),
    (("runs", "paid", NAMED, "--by", BAS), 4),
    (("runs", "adjust", NAMED, "--payee", "prescriber:9", "--cents", "1", "--reason", "x", "--by", ANNA), 4),
    (("disputes", "open", NAMED, "--payee", ONE, "--line", "lines.csv:99", "--reason", "x", "--by", CEES), 4),
    (("disputes", "open", NAMED, "--payee", ONE, "--line", "lines.csv", "--reason", "x", "--by", CEES), 2),
    (("disputes", "decide", "1", "--uphold", "--reason", "x", "--by", BAS), 4),
    (("runs", "export", NAMED, *PAY, "--out", "pay", "--execute-on", "morgen"), 2),
    (("runs", "statements", NAMED, "--out", "s", "--format", "docx"), 2),
    (("runs", "propose", "lines.csv", "--scheme", "1999", "--period", "2026", "--by", ANNA), 3),
])  # fmt: skip
def test_what_is_not_allowed_ends_with_its_code_and_a_sentence_and_changes_nothing(
    formulary: Run, words: tuple[str, ...], code: int
) -> None:
    propose(formulary)
    before = Path("formulary-books", LEDGER).read_bytes()
    ended, out, err = formulary(*words)
    unchanged = Path("formulary-books", LEDGER).read_bytes() == before
    assert (ended, out, bool(err), "Traceback" in err, unchanged, Path("pay").exists()) == (
        code, "" if code != 3 else out, True, False, True, False)  # fmt: skip


def test_a_second_export_ends_with_4_and_again_writes_the_same(formulary: Run) -> None:
    propose(formulary)
    formulary("runs", "approve", NAMED, "--by", BAS)
    codes = [formulary("runs", "export", NAMED, *PAY, *more)[0] for more in (
        ("--out", "a"), ("--out", "b"), ("--out", "c", "--again"))]  # fmt: skip
    same = [Path("c", path.name).read_bytes() == path.read_bytes() for path in Path("a").iterdir()]
    assert (codes, same) == ([0, 4, 0], [True] * 3)


def test_an_edited_ledger_ends_with_3_and_the_line(formulary: Run) -> None:
    propose(formulary)
    file = Path("formulary-books", LEDGER)
    file.write_text(file.read_text(encoding="utf-8").replace('"2026-Q1"', '"2026-Q2"'), encoding="utf-8")
    code, _, err = formulary("ledger", "verify")
    assert (code, "regel 1" in err) == (3, True)


def test_a_head_that_is_gone_ends_with_3(formulary: Run) -> None:
    propose(formulary)
    formulary("runs", "approve", NAMED, "--by", BAS)
    head = str(of(formulary("ledger", "verify", "--json"))["head"])  # type: ignore[index]
    file = Path("formulary-books", LEDGER)
    file.write_text(file.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    assert (formulary("ledger", "verify")[0], formulary("ledger", "verify", "--head", head)[0]) == (0, 3)


def test_an_approval_of_other_amounts_than_the_run_holds_is_found(formulary: Run) -> None:
    propose(formulary)
    formulary("runs", "approve", NAMED, "--by", BAS)
    [folder] = Path("formulary-books", "runs").iterdir()
    (folder / "payees.csv").write_text("payee,level,id,computed_cents\n", encoding="utf-8")
    assert formulary("ledger", "verify")[0] == 3


def test_a_recorded_run_is_held_against_its_id_and_worked_out_again(formulary: Run) -> None:
    propose(formulary)
    [folder] = Path("formulary-books", "runs").iterdir()
    whole = formulary("runs", "rerun", str(folder))
    same = formulary("runs", "rerun", str(folder), "lines.csv", "--rules", "rules")
    with Path("lines.csv").open("a", encoding="utf-8") as file:
        file.write(Path("lines.csv").read_text(encoding="utf-8").splitlines()[1].replace("1,", "99,", 1) + "\n")
    other = formulary("runs", "rerun", str(folder), "lines.csv", "--rules", "rules")
    assert [whole[0], same[0], other[0]] == [0, 0, 3]
    assert "elke byte is gelijk" in same[1]


@pytest.mark.parametrize("words", [
    ("runs", "show"), ("runs", "show", NAMED), ("disputes", "list"), ("ledger", "show"), ("ledger", "verify"),
])  # fmt: skip
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_view_is_there_in_both_languages_and_as_json(formulary: Run, words: tuple[str, ...], lang: str) -> None:
    empty = formulary(*words, "--lang", lang)
    propose(formulary)
    formulary("disputes", "open", NAMED, "--payee", ONE, "--line", "lines.csv:9", "--reason", "x", "--by", CEES)
    told, machine = formulary(*words, "--lang", lang), formulary(*words, "--json")
    assert (empty[0] in (0, 4), told[0], bool(told[1].strip())) == (True, 0, True)
    assert of(machine)


def test_a_provisional_run_says_so_and_not_how_to_approve_it(formulary: Run) -> None:
    told = propose(formulary, "--provisional")[1]
    assert ("voorlopige gegevens" in told, "(--provisional)" in told, "runs approve" in told) == (True, True, False)


@pytest.mark.parametrize(("lang", "why"), [
    ("nl", "de periode loopt tot en met 31 december 2026 en is nog niet voorbij"),
    ("en", "the period runs up to and including 31 December 2026 and is not over yet"),
])  # fmt: skip
def test_a_run_before_the_period_is_over_says_that_and_nothing_of_deliveries(
    office: Office, capsys: pytest.CaptureFixture[str], lang: str, why: str
) -> None:
    period = Period.parse("2026")
    assert period is not None
    order = replace(office.order(), language=Language(lang))
    show_proposed(order, Asked("2026", period), office.books, office.signed(ANNA, "2026-12-31"), as_json=False)
    told = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert (why in told, [line for line in told if "apotheek" in line or "pharmacy" in line]) == (True, [])


@pytest.mark.parametrize(("language", "told"), [
    (Language.NL, "prescriber:01012345 ALL: 7/9 wordt 7/8; percentiel 100,0 wordt 100,0"),
    (Language.EN, "prescriber:01012345 ALL: 7/9 becomes 7/8; percentile 100.0 becomes 100.0"),
])  # fmt: skip
def test_places_are_told_with_one_decimal(office: Office, language: Language, told: str) -> None:
    replace(RULES, region="peers_min = 2").write(office.folder / "rules")
    _, corrected = office.corrected()
    assert told in [line.strip() for line in moved_lines(read_run(office.books, corrected), language)]


def test_proposed_twice_a_run_is_found_again(formulary: Run) -> None:
    propose(formulary)
    assert "al voorgesteld" in propose(formulary)[1]
