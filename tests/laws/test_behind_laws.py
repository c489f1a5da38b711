"""The lines behind a score are the score: added up again they give it, for everybody and every indicator."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings

from formulary import Level, load_rulebook
from matcher import Assessment, Outcome, Period, lines_behind
from tests.laws.random_worlds import World, worlds
from tests.worlds import Desk, Rules, indicator_of

YEAR = Period.parse("2026")
KEY = ["id", "indicator"]
COUNTED = {Outcome.ADHERENT: "numerator", Outcome.EXCEPTED: "excepted"}
LEVELS = {Level.PRESCRIBER: "prescriber_agb", Level.PRACTICE: "practice", Level.PHARMACY: "pharmacy_agb"}


def behind(assessment: Assessment, rules: Rules, folder: Path, *indicators: str) -> pl.DataFrame:
    """Return the lines behind the scores of the year."""
    assert YEAR is not None
    return lines_behind(assessment.lines, load_rulebook(rules.write(folder)), indicators, YEAR)


def added_up(lines: pl.DataFrame, level: Level) -> set[tuple[object, ...]]:
    """Return id, indicator, numerator, denominator and excepted as the lines behind add up to."""
    counted = lines.drop_nulls(["indicator", LEVELS[level]]).rename({LEVELS[level]: "id"})
    sums = [
        pl.col("amount").filter(pl.col("counted_as") == outcome).sum().alias(str(outcome))
        for outcome in (Outcome.ADHERENT, Outcome.NON_ADHERENT, Outcome.EXCEPTED)
    ]
    added = counted.group_by(KEY).agg(sums)
    return {(*key, adherent, adherent + not_, excepted) for *key, adherent, not_, excepted in added.iter_rows()}


def scored(assessment: Assessment, level: Level, *indicators: str) -> set[tuple[object, ...]]:
    """Return the same of the scores; where nothing was counted there is no line."""
    wanted = assessment.scores.filter(pl.col("level") == level, pl.col("indicator").is_in(indicators))
    rows = wanted.select(*KEY, "numerator", "denominator", "excepted").iter_rows()
    return {row for row in rows if row[3] or row[4]}


@given(worlds())
@settings(max_examples=25)
def test_lines_behind_add_up_to_the_scores_on_random_worlds(world: World) -> None:
    names, rules = ("ALL", "STARTS", "PPI", "CODED", "FIRST"), world.written_rules()
    with TemporaryDirectory() as folder:
        assessment = Desk(Path(folder)).assess(*map(list, world.files), rules=rules, period="2026")
        lines = behind(assessment, rules, Path(folder) / "again", *names)
    level = Level.PRESCRIBER
    assert added_up(lines, level) == scored(assessment, level, *names)


TABLE = """
    patient | dispensed_on | medicine    | cost_cents | prescriber_agb | practice_agb | pharmacy_agb | remark
    P1      | 2026-01-05   | omeprazol   | 100        | 01012345       | 01000001     | 02000001     |
    P1      | 2026-03-05   | lansoprazol | 250        | 01012345       | 01000001     | 02000001     |
    P2      | 2026-01-05   | lansoprazol | 300        | 01012345       | 01000001     | 02000001     |
    P2      | 2026-01-05   | omeprazol   | 120        | 01054321       | 01000001     | 02000002     |
    P3      | 2026-02-05   | lansoprazol | 90         | 01054321       | 01000002     | 02000002     | 03
    P4      | 2025-12-31   | omeprazol   | 90         | 01054321       | 01000002     | 02000002     |
    P5      | 2026-02-05   | paracetamol | 90         | 01054321       | 01000002     | 02000002     |
"""
COSTLY = '[[indicators]]\nid = "COST"\nname_nl = "C"\nname_en = "C"\nsource = "t"\nunit = "COST"\n'
BOTH = '[[indicators]]\nid = "BOTH"\nname_nl = "B"\nname_en = "B"\nsource = "t"\ncomposite = ["ALL", "LAST"]\n'
RULES = Rules(indicators="".join([
    indicator_of("ALL"), indicator_of("LAST", 'lines = "LAST"'), BOTH,
    COSTLY + 'population = { lines = "LAST" }\nconform = [{ formulary = true }]\n',
]))  # fmt: skip
NAMES = ("ALL", "LAST", "BOTH", "COST")


@pytest.mark.parametrize("level", LEVELS)
def test_last_lines_composites_and_cents_add_up_at_every_level(desk: Desk, tmp_path: Path, level: Level) -> None:
    assessment = desk.assess(TABLE, rules=RULES, period="2026")
    lines = behind(assessment, RULES, tmp_path / "again", *NAMES)
    assert added_up(lines, level) == scored(assessment, level, *NAMES) != set()


def test_only_the_indicators_that_were_asked_for_are_told(desk: Desk, tmp_path: Path) -> None:
    assessment = desk.assess(TABLE, rules=RULES, period="2026")
    lines = behind(assessment, RULES, tmp_path / "again", "LAST")
    assert lines["indicator"].unique().to_list() == ["LAST"]


def test_a_line_that_nobody_could_name_stands_there_once(desk: Desk, tmp_path: Path) -> None:
    assessment = desk.assess("label\nXYZZY\nQWERTY", rules=RULES, period="2026")
    lines = behind(assessment, RULES, tmp_path / "again", *NAMES)
    assert lines.select("label", "counted_as", "indicator").rows() == [
        ("XYZZY", "UNIDENTIFIED", None),
        ("QWERTY", "UNIDENTIFIED", None),
    ]
