"""`report.xlsx` tells what the page tells, as tables; what is cut says where all of it is."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import fastexcel
import polars as pl
import pytest

from formulary import Language, Rulebook, Sentences, Unit, load_rulebook, sample_folder
from matcher import Assessment, overview
from service.report import workbook
from service.report.adherence import adherence_of
from service.report.content import Content
from service.report.files import labels_to_review
from service.report.words import Words
from service.report.workbook import report_sheets, write_workbook
from service.spreadsheet import Cell, Sheet
from tests.service.test_report_page import BSN, ESOMEPRAZOL, PANTOPRAZOL, assessed, summary_of

NL, EN = Language.NL, Language.EN
TABS = ["Samenvatting", "Voorschrijvers", "Indicatoren", "Afwijkingen", "Onbruikbaar", "Niet herkend", "Verantwoording"]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(sample_folder())


@pytest.fixture(scope="module")
def usual(rulebook: Rulebook) -> Assessment:
    """Two prescribers, one with too few lines to compare, and one of every kind of trouble."""
    return assessed(
        rulebook,
        *[PANTOPRAZOL] * 60,
        *[ESOMEPRAZOL] * 10,
        *[{**ESOMEPRAZOL, "prescriber_agb": "01000002"}] * 3,
        *[{"label": "=HYPERLINK(1)"}] * 2,
        {"label": "IETS ANDERS", "zi": "12345678"},
        {**PANTOPRAZOL, "dispensed_on": "2026-02-30"},
    )


def content_of(assessment: Assessment, rulebook: Rulebook, language: Language = NL) -> Content:
    words = Words(language)
    invalid = assessment.troubled.invalid.select("source", "line_no", "problem")
    return Content(
        summary_of(assessment),
        rulebook,
        overview(assessment.facts, assessment.troubled, rulebook.substances, 200),
        adherence_of(assessment.scores, rulebook, words),
        invalid.with_columns(pl.col("problem").cast(pl.String())),
        labels_to_review(assessment.troubled.unnamed, language),
        words,
    )


@pytest.fixture(scope="module")
def content(usual: Assessment, rulebook: Rulebook) -> Content:
    return content_of(usual, rulebook)


def sheet_of(content: Content, name: str) -> Sheet:
    return next(sheet for sheet in report_sheets(content) if sheet.name == name)


def row_of(sheet: Sheet, first: str) -> Mapping[str, Cell]:
    """Return the row that begins with this, by header."""
    row = next(row for row in sheet.rows if row[0] == first)
    return dict(zip([column.header for column in sheet.columns], row, strict=True))


def test_every_sheet_is_there_and_opens(tmp_path: Path, content: Content) -> None:
    write_workbook(tmp_path / "report.xlsx", content)
    assert fastexcel.read_excel(tmp_path / "report.xlsx").sheet_names == TABS


def test_the_same_content_gives_the_same_bytes(tmp_path: Path, usual: Assessment, rulebook: Rulebook) -> None:
    for name in ("a", "b"):
        write_workbook(tmp_path / name, content_of(usual, rulebook))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_six_outcomes_add_up_to_the_lines_read(content: Content) -> None:
    sheet = sheet_of(content, "Samenvatting")
    assert (sum(int(str(row[2])) for row in sheet.rows), len(sheet.rows), sheet.foot[2]) == (77, 6, 77)
    assert row_of(sheet, "Volgens het formularium")["Regels"] == 60


def test_the_summary_says_the_share_what_is_unsure_and_by_which_versions(content: Content) -> None:
    notes = "\n".join(sheet_of(content, "Samenvatting").notes)
    share = "82,2\N{NO-BREAK SPACE}% van de beoordeelde regels"
    days = "Afleveringen van 2 maart 2026 tot en met"
    for told in (share, days, "60 van de 73", "nog niet zeker is: 3", "2025, 2026", "Verzonnen voorbeeldregio."):
        assert told in notes


def test_a_prescriber_has_numerator_denominator_rate_and_interval(content: Content) -> None:
    row = row_of(sheet_of(content, "Voorschrijvers"), "01000001")
    assert (row["Teller"], row["Noemer"], row["Score"], row["Interval van"]) == (60, 70, 60 / 70, 0.756616)
    assert row["Tegenover de streek"] == "○ niet zeker"


def test_a_prescriber_with_few_lines_is_not_compared(content: Content) -> None:
    row = row_of(sheet_of(content, "Voorschrijvers"), "01000002")
    assert row["Tegenover de streek"] == "te weinig regels om iets te zeggen"


def test_a_deviation_stands_beside_what_is_preferred_and_why(content: Content) -> None:
    sheet = sheet_of(content, "Afwijkingen")
    row = dict(zip([column.header for column in sheet.columns], sheet.rows[0], strict=True))
    assert (row["ATC-code"], row["Formularium heeft liever"], row["Regels"]) == ("A02BC05", "pantoprazol", 13)
    assert (str(row["Kosten"]), row["Voorschrijvers"]) == ("162.50", 2)


def test_a_refused_line_is_shown_by_place_and_problem_and_by_nothing_it_holds(content: Content) -> None:
    sheet = sheet_of(content, "Onbruikbaar")
    assert [row[:2] for row in sheet.rows] == [("a.csv", 77)]
    assert "De afleverdatum bestaat niet" in str(sheet.rows[0][2])


def test_unsure_labels_come_with_their_codes_and_most_lines_first(content: Content) -> None:
    rows = sheet_of(content, "Niet herkend").rows
    assert [(row[0], row[1], row[4]) for row in rows] == [("=HYPERLINK(1)", None, 2), ("IETS ANDERS", "ZI 12345678", 1)]


def test_a_label_that_passes_for_a_formula_is_a_marked_text(tmp_path: Path, content: Content) -> None:
    write_workbook(tmp_path / "report.xlsx", content)
    with ZipFile(tmp_path / "report.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert not any("<f>" in sheet for sheet in sheets)


def test_the_account_names_period_software_versions_and_every_checksum(content: Content, rulebook: Rulebook) -> None:
    cells = {str(cell) for row in sheet_of(content, "Verantwoording").rows for cell in row}
    wanted = {"2026-03-02", "mijnstreek-formulary 0.1.0", "2025", "2026", "a.csv", "ab" * 32, rulebook.sha256}
    assert wanted | set(rulebook.checksums.values()) <= cells


def test_no_patient_is_in_the_workbook_not_even_by_pseudonym(content: Content) -> None:
    out = BytesIO()
    write_workbook(out, content)  # type: ignore[arg-type]
    with ZipFile(out) as book:
        parts = b"".join(book.read(name) for name in book.namelist())
    assert (BSN.encode() in parts, b"ps-" in parts) == (False, False)


def test_what_is_cut_says_how_much_and_where_all_of_it_is(monkeypatch: pytest.MonkeyPatch, content: Content) -> None:
    for name in ("DEVIATIONS_MAX", "REJECTS_MAX", "UNSURE_MAX", "PRESCRIBERS_MAX"):
        monkeypatch.setattr(workbook, name, 1)
    many = replace(content, rejects=pl.concat([content.rejects] * 2))
    told = {sheet.name: (len(sheet.rows), sheet.notes[-1]) for sheet in report_sheets(many)}
    assert told["Onbruikbaar"] == (1, "Hier staan de eerste 1 van 2; allemaal staan ze in rejects.csv.")
    assert told["Niet herkend"] == (1, "Hier staan de eerste 1 van 2; allemaal staan ze in review.csv.")
    assert told["Voorschrijvers"] == (1, "Hier staan de eerste 1 van 2; allemaal staan ze in adherence.csv.")
    assert (
        told["Afwijkingen"][1] == "Hier staan de 1 op de meeste regels; elke afwijkende regel staat in lines.parquet."
    )


def test_costs_and_doses_are_told_in_euros_and_days_and_without_an_interval(
    usual: Assessment, rulebook: Rulebook
) -> None:
    both = [rulebook.indicators[0].model_copy(update={"unit": unit}) for unit in (Unit.COST, Unit.DDD)]
    rows = [sheet_of(content_of(usual, replace(rulebook, indicators=(each,))), "Indicatoren").rows[0] for each in both]
    assert [[str(cell) for cell in row[3:6]] for row in rows] == [
        ["euro", "0.60", "0.73"],
        ["dagdoseringen", "0.060", "0.073"],
    ]
    assert [row[7:] for row in rows] == [(None, None)] * 2


def test_every_unit_has_a_name_in_tables_and_in_fhir() -> None:
    told = [f"UNIT_{unit}" in Sentences(package) for package in ("service.report", "service.fhir") for unit in Unit]
    assert all(told)


def test_rules_without_indicators_leave_their_sheets_out(usual: Assessment, rulebook: Rulebook) -> None:
    content = content_of(usual, replace(rulebook, indicators=()))
    assert [sheet.name for sheet in report_sheets(content)] == [TABS[0], *TABS[3:]]


def test_where_nothing_was_judged_the_summary_says_so(rulebook: Rulebook) -> None:
    content = content_of(assessed(rulebook, {"dispensed_on": "ooit"}), rulebook)
    assert "Geen enkele regel kon beoordeeld worden; hieronder staat waarom." in report_sheets(content)[0].notes


def test_english_is_english(usual: Assessment, rulebook: Rulebook) -> None:
    sheets = report_sheets(content_of(usual, rulebook, EN))
    assert [sheet.name for sheet in sheets][:3] == ["Summary", "Prescribers", "Indicators"]
    assert "82.2% of the lines judged" in "\n".join(sheets[0].notes)
