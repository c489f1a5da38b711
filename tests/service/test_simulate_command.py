"""`formulary simulate`: a draft on lines of the past, in the terminal, as JSON and as a page."""

import json
from pathlib import Path

import pytest

from tests.service.commands import Command, written
from tests.worlds import scheme_of

DRAFT = scheme_of("indicator | minimum | percent | cents\nALL | 1 | 40 | 20000", scheme_id="ontwerp")
WORDS = ("--rules", "rules", "--scheme", "draft.toml", "--period", "2026", "--draws", "50")


@pytest.fixture(autouse=True)
def _draft(formulary: Command) -> None:
    Path("draft.toml").write_text(DRAFT, encoding="utf-8")


def test_an_insurer_reads_what_a_draft_costs_and_who_wins(formulary: Command) -> None:
    ended = formulary("simulate", written("lines.csv"), *WORDS)
    assert ended.code == 0
    assert "Ontwerp ontwerp betaalt over 2026" in ended.out
    assert "De regeling 2026 betaalt" in ended.out


def test_it_is_told_in_english_too(formulary: Command) -> None:
    assert "What chance does" in formulary("simulate", written("lines.csv"), *WORDS, "--lang", "en").out


def test_the_numbers_are_there_for_machines(formulary: Command) -> None:
    told = json.loads(formulary("simulate", written("lines.csv"), *WORDS, "--json").out)
    assert (told["scheme"], told["present"], told["cents"], told["versus"]["difference_cents"]) == (
        "ontwerp", "2026", 20_000, 20_000 - 12_345)  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_and_its_numbers_are_written_and_say_the_same_each_time(formulary: Command, language: str) -> None:
    lines = written("lines.csv")
    for out in ("one", "other"):
        formulary("simulate", lines, *WORDS, "--out", out, "--lang", language)
    names = {"simulation.html", "summary.json", "amounts.csv", "steps.csv"}
    assert {path.name for path in Path("one").iterdir()} == names
    assert all(Path("one", name).read_bytes() == Path("other", name).read_bytes() for name in names)
    assert "<script" not in Path("one/simulation.html").read_text(encoding="utf-8")


def test_without_a_scheme_in_the_period_nothing_is_compared(formulary: Command) -> None:
    Path("rules/schemes/0.toml").unlink()
    ended = formulary("simulate", written("lines.csv"), *WORDS, "--out", "out")
    assert (ended.code, "De regeling" in ended.out) == (0, False)
    assert "Er is geen regeling om mee te vergelijken" in Path("out/simulation.html").read_text(encoding="utf-8")


def test_a_draft_that_pays_what_the_scheme_pays_shows_no_empty_tables(formulary: Command) -> None:
    pages = []
    for cents in (20_000, 12_345):
        draft = scheme_of(f"indicator | minimum | percent | cents\nALL | 1 | 40 | {cents}", scheme_id="ontwerp")
        Path("draft.toml").write_text(draft, encoding="utf-8")
        formulary("simulate", written("lines.csv"), *WORDS, "--out", "out")
        pages.append(Path("out/simulation.html").read_text(encoding="utf-8"))
    assert ["Grootste winst" in page for page in pages] == [True, False]
    assert not any("Grootste verlies" in page for page in pages)


def test_a_draft_with_faults_is_refused_with_all_of_them_before_a_line_is_read(formulary: Command) -> None:
    wrong = DRAFT.replace('"ALL"', '"NONE"') + "\nweight_percent = 60\n"
    Path("draft.toml").write_text(wrong, encoding="utf-8")
    ended = formulary("simulate", written("lines.csv"), *WORDS, "--out", "out")
    assert (ended.code, ended.err.count("draft.toml, kolom"), Path("out").exists()) == (3, 2, False)


def test_a_scheme_to_compare_with_must_exist(formulary: Command) -> None:
    assert formulary("simulate", written("lines.csv"), *WORDS, "--against", "1999").code == 3
