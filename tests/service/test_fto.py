"""The pack of a pharmacotherapy group: positions open or blinded, cases, agreements and results, no patient."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from formulary import Direction, load_rulebook
from matcher import DEVIATIONS, AdherenceScores, KeptLines, Period, advice_of_days
from service.batch import Order, check_files
from service.fto import is_reached
from service.results import read_scores
from tests.service.commands import RULES, Command
from tests.tables import Row, csv_of, lines_of, rows_of

A, B, C, D, OUTSIDE = "01000001", "01000002", "01000003", "01000004", "01000009"
STRUCTURE = """
    level      | id       | name       | part_of  | valid_from | valid_until
    prescriber | 01000001 | Dokter Aal | 01000101 | 2026-01-01 |
    prescriber | 01000002 | Dokter Bot | 01000102 | 2026-01-01 |
    prescriber | 01000003 | Dokter Cod | 01000103 | 2026-01-01 |
    prescriber | 01000004 |            | 01000104 | 2026-01-01 |
    prescriber | 01000009 | Dokter Zee | 01000109 | 2026-01-01 |
    practice   | 01000101 | Praktijk A | FTO-1    | 2026-01-01 |
    practice   | 01000102 | Praktijk B | FTO-1    | 2026-01-01 |
    practice   | 01000103 | Praktijk C | FTO-1    | 2026-01-01 |
    practice   | 01000104 | Praktijk D | FTO-1    | 2026-01-01 |
    practice   | 01000109 | Praktijk Z | FTO-2    | 2026-01-01 |
    group      | FTO-1    | Groep Kust | streek   | 2026-01-01 |
    group      | FTO-2    | Groep Land | streek   | 2026-01-01 |
"""
# A 16 of 20, B 20 of 30, C 0 of 3, D 44 of 47: together 80 of 100.
LINES = """
    times | medicine           | quantity | cost_cents | prescriber_agb | patient
    16    | pantoprazol tablet | 30       | 150        | 01000001       | 7654321
    4     | esomeprazol tablet | 30       | 900        | 01000001       | 7654322
    20    | pantoprazol tablet | 30       | 150        | 01000002       | 7654323
    10    | esomeprazol tablet | 30       | 900        | 01000002       | 7654324
    3     | rosuvastatine      | 30       | 900        | 01000003       | 7654325
    44    | pantoprazol tablet | 30       | 150        | 01000004       | 7654326
    3     | lansoprazol        | 30       | 900        | 01000004       | 7654327
    10    | omeprazol          | 30       | 900        | 01000009       | 7654328
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fto")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORMULARY_KEY_FILE", str(folder / "key"))
        RULES.write(folder / "rules")
        (folder / "rules" / "structure.csv").write_text(csv_of(rows_of(STRUCTURE)[0], ","), encoding="utf-8")
        (folder / "lines.csv").write_text(csv_of(_lines()), encoding="utf-8")
        check_files(Order([folder / "lines.csv"], folder / "rules"), folder / "out")
    return folder


def _lines() -> list[Row]:
    # Lines of one day that differ in nothing would be one line that came twice.
    return [{**row, "patient": f"{int(row['patient']) * 1000 + n}"} for n, row in enumerate(lines_of(LINES))]


@pytest.fixture
def fto(formulary: Command, made: Path) -> Command:
    """Return the command for group FTO-1, in a folder with `rules` and results in `out`."""
    shutil.copytree(made / "rules", "rules", dirs_exist_ok=True)
    shutil.copytree(made / "out", "out")
    base = ("fto", "out", "--rules", "rules", "--out", "fto.html")
    return lambda *words: formulary(*base, *(() if "--group" in words else ("--group", "FTO-1")), *words)


def _page() -> str:
    return Path("fto.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


def _rows(section: str) -> list[list[str]]:
    """Return the cells of the tables in a section of the page, without their head."""
    part = _page().split(f'<section id="{section}"')[1].split("</section>")[0]
    bodies = "".join(re.findall(r"<tbody>(.*?)</tbody>", part, re.DOTALL))
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr>.*?</tr>", bodies, re.DOTALL)
    ]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def _agree(text: str) -> Path:
    path = Path("afspraken.toml")
    path.write_text(text, encoding="utf-8")
    return path


def _agreement(**changed: object) -> Path:
    told: Mapping[str, object] = {
        "indicator": '"ALL"',
        "target_percent": 80,
        "until": "2026-06-30",
        "text": '"Afspraak"',
    }
    return _agree("[[agreements]]\n" + "".join(f"{name} = {value}\n" for name, value in {**told, **changed}.items()))


def test_open_everybody_with_enough_lines_stands_there_by_name(fto: Command) -> None:
    assert fto().code == 0
    assert [row[:4] for row in _rows("positions")] == [
        ["Praktijk B (01000102)", "20", "30", "66,7 %"],
        ["Praktijk D (01000104)", "44", "47", "93,6 %"],
        ["Dokter Bot (01000002)", "20", "30", "66,7 %"],
        ["01000004", "44", "47", "93,6 %"],
    ]
    assert "De groep staat op 80,0 % (95%-interval 71,1 % tot 86,7 %); de streek op 81,8 %." in _page()


def test_the_small_one_is_left_out_with_one_more_that_would_betray_it_and_that_is_said(fto: Command) -> None:
    fto()
    assert _page().count("Weggelaten: 2, omdat er minder dan 8 geteld is") == 2
    assert [name for name in ("Aal", "Cod", "Zee", A, C, OUTSIDE) if name in _page()] == []


def test_blinded_the_page_names_nobody_and_the_key_is_only_told_on_the_screen(fto: Command) -> None:
    told = fto("--blinded")
    assert [row[:2] for row in _rows("positions")] == [
        ["A", "66,7 %"],
        ["B", "93,6 %"],
        ["1", "66,7 %"],
        ["2", "93,6 %"],
    ]
    assert re.findall(r"^ +(\w+)  (.+)$", told.out, re.MULTILINE) == [
        ("A", "Praktijk B (01000102)"), ("B", "Praktijk D (01000104)"),
        ("1", "Dokter Bot (01000002)"), ("2", "01000004"),
    ]  # fmt: skip
    assert re.findall(r"Dokter|Praktijk [A-Z]\b|0100\d{4}", _page()) == []


def test_the_funnel_of_who_is_compared_is_there_open_and_never_blinded(formulary: Command, made: Path) -> None:
    # Of fewer than three that are shown there is none: C has three lines, and another is left out with it.
    shutil.copytree(made / "rules", "rules", dirs_exist_ok=True)
    lines = [{**row, "prescriber_agb": A if row["prescriber_agb"] == C else row["prescriber_agb"]} for row in _lines()]
    Path("lines.csv").write_text(csv_of(lines), encoding="utf-8")
    formulary("check", "lines.csv", "--rules", "rules", "--out", "out")
    base = ("fto", "out", "--rules", "rules", "--out", "fto.html", "--group", "FTO-1")
    told = {
        words: (formulary(*base, *words), _page().count('<svg class="funnel"'))[1] for words in ((), ("--blinded",))
    }
    assert told == {(): 2, ("--blinded",): 0}


def test_the_key_comes_as_json_too_and_open_there_is_none(fto: Command) -> None:
    key = json.loads(fto("--blinded", "--json").out)["key"]
    assert key["practice"] == {"A": "Praktijk B (01000102)", "B": "Praktijk D (01000104)"}
    assert json.loads(fto("--json").out) == {"file": "fto.html", "key": {}}


def test_switches_of_the_group_show_what_they_do_from_the_smallest_number_that_is_told(fto: Command) -> None:
    fto()
    # 14 lines of esomeprazol; the 3 of lansoprazol and of rosuvastatine are too few.
    assert [row[:4] for row in _rows("switches")] == [["Esomeprazol A02BC05", "pantoprazol", "14", "80,0 % → 94,0 %"]]


def test_cases_are_what_several_prescribers_of_the_group_share(fto: Command) -> None:
    table = """
        id       | product   | lines | attributed_to
        01000001 | Gedeeld   | 5     | PRESCRIBER
        01000002 | Gedeeld   | 3     | PRESCRIBER
        01000009 | Gedeeld   | 50    | PRESCRIBER
        01000001 | Te weinig | 4     | PRESCRIBER
        01000002 | Te weinig | 3     | PRESCRIBER
        01000001 | Van een   | 20    | PRESCRIBER
        01000001 | Apotheek  | 9     | PHARMACY
        01000002 | Apotheek  | 9     | PHARMACY
    """
    same = {"reason": "NOT_IN_FORMULARY", "preferred": None, "cost_cents": None}
    rows = [{**row, **same, "matched_atc": row["product"], "lines": int(row["lines"])} for row in rows_of(table)[0]]
    reason = next(iter(DEVIATIONS["reason"].categories))  # type: ignore[attr-defined]
    pl.DataFrame([{**row, "reason": reason} for row in rows], schema=DEVIATIONS).write_csv("out/deviations.csv")
    fto()
    assert [(row[0], row[2], row[3]) for row in _rows("cases")] == [("Gedeeld Gedeeld", "8", "2")]


@pytest.mark.parametrize(("target", "told"), [(79, "✓ gehaald"), (80, "✓ gehaald"), (81, "✗ niet gehaald")])
def test_an_agreement_is_reached_at_its_target_and_not_above_it(fto: Command, target: int, told: str) -> None:
    fto("--agreements", _agreement(target_percent=target))
    row = ["Afspraak ALL", f"ten minste {target}%", "30 juni 2026", "80,0 % 80 / 100", told]
    assert _rows("agreements") == [row]


@pytest.mark.parametrize(
    ("numerator", "direction", "reached"),
    [
        (799, Direction.HIGHER, False), (800, Direction.HIGHER, True), (801, Direction.NONE, True),
        (799, Direction.LOWER, True), (800, Direction.LOWER, True), (801, Direction.LOWER, False),
    ],
)  # fmt: skip
def test_a_target_is_compared_by_whole_numbers(numerator: int, direction: Direction, *, reached: bool) -> None:
    assert is_reached(numerator, 1000, 80, direction) is reached


def test_of_a_group_with_few_lines_no_result_is_told(fto: Command) -> None:
    Path("out/adherence.csv").write_text(
        re.sub(r"(group,FTO-1,ALL),80,100,", r"\1,5,7,", Path("out/adherence.csv").read_text(encoding="utf-8")),
        encoding="utf-8",
    )
    fto("--agreements", _agreement())
    assert [row[3:] for row in _rows("agreements")] == [["–", "niet te zeggen: minder dan 8 geteld"]]
    assert "De groep als geheel wordt niet getoond" in _page()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"indicator": '"WEG"'}, "afspraak 1: de indicator 'WEG' bestaat niet in deze regels. Wel: ALL."),
        ({"target_percent": 0}, "afspraak 1: 'target_percent' moet een heel getal van 1 tot en met 100 zijn."),
        ({"target_percent": 101}, "afspraak 1: 'target_percent' moet een heel getal van 1 tot en met 100 zijn."),
        ({"target_percent": 79.5}, "afspraak 1: 'target_percent' ontbreekt, is te veel of is iets anders"),
        ({"until": '"juni"'}, "afspraak 1: 'until' ontbreekt"),
        ({"wie": '"ik"'}, "afspraak 1: 'wie' ontbreekt, is te veel"),
    ],
)
def test_an_agreement_that_cannot_be_measured_is_refused(fto: Command, changed: dict[str, object], told: str) -> None:
    ended = fto("--agreements", _agreement(**changed))
    assert (ended.code, told in ended.err, Path("fto.html").exists()) == (3, True, False)


@pytest.mark.parametrize("text", ["geen toml", "", "[agreements]\n", "ander = 1\n[[agreements]]\n"])
def test_what_is_no_file_of_agreements_is_refused_in_the_language_asked_for(fto: Command, text: str) -> None:
    ended = fto("--agreements", _agree(text), "--lang", "en")
    assert (ended.code, "this is not a file of agreements" in ended.err) == (3, True)


def test_a_group_or_period_that_is_not_in_the_results_is_named_with_those_that_are(fto: Command) -> None:
    group, period = fto("--group", "FTO-9"), fto("--period", "2025-Q1")
    assert (group.code, "'FTO-9'" in group.err, "FTO-1, FTO-2" in group.err) == (2, True, True)
    assert (period.code, "'2025-Q1'" in period.err, "2026-Q1" in period.err) == (2, True, True)


def test_of_a_period_switches_and_cases_are_of_its_days_alone(formulary: Command, made: Path) -> None:
    # Two of three lines once more in the next quarter: of the 14 of esomeprazol 10.
    shutil.copytree(made / "rules", "rules", dirs_exist_ok=True)
    later = [{**row, "dispensed_on": "2026-05-04", "line_id": f"2-{n}"} for n, row in enumerate(_lines()) if n % 3]
    Path("lines.csv").write_text(csv_of([*_lines(), *later]), encoding="utf-8")
    formulary("check", "lines.csv", "--rules", "rules", "--out", "out")
    base = ("fto", "out", "--rules", "rules", "--out", "fto.html", "--group", "FTO-1")
    found = {}
    for period in ("", "2026-Q1", "2026-Q2"):
        formulary(*base, *(("--period", period) if period else ()))
        found[period] = (
            [row[2] for row in _rows("switches")],
            ("over alle dagen" in _page(), f"over {period}." in _page()),
        )
    assert found == {
        "": (["24"], (True, False)), "2026-Q1": (["14"], (False, True)), "2026-Q2": (["10"], (False, True)),
    }  # fmt: skip


def test_of_a_period_the_switches_are_those_of_a_check_of_its_days(formulary: Command, made: Path) -> None:
    shutil.copytree(made / "rules", "rules", dirs_exist_ok=True)
    lines = KeptLines(pl.scan_parquet(made / "out" / "lines.parquet"))
    rulebook, period = load_rulebook(Path("rules")), Period.parse("2026-Q1")
    assert period is not None
    scores, _ = read_scores(made / "out")
    told = advice_of_days(lines, period, AdherenceScores(scores), rulebook, rulebook.indicators[0])
    told.switches.write_csv("again.csv")
    assert Path("again.csv").read_bytes() == (made / "out" / "switches.csv").read_bytes()


def test_without_the_lines_a_period_cannot_be_told(fto: Command) -> None:
    Path("out/lines.parquet").unlink()
    ended = fto("--period", "2026-Q1")
    assert (ended.code, "lines.parquet" in ended.err) == (3, True)


def test_results_of_other_rules_are_refused(fto: Command) -> None:
    with Path("rules/structure.csv").open("a", encoding="utf-8") as file:
        file.write("practice,01000110,Praktijk Y,FTO-2,2026-01-01,\n")
    assert fto().code == 2


def test_a_group_with_nothing_to_mend_says_so(fto: Command) -> None:
    assert fto("--group", "FTO-2", "--period", "2026-Q1").code == 0
    assert [row[0] for row in _rows("positions")] == ["Praktijk Z (01000109)", "Dokter Zee (01000009)"]
    for told in ("geen omzetting van 8", "geen andere afwijking", "geen afspraken van de vorige keer"):
        assert told in _page()


def test_there_is_room_to_write_the_next_agreements_down(fto: Command) -> None:
    fto("--lang", "en")
    assert _rows("next") == [[str(n), "", "", "", ""] for n in range(1, 7)]
    assert all(f'<th scope="col" class="{name}">' in _page() for name in ("who", "when"))


def test_the_same_results_give_the_same_bytes(fto: Command) -> None:
    pages = [(fto("--blinded", "--agreements", _agreement()), Path("fto.html").read_bytes())[1] for _ in range(2)]
    assert pages[0] == pages[1]


def test_no_patient_stands_in_the_pack(fto: Command) -> None:
    fto()
    pseudonyms = pl.read_parquet("out/lines.parquet")["patient"].drop_nulls().unique().to_list()
    assert len(pseudonyms) == 110
    assert [each for each in pseudonyms if str(each) in _page()] == []
    assert re.findall(r"76543\d+", _page()) == []
