"""A committee reads whose score would move and why: in plain Dutch, as JSON, and on a page that opens offline."""

import json
from datetime import date
from pathlib import Path

import pytest

from formulary import Language, RulesNotFound, load_rulebook
from service.changes import compare_rules, suspicions_on_lines, told
from service.cli.changes import change_lines, show_changes
from tests.formulary.small_region import ENTRIES, INDICATOR, SCHEME, add_version, write_region

TODAY = date(2026, 6, 1)
DROPPED = "\n".join(ENTRIES.strip().splitlines()[:2])
DEARER = SCHEME.replace("= 5000", "= 6000")
LINES = "dispensed_on,prescriber_agb,atc\n2026-02-01,01000001,A02BC02\n2026-03-01,01000001,A02BC01\n"


@pytest.fixture(autouse=True)
def key_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))


@pytest.fixture
def old(tmp_path: Path) -> str:
    return str(write_region(tmp_path / "old"))


@pytest.fixture
def new(tmp_path: Path) -> str:
    return str(write_region(tmp_path / "new", entries=DROPPED, scheme=DEARER))


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(LINES, encoding="utf-8")
    return path


def read_by_a_committee(old: str, new: str, files: list[Path], language: Language = Language.NL) -> list[str]:
    return [line.strip() for line in change_lines(compare_rules(old, new, files, language), language) if line.strip()]


def test_a_committee_reads_every_change_in_plain_dutch(old: str, new: str) -> None:
    assert read_by_a_committee(old, new, []) == [
        f"Van {old} (versie 2026) naar {new} (versie 2026)",
        "Vervallen (1)",
        "Reflux: omeprazol vervalt (was aanbevolen, keus 2). [MAAG-2]",
        "Beloningsregeling gewijzigd (1)",
        "2026, ALLES, goud, bedrag: was €\N{NO-BREAK SPACE}50,00, wordt €\N{NO-BREAK SPACE}60,00. [2026]",
        "Toelichting: afspraak",
    ]


def test_rules_that_say_the_same_say_so(old: str) -> None:
    assert read_by_a_committee(old, old, [])[-1] == "Er staat niets anders."


def test_a_committee_reads_whose_score_and_reward_move_and_by_which_medicine(old: str, new: str, lines: Path) -> None:
    text = "\n".join(read_by_a_committee(old, new, [lines])).replace("\N{NO-BREAK SPACE}", " ")
    for sentence in (
        "Van 2 afleverregels worden er 1 anders beoordeeld.",
        "Volgens het formularium: 2 wordt 1 (-1)",
        "1 regels  A02BC01: was volgens het formularium (latere keus), wordt afwijkend (niet opgenomen)",
        "ALLES (Alle regels): 2 van 2 (100,0 %) wordt 1 van 2 (50,0 %), -50,0 procentpunt; 1 voorschrijvers",
        "01000001: 1 regels anders, vooral door A02BC01 (1)",
        "Alle beloningen samen: eerst € 50,00, dan € 10,00.",
        "01000001, ALLES: € 50,00 wordt € 10,00",
    ):
        assert sentence in text


def test_what_is_counted_in_cents_is_written_in_euros(old: str, tmp_path: Path) -> None:
    cost = INDICATOR.replace("ALLES", "KOSTEN") + 'unit = "COST"\n'
    both = {"indicators": INDICATOR + cost}
    sides = [write_region(tmp_path / name, **both, **more) for name, more in (("a", {}), ("b", {"entries": DROPPED}))]
    file = tmp_path / "cost.csv"
    file.write_text("dispensed_on,prescriber_agb,atc,cost_cents\n2026-03-01,01000001,A02BC01,1250\n", encoding="utf-8")
    read = read_by_a_committee(str(sides[0]), str(sides[1]), [file])
    moved = next(line for line in read if line.startswith("KOSTEN ("))
    assert "€\N{NO-BREAK SPACE}12,50 van €\N{NO-BREAK SPACE}12,50" in moved


def test_where_no_line_moves_every_part_says_so(old: str, lines: Path) -> None:
    text = read_by_a_committee(old, old, [lines])
    none = [each for each in text if each.startswith(("Geen enkele", "Bij geen enkele"))]
    assert len(none) == 4


def test_an_english_reader_reads_english(old: str, new: str, lines: Path) -> None:
    text = "\n".join(read_by_a_committee(old, new, [lines], Language.EN))
    assert "Reflux: omeprazol is dropped (was recommended, choice 2)." in text
    assert "2 of 2 (100.0%) becomes 1 of 2 (50.0%), -50.0 percentage points" in text


def test_two_versions_of_one_folder_are_named_after_an_at(old: str) -> None:
    add_version(Path(old), "2027", "2027-01-01", DROPPED)
    found = compare_rules(f"{old}@2026", old, [], Language.NL)
    assert [(each.kind, each.id) for each in found.changes] == [("ENTRY_DROPPED", "MAAG-2")]


@pytest.mark.parametrize(("language", "said"), [(Language.NL, "2027, een concept"), (Language.EN, "2027, a draft")])
def test_lines_are_judged_under_a_draft_as_if_it_were_adopted(
    old: str, lines: Path, language: Language, said: str
) -> None:
    header = add_version(Path(old), "2027", "2027-01-01", DROPPED) / "formulary" / "2027" / "version.toml"
    header.write_text(header.read_text(encoding="utf-8").replace("ADOPTED", "DRAFT"), encoding="utf-8")
    comparison = compare_rules(old, f"{old}@2027", [lines], language)
    assert said in change_lines(comparison, language)[0]
    assert comparison.effect is not None
    assert comparison.effect.lines["lines"].to_list() == [1]
    assert comparison.as_json()["new"]["status"] == "DRAFT"


def test_a_folder_with_an_at_in_its_name_is_that_folder(tmp_path: Path, old: str) -> None:
    named = str(write_region(tmp_path / "streek@2031"))
    assert compare_rules(old, named, [], Language.NL).changes == ()


@pytest.mark.parametrize("name", ["nowhere", "nowhere@2026"])
def test_a_folder_that_is_not_there_is_named(old: str, name: str) -> None:
    with pytest.raises(RulesNotFound):
        compare_rules(old, name, [], Language.NL)


def test_a_long_list_is_cut_and_says_where_the_rest_is(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = [f"2026-02-01,010000{n:02},A02BC01" for n in range(20)]
    path.write_text("dispensed_on,prescriber_agb,atc\n" + "\n".join(rows), encoding="utf-8")
    assert "… en nog 5; alles staat in --html en --json." in read_by_a_committee(old, new, [path])


def test_a_machine_reads_json_alone(old: str, new: str, lines: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_changes((old, new), [lines], None, Language.NL, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["old"]["version"], len(found["changes"])) == ("2026", 2)
    assert found["effect"]["reward_cents"] == {"before": 5000, "after": 1000}
    assert found["effect"]["lines"][0]["entry_id"] == "MAAG-2"


def test_without_lines_a_machine_reads_no_effect(old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_changes((old, new), [], None, Language.NL, as_json=True)
    assert json.loads(capsys.readouterr().out)["effect"] is None


@pytest.mark.parametrize("with_lines", [True, False])
def test_the_page_says_the_same_and_opens_offline(
    old: str, new: str, lines: Path, capsys: pytest.CaptureFixture[str], with_lines: bool
) -> None:
    page = lines.parent / "changes.html"
    show_changes((old, new), [lines] if with_lines else [], page, Language.NL, as_json=False)
    html = page.read_text(encoding="utf-8")
    assert "Reflux: omeprazol vervalt (was aanbevolen, keus 2)." in html
    assert ("2 van 2 (100,0" in html) is with_lines
    assert "http" not in html.replace("http-equiv", "")
    assert str(page) in capsys.readouterr().out


def test_what_the_rules_say_is_shown_as_text_on_the_page(old: str, tmp_path: Path) -> None:
    odd = write_region(tmp_path / "odd", entries=ENTRIES.replace("omeprazol", "<b>omeprazol"))
    page = tmp_path / "changes.html"
    show_changes((old, str(odd)), [], page, Language.NL, as_json=False)
    assert "&lt;b&gt;omeprazol" in page.read_text(encoding="utf-8")


def test_the_same_comparison_gives_the_same_page(old: str, new: str, lines: Path, tmp_path: Path) -> None:
    pages = [tmp_path / "one.html", tmp_path / "two.html"]
    for page in pages:
        show_changes((old, new), [lines], page, Language.NL, as_json=False)
    assert pages[0].read_bytes() == pages[1].read_bytes()


POINTS = [(-13, Language.NL, "-1,3"), (25, Language.EN, "+2.5"), (0, Language.NL, "±0,0"), (None, Language.NL, "–")]


@pytest.mark.parametrize(("per_mille", "language", "written"), POINTS)
def test_a_difference_is_written_in_percentage_points(per_mille: int | None, language: Language, written: str) -> None:
    assert told.points(per_mille, language) == written


def test_forms_are_named_in_words(old: str, tmp_path: Path) -> None:
    formed = ENTRIES.replace("| advice", "| form").replace("| 2    |", "| 2    | tablet_enteric")
    new = write_region(tmp_path / "formed", entries=formed)
    assert "Reflux: omeprazol, vorm: was niets, wordt maagsapresistente tablet. [MAAG-2]" in read_by_a_committee(
        old, str(new), []
    )


def test_lint_with_lines_tells_thresholds_too(old: str, lines: Path) -> None:
    found = suspicions_on_lines(load_rulebook(Path(old)), TODAY, [lines], Language.NL)
    assert [each.code for each in found] == ["THRESHOLD_EVERYONE", "THRESHOLD_EVERYONE"]


@pytest.mark.parametrize("has_scheme", [True, False])
def test_lint_without_lines_or_schemes_asks_the_rules_alone(old: str, lines: Path, has_scheme: bool) -> None:
    if not has_scheme:
        (Path(old) / "schemes" / "2026.toml").unlink()
    files = [] if has_scheme else [lines]
    assert suspicions_on_lines(load_rulebook(Path(old)), TODAY, files, Language.NL) == []
