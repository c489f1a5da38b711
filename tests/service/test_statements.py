"""The statement of a payee: every number on it is one of the run's, and it reads as a page."""

import io
import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from formulary import ComplianceError, Language
from matcher import book_of
from service.runs.folder import read_run
from service.statements import FORMATS, statement_of, write_statements
from service.statements.view import view_of
from tests.service.books import BAS, CONTESTED, ONE, OTHER, RULES, TABLE, Office
from tests.worlds import scheme_of

pytest.importorskip("typst")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return an office with a key of its own."""
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    return Office(tmp_path)


def written(
    office: Office, run: str, name: str = "out", forms: tuple[str, ...] = FORMATS, lang: str = "nl"
) -> dict[str, bytes]:
    """Return the files of the statement of the first payee, by suffix."""
    files = write_statements(office.books, run, office.folder / name, [ONE], (forms, Language(lang)))
    return {file.suffix[1:]: file.read_bytes() for file in files}


def facts(office: Office, run: str, payee: str = ONE) -> dict[str, object]:
    """Return what a statement says, in numbers."""
    return statement_of(read_run(office.books, run), office.ledger.book, payee)


def page(office: Office, run: str, payee: str = ONE, language: Language = Language.NL) -> str:
    """Return all texts of a statement, one after the other."""
    return json.dumps(view_of(facts(office, run, payee), language), ensure_ascii=False).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_the_arithmetic_goes_down_to_the_cent(office: Office) -> None:
    text = page(office, office.propose())
    wanted = ["Score: 7 van 9 (77,8 %)", "77,8 % haalt de drempel van 60,0 %: € 100,01", "Dit onderdeel: € 100,01"]
    assert [each for each in wanted if each not in text] == []


def test_chance_is_told_in_a_sentence_for_the_threshold_below_and_the_one_above(office: Office) -> None:
    text = page(office, office.propose())
    wanted = [
        "Voor 60 % van 9 zijn er 6 nodig; het zijn er 7. Toeval: met deze aantallen haalt wie in werkelijkheid op "
        "59 % zit, de 60 % in 46 van de 100 jaar.",
        "Voor 80 % van 9 zijn er 8 nodig: 1 meer. Toeval: met deze aantallen haalt wie in werkelijkheid op 81 % zit, "
        "de 80 % in 53 van de 100 jaar niet.",
    ]
    assert [each for each in wanted if each not in text] == []


def test_what_did_not_count_is_told_with_why(office: Office) -> None:
    office.write(TABLE + "    1 | paracetamol | 01012345 | P7 | 2026-02-08\n")
    told = view_of(facts(office, office.propose()), Language.NL)["left_out"]
    assert told == [["Het formularium zegt niets over deze groep middelen.", "2"]]


def test_every_line_that_did_not_count_in_favour_is_listed_with_why(office: Office) -> None:
    rows = view_of(facts(office, office.propose()), Language.NL)["lines"]["rows"]
    assert [row[0] for row in rows] == ["lines.csv:9", "lines.csv:10"]
    assert "Liever: pantoprazol" in rows[0][5]


def test_how_to_object_and_until_when(office: Office) -> None:
    assert "bezwaar maken tot en met 26 februari 2027" in page(office, office.propose())


def test_a_proposal_says_that_it_is_one_and_an_approved_run_does_not(office: Office) -> None:
    run = office.propose()
    before = page(office, run)
    office.approve(run)
    assert ("Voorstel" in before, "Voorstel" in page(office, run)) == (True, False)


def test_an_adjustment_stands_beside_the_computed_amount(office: Office) -> None:
    run = office.propose()
    office.adjust(run, 499, reason="bijeenkomst van maart")
    text = page(office, run)
    assert [
        each for each in ("€ 100,01", "€ 4,99", "€ 105,00", "bijeenkomst van maart", "Anna") if each not in text
    ] == []


def test_a_correction_states_the_difference(office: Office) -> None:
    _, second = office.corrected()
    texts = page(office, second), page(office, second, OTHER)
    assert "daar was het € 100,01, een verschil van € 149,99" in texts[0]
    assert "aan uw bedrag verandert niets" in texts[1]


def test_disputes_and_their_decisions_are_told(office: Office) -> None:
    run = office.propose()
    dispute = office.contest(run)
    before = page(office, run)
    office.uphold(dispute)
    said = f"Bezwaar {dispute.seq} (regel lines.csv:{CONTESTED})"
    assert (f"{said}: er is nog niet beslist" in before, f"{said}: gegrond. dossier" in page(office, run)) == (
        True,
        True,
    )


def test_the_head_of_the_ledger_is_that_of_the_last_entry_about_the_run(office: Office) -> None:
    run = office.propose()
    approval = office.approve(run)
    office.propose(period="2026-Q1")
    assert f"{approval.seq}:{approval.hash}" in page(office, run)


@pytest.mark.parametrize("language", list(Language))
def test_the_same_run_and_ledger_give_the_same_bytes_in_every_form(office: Office, language: Language) -> None:
    run = office.propose()
    office.approve(run)
    first, second = written(office, run, "a", lang=language), written(office, run, "b", lang=language)
    assert (first == second, sorted(first)) == (True, sorted(FORMATS))


def test_an_entry_about_another_run_changes_no_statement(office: Office) -> None:
    run = office.propose()
    first = written(office, run, "a", ("html", "json"))
    office.propose(period="2026-Q1")
    assert written(office, run, "b", ("html", "json")) == first


def test_the_pdf_has_its_page_and_the_lines_behind_it(office: Office) -> None:
    run = office.propose()
    pdf = PdfReader(io.BytesIO(written(office, run, forms=("pdf",))["pdf"]))
    texts = [sheet.extract_text() for sheet in pdf.pages]
    assert ("Beloningsoverzicht" in texts[0], "bezwaar maken" in texts[0], "lines.csv:9" in texts[1]) == (True,) * 3


def test_the_page_needs_nothing_from_elsewhere_and_names_its_language(office: Office) -> None:
    html = written(office, office.propose(), forms=("html",), lang="en")["html"].decode()
    assert ('<html lang="en">' in html, "http" in html.replace("http-equiv", ""), "<script" in html) == (
        True,
        False,
        False,
    )


def test_no_text_becomes_a_formula_or_a_mark_up(office: Office) -> None:
    run = office.propose()
    office.adjust(run, 1, reason="=1+1 <b>")
    made = written(office, run)
    with zipfile.ZipFile(io.BytesIO(made["xlsx"])) as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name)
    assert ("<f>" in sheets, "<b>" in made["html"].decode()) == (False, False)


def test_the_sum_of_the_statements_is_the_run(office: Office) -> None:
    run = office.propose()
    office.adjust(run, 77)
    files = write_statements(office.books, run, office.folder / "all", [], (("json",), Language.NL))
    told = [json.loads(file.read_text(encoding="utf-8"))["owed_cents"] for file in files]
    assert (sum(told), len(told)) == (office.approve(run).body["total_cents"], 2)


def test_without_typst_the_reader_is_told_what_to_install(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    run = office.propose()
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ComplianceError) as refused:
        written(office, run, forms=("pdf",))
    assert (refused.value.code, (office.folder / "out").exists()) == ("PDF_NOT_INSTALLED", False)


@pytest.mark.parametrize(("forms", "payee", "why"), [
    (("docx",), ONE, "FORMAT_UNKNOWN"), (("html",), "prescriber:09999999", "PAYEE_UNKNOWN"),
])  # fmt: skip
def test_what_cannot_be_written_is_refused(office: Office, forms: tuple[str, ...], payee: str, why: str) -> None:
    run = office.propose()
    with pytest.raises(ComplianceError) as refused:
        write_statements(office.books, run, office.folder / "out", [payee], (forms, Language.NL))
    assert refused.value.code == why


def test_a_folder_that_is_there_is_left_alone(office: Office) -> None:
    (office.folder / "out").mkdir()
    with pytest.raises(ComplianceError) as refused:
        written(office, office.propose(), forms=("html",))
    assert refused.value.code == "EXPORT_EXISTS"


def test_a_statement_of_the_past_is_what_the_ledger_said_then(office: Office) -> None:
    run = office.propose()
    before = facts(office, run)
    office.approve(run, BAS)
    then = book_of(office.ledger.entries[:1])
    assert statement_of(read_run(office.books, run), then, ONE) == before


PRACTICES = """
    times | medicine    | prescriber_agb | practice_agb | patient | dispensed_on
    7     | omeprazol   | 01012345       | 01000001     | P1      | 2026-02-03
    2     | lansoprazol | 01054321       | 01000001     | P2      | 2026-02-04
"""


def test_a_practice_has_its_statement_with_the_lines_of_all_who_work_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    bands = "indicator | minimum | band | percent | cents\nALL | 5 | brons | 60 | 10001"
    rules = replace(RULES, schemes=(scheme_of(bands, more='payee = "practice"\n'),))
    office, practice = Office(tmp_path, rules), "practice:01000001"
    office.write(PRACTICES)
    run = office.propose()
    said = facts(office, run, practice)
    lines = said["lines"]
    assert isinstance(lines, list)
    assert (office.made[run].run.owed_cents(), len(lines)) == ({practice: 10_001}, 9)
    assert office.contest(run, CONTESTED, practice).body["payee"] == practice
    assert "Praktijk 01000001" in page(office, run, practice)


def test_a_choice_of_the_formulary_that_an_indicator_does_not_prefer_is_told_as_that(office: Office) -> None:
    said = facts(office, office.propose())
    lines = said["lines"]
    assert isinstance(lines, list)
    said["lines"] = [{**lines[0], "counted_as": "NON_ADHERENT", "outcome": "ADHERENT"}]
    [row] = view_of(said, Language.NL)["lines"]["rows"]
    assert row[5] == "Het formularium steunt deze keus, maar ALL telt haar niet als voorkeur."
