"""`report.pdf` is the report in short: readable aloud, the same bytes again, and made only where it is asked for."""

import builtins
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from formulary import Language, Rulebook, load_rulebook, sample_folder
from matcher import Assessment
from service.cli import main
from service.report.pdf import chart_of, pdf_of, view_of
from tests.service.test_report_page import BSN, ESOMEPRAZOL, PANTOPRAZOL, assessed
from tests.service.test_report_workbook import content_of
from tests.tables import csv_of, lines_of
from tests.worlds import Rules, indicator_of

NL, EN = Language.NL, Language.EN


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(sample_folder())


@pytest.fixture(scope="module")
def usual(rulebook: Rulebook) -> Assessment:
    """Three prescribers who stand above, around and below the region, and one of every kind of trouble."""
    return assessed(
        rulebook,
        *[PANTOPRAZOL] * 60,
        *[{**PANTOPRAZOL, "prescriber_agb": "01000002"}] * 20,
        *[{**ESOMEPRAZOL, "prescriber_agb": "01000002"}] * 40,
        *[{**PANTOPRAZOL, "prescriber_agb": "01000003"}] * 40,
        *[{**ESOMEPRAZOL, "prescriber_agb": "01000003"}] * 20,
        {"label": "IETS ANDERS # *vet* $x$ @bron"},
        {**PANTOPRAZOL, "dispensed_on": "2026-02-30"},
    )


def read(pdf: bytes | None) -> PdfReader:
    assert pdf is not None
    return PdfReader(BytesIO(pdf))


def text_of(pdf: bytes | None) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


@pytest.fixture(scope="module")
def pdf(usual: Assessment, rulebook: Rulebook) -> bytes | None:
    return pdf_of(content_of(usual, rulebook))


def test_it_says_how_often_the_formulary_was_followed_and_what_deviates(pdf: bytes | None) -> None:
    text = text_of(pdf)
    for told in ("66,7 %", "120 van de 180", "Esomeprazol (A02BC05)", "pantoprazol", "Onbruikbare regels: 1"):
        assert told in text


def test_it_names_days_versions_checksums_and_software(pdf: bytes | None, rulebook: Rulebook) -> None:
    text = text_of(pdf)
    for told in (
        "2 maart 2026",
        "2026: 1 januari 2026",
        "nader bericht",
        "ab" * 32,
        rulebook.sha256,
        "formulary 0.1.0",
    ):
        assert told in text


def test_it_can_be_read_aloud(pdf: bytes | None) -> None:
    document = read(pdf)
    root: Any = document.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], bool(root["/StructTreeRoot"])) == ("nl", True, True)
    assert document.metadata is not None
    assert document.metadata.title == "Formulariumrapport · Voorbeeldstreek (verzonnen)"
    assert b"pdfuaid" in (pdf or b"")


def test_the_same_content_gives_the_same_bytes(pdf: bytes | None, usual: Assessment, rulebook: Rulebook) -> None:
    assert pdf_of(content_of(usual, rulebook)) == pdf


def test_no_patient_is_in_it(pdf: bytes | None) -> None:
    assert (BSN in text_of(pdf), "ps-" in text_of(pdf)) == (False, False)


def test_the_chart_is_a_drawing_of_its_own_with_a_text(usual: Assessment, rulebook: Rulebook) -> None:
    drawn = ElementTree.fromstring(chart_of(content_of(usual, rulebook)))
    marks = {each.get("class") for each in drawn.iter() if each.get("class") in ("above", "around", "below")}
    assert (drawn.tag, marks) == ("{http://www.w3.org/2000/svg}svg", {"above", "around", "below"})
    assert "33,3" in (drawn.get("aria-label") or "")


def test_english_is_english(usual: Assessment, rulebook: Rulebook) -> None:
    text = text_of(pdf_of(content_of(usual, rulebook, EN)))
    assert ("How often was the formulary followed?" in text, "66.7%" in text) == (True, True)


def test_where_nothing_was_judged_there_is_no_chart_and_no_deviation(rulebook: Rulebook) -> None:
    content = content_of(assessed(rulebook, {"dispensed_on": "ooit"}), rulebook)
    view = view_of(content)
    assert (view["prescribers"]["chart"], view["deviations"]["rows"]) == ("", [])
    assert "Geen enkele regel kon beoordeeld worden" in text_of(pdf_of(content))


def test_where_nothing_needs_attention_it_says_so(rulebook: Rulebook) -> None:
    view = view_of(content_of(assessed(rulebook, *[PANTOPRAZOL] * 3), rulebook))
    assert "Niets: elke regel was te begrijpen" in view["attention"]["told"][0]


def test_an_own_region_is_not_called_invented(usual: Assessment, rulebook: Rulebook) -> None:
    own = replace(rulebook, region=rulebook.region.model_copy(update={"invented": False}))
    assert not any("Verzonnen" in each for each in view_of(content_of(usual, own))["facts"])


Run = Callable[..., Path]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what checks a small file and gives the folder of its results."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    Rules(indicators=indicator_of("ALL")).write(tmp_path / "rules")
    table = "times | medicine | prescriber_agb\n3 | omeprazol | 01012345"
    Path("lines.csv").write_text(csv_of(lines_of(table)), encoding="utf-8")

    def run(*words: str) -> Path:
        monkeypatch.setattr(sys, "argv", ["formulary", "check", "lines.csv", "--rules", "rules", "--out", "o", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        return Path("o")

    return run


def test_it_is_made_where_it_is_asked_for_and_replaced_by_a_second_check(check: Run) -> None:
    assert not (check() / "report.pdf").exists()
    assert (check("--pdf") / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert not (check() / "report.pdf").exists()


@pytest.mark.parametrize(("lang", "said"), [("nl", "Er is geen report.pdf gemaakt"), ("en", "No report.pdf was made")])
def test_without_typst_the_check_goes_on_and_says_how_to_get_it(
    check: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    found = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "typst":
            raise ImportError
        return found(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    folder = check("--pdf", "--lang", lang)
    assert (said in capsys.readouterr().err, (folder / "summary.json").is_file()) == (True, True)
