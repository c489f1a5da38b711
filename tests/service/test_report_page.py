"""The report is one page that opens offline, closes its sum, and tells what weighs, who differs and what needs work."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from formulary import Language, Rulebook, Unit, load_rulebook, sample_folder
from matcher import RAW_LINES, Assessment, Outcome, RawLines, Workplace, assess
from service.report.adherence import overall_indicator
from service.report.page import render_report

NL, EN = Language.NL, Language.EN
BSN = "123456782"
PANTOPRAZOL = {"atc": "A02BC02", "cost_cents": "500"}
ESOMEPRAZOL = {"atc": "A02BC05", "cost_cents": "1250"}
VOID = {"meta", "path", "circle", "rect", "line", "br"}


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(sample_folder())


def assessed(rulebook: Rulebook, *rows: Mapping[str, str | None]) -> Assessment:
    """Take lines through the engine; each row says only what the test is about."""
    usual = {"source": "a.csv", "dispensed_on": "2026-03-02", "prescriber_agb": "01000001", "patient": BSN}
    written = [{**usual, "line_no": number, **row} for number, row in enumerate(rows, 1)]
    lines = RawLines(pl.DataFrame(written, schema=RAW_LINES).lazy())
    return assess(lines, rulebook, None, Workplace(b"k" * 32))


def summary_of(assessment: Assessment, **more: Any) -> dict[str, Any]:
    told = dict(assessment.lines.group_by("outcome").agg(pl.len()).collect().iter_rows())
    outcomes = {str(outcome): told.get(outcome, 0) for outcome in Outcome}
    lines = sum(outcomes.values())
    file = {"name": "a.csv", "sha256": "ab" * 32, "lines": lines, "outcomes": outcomes}
    rules = {"region": "voorbeeldstreek", "versions": ["2025", "2026"], "sha256": "cd" * 32}
    return {"lines": lines, "outcomes": outcomes, "files": [file], "rules": rules, "software": "0.1.0"} | more


@pytest.fixture(scope="module")
def usual(rulebook: Rulebook) -> Assessment:
    """Two prescribers with enough lines to compare, and one of every kind of trouble."""
    return assessed(
        rulebook,
        *[PANTOPRAZOL] * 60,
        *[ESOMEPRAZOL] * 10,
        *[{**PANTOPRAZOL, "prescriber_agb": "01000002"}] * 20,
        *[{**ESOMEPRAZOL, "prescriber_agb": "01000002"}] * 40,
        {"label": "<script>alert('etiket')</script>"},
        {**PANTOPRAZOL, "dispensed_on": "2026-02-30"},
        {**PANTOPRAZOL, "dispensed_on": "2020-01-01"},
    )


class Page(HTMLParser):
    """What a reader meets on a page: its text, and the tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.text = re.sub(r"\s+", " ", " ".join(self.words)).replace(" .", ".")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)


@pytest.fixture(scope="module")
def page(usual: Assessment, rulebook: Rulebook) -> Page:
    return Page(render_report(usual, summary_of(usual), rulebook, NL))


def text_of(assessment: Assessment, rulebook: Rulebook) -> str:
    return Page(render_report(assessment, summary_of(assessment), rulebook, NL)).text


def test_the_sum_of_the_six_outcomes_closes_in_words(page: Page) -> None:
    assert (
        "133 regels = 80 volgens het formularium + 50 afwijkend + 0 afwijkend met reden "
        "+ 1 telt niet mee + 1 niet herkend + 1 onbruikbaar" in page.text
    )


def test_the_headline_says_what_share_and_how_far_the_unnamed_may_move_it(page: Page) -> None:
    assert "61,5 % van de beoordeelde regels volgt het formularium dat op die dag gold: 80 van de 130." in page.text
    assert "blijft tussen 61,1 % en 61,8 %" in page.text


def test_a_deviation_stands_beside_what_the_formulary_prefers_with_lines_and_cost(page: Page) -> None:
    assert re.search(r"A02BC05 .*pantoprazol.* 50 € 625,00 2 ", page.text)


def test_prescribers_are_shown_from_low_to_high_with_interval_and_place(page: Page) -> None:
    listed = page.text[page.text.index("Alle voorschrijvers") :]
    assert re.search(r"01000002 20 60 33,3 % 22,7 % – 45,9 % .*▼ eronder", listed)
    assert re.search(r"01000001 60 70 85,7 % 75,7 % – 92,1 % .*▲ erboven", listed)
    assert listed.index("01000002") < listed.index("01000001")


def test_troubles_are_told_with_sentence_number_and_place(page: Page) -> None:
    assert "De afleverdatum bestaat niet of is onleesbaar" in page.text
    assert "1 a.csv: 132 " in page.text
    assert "Dagen waarop geen versie van het formularium gold: 1 (eerste 1 januari 2020" in page.text


def test_what_was_read_and_by_which_rules_is_accounted_for(page: Page, rulebook: Rulebook) -> None:
    for told in ("a.csv", "ab" * 32, rulebook.sha256, "2026", "1 januari 2026", "nader bericht", "0.1.0"):
        assert told in page.text


def test_labels_are_shown_as_text_and_never_as_markup(page: Page) -> None:
    assert "<script>alert('etiket')</script>" in page.text
    assert "script" not in {tag for tag, _ in page.tags}


def test_the_page_asks_nothing_of_the_network(page: Page) -> None:
    links = [attrs[name] for _, attrs in page.tags for name in ("href", "src") if attrs.get(name)]
    assert links
    assert all(link is not None and link.startswith("#") for link in links)


def test_every_link_arrives_and_no_name_is_used_twice(page: Page) -> None:
    names = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(names) == len(set(names))
    wanted = [attrs["href"] or "" for _, attrs in page.tags if "href" in attrs]
    labels = [attrs["aria-labelledby"] for _, attrs in page.tags if "aria-labelledby" in attrs]
    assert {link[1:] for link in wanted} | set(labels) <= set(names)


def test_every_drawing_has_a_text_or_is_hidden_from_who_cannot_see_it(page: Page) -> None:
    drawings = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert drawings
    assert all(attrs.get("aria-label") or attrs.get("aria-hidden") == "true" for attrs in drawings)


def test_every_table_has_a_caption_and_headers_and_headings_do_not_skip(page: Page) -> None:
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") == tags.count("thead")
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def _brightness(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    digits = colour.lstrip("#")
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("front", "behind", "least"),
    [("ink", "#ffffff", 4.5), ("soft", "#ffffff", 4.5), ("soft", "wash", 4.5), ("accent", "#ffffff", 4.5),
     ("warm", "#ffffff", 4.5), ("#5b2a06", "#fdf1e3", 4.5), ("#7b8893", "#ffffff", 3.0)],
)  # fmt: skip
def test_texts_and_marks_stand_out_from_what_is_behind_them(front: str, behind: str, least: float) -> None:
    css = files("service.report").joinpath("templates/report.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))
    assert all(colour in css or colour in named for colour in (front, behind) if colour != "#ffffff")
    high, low = sorted((_brightness(named.get(colour, colour)) for colour in (front, behind)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= least


def test_the_language_is_declared_and_english_is_english(usual: Assessment, rulebook: Rulebook) -> None:
    english = Page(render_report(usual, summary_of(usual), rulebook, EN))
    assert english.tags[0] == ("html", {"lang": "en"})
    assert "133 lines = 80 adherent + 50 not adherent" in english.text
    assert "61.5% of the lines judged" in english.text
    assert "€625.00" in english.text


def test_the_same_assessment_gives_the_same_bytes_however_long_it_took(usual: Assessment, rulebook: Rulebook) -> None:
    once = render_report(usual, summary_of(usual, seconds=1.5), rulebook, NL)
    assert once == render_report(usual, summary_of(usual, seconds=99.25), rulebook, NL)


def test_no_patient_is_in_the_page_not_even_by_pseudonym(usual: Assessment, rulebook: Rulebook) -> None:
    html = render_report(usual, summary_of(usual), rulebook, NL)
    assert BSN not in html
    assert "ps-" not in html


@pytest.mark.parametrize("invented", [True, False])
def test_an_invented_region_says_so_on_top(usual: Assessment, rulebook: Rulebook, *, invented: bool) -> None:
    own = replace(rulebook, region=rulebook.region.model_copy(update={"invented": invented}))
    html = render_report(usual, summary_of(usual), own, NL)
    assert ("Verzonnen voorbeeldregio." in html) is invented


def test_how_the_columns_were_understood_is_told_where_it_is_known(usual: Assessment, rulebook: Rulebook) -> None:
    summary = summary_of(usual, notes=[{"code": "PASSED_OVER", "where": "mei.txt"}])
    understood = {"columns": {"dispensed_on": "Afleverdatum"}, "left_out": 2, "blank_lines": 3}
    unknown = {"code": "CLAIM_CODE_UNKNOWN", "message_code": "777", "version": "8.0"}
    summary["files"][0] |= {"notes": [unknown], **understood, "encoding": "windows-1252", "delimiter": "\t"}
    text = Page(render_report(usual, summary, rulebook, NL)).text
    for told in (
        "Afleverdatum → dispensed_on",
        "niet gebruikt zijn: 2",
        "Gelezen als windows-1252, scheidingsteken ‘tab’",
        "Overgeslagen lege regels: 3",
        "mei.txt: overgeslagen; dit is geen bestand met afleverregels.",
        "a.csv: berichtcode 777 is niet bekend; gelezen als AP304 8.0.",
    ):
        assert told in text


def test_a_spotless_file_says_that_nothing_needs_attention(rulebook: Rulebook) -> None:
    text = text_of(assessed(rulebook, *[PANTOPRAZOL] * 3), rulebook)
    assert "Niets: elke regel was te begrijpen" in text
    assert "Geen enkele regel wijkt zonder reden af." in text
    assert "te weinig beoordeelde regels om voorschrijvers te vergelijken" in text


def test_a_file_of_which_nothing_could_be_judged_still_has_a_report(rulebook: Rulebook) -> None:
    text = text_of(assessed(rulebook, {"dispensed_on": "ooit"}), rulebook)
    assert "Geen enkele regel kon beoordeeld worden" in text
    assert "1 regel = 0 volgens het formularium" in text


def test_quarters_are_told_apart_where_there_are_several(rulebook: Rulebook) -> None:
    rows = [{**PANTOPRAZOL, "dispensed_on": day} for day in ("2026-01-05", "2026-04-06") for _ in range(50)]
    text = text_of(assessed(rulebook, *rows), rulebook)
    assert "2026-Q1 50 50 100,0 %" in text
    assert "2026-Q2 50 50 100,0 %" in text


def test_prescribers_with_few_lines_are_listed_and_not_drawn(rulebook: Rulebook) -> None:
    few = [{**PANTOPRAZOL, "prescriber_agb": "01000009"}] * 3
    text = text_of(assessed(rulebook, *[PANTOPRAZOL] * 50, *few), rulebook)
    assert "Niet getekend omdat er minder dan 50 beoordeelde regels zijn: 1." in text
    assert re.search(r"01000009 3 3 .*te weinig regels om iets te zeggen", text)


def test_another_form_is_named_in_words(rulebook: Rulebook) -> None:
    tablet = {"label": "METOPROLOL TABLET 50MG", "atc": "C07AB02"}
    assessment = assessed(rulebook, tablet)
    text = text_of(assessment, rulebook)
    preferred = assessment.lines.collect()["preferred"].to_list()
    assert preferred == ["metoprolol (tablet_modified)"]
    assert "metoprolol (tablet met gereguleerde afgifte)" in text


def test_the_indicator_of_the_chart_is_the_first_over_all_lines(rulebook: Rulebook) -> None:
    by_id = {each.id: each for each in rulebook.indicators}
    starts_only = replace(rulebook, indicators=(by_id["PPI_A"], by_id["FGV1"]))
    both = replace(rulebook, indicators=(by_id["PPI_A"], by_id["FORMULARY"]))
    assert overall_indicator(both) is by_id["FORMULARY"]
    assert overall_indicator(starts_only) is by_id["PPI_A"]
    assert overall_indicator(replace(rulebook, indicators=())) is None


def test_rules_without_indicators_still_have_a_report(usual: Assessment, rulebook: Rulebook) -> None:
    html = render_report(usual, summary_of(usual), replace(rulebook, indicators=()), NL)
    assert "te weinig beoordeelde regels om voorschrijvers te vergelijken" in html


def test_an_indicator_of_cost_is_told_in_euros_and_without_an_interval_of_counts(
    usual: Assessment, rulebook: Rulebook
) -> None:
    by_cost = rulebook.indicators[0].model_copy(update={"unit": Unit.COST})
    text = Page(render_report(usual, summary_of(usual), replace(rulebook, indicators=(by_cost,)), NL)).text
    assert "€ 0,80 € 1,30 61,5 % – " in text
