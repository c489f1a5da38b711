"""What other rules do to the same lines: which lines, scores and rewards move, by how much, and by which entry."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from formulary import Rulebook, changes_between, in_force_always, load_rulebook
from matcher import (
    ADHERENCE_SCORES,
    KEPT_LINES,
    RAW_LINES,
    REWARDS,
    AdherenceScores,
    Assessment,
    Effect,
    Identifier,
    KeptLines,
    OutcomeCounts,
    RawLines,
    Rewards,
    Workplace,
    assess,
    effect_of,
    facts_of,
    identifier,
    idle_thresholds,
    rejudged,
    troubled_of,
)
from tests.formulary.small_region import ENTRIES, SCHEME, add_version, region, write_region

SUBSTANCES = pl.DataFrame({"atc": ["A02BC02"], "name_nl": ["Pantoprazol"]})
LINES = [
    ("2026-02-01", "01000001", "A02BC02"),
    ("2026-03-01", "01000001", "A02BC01"),
    ("2026-04-01", "01000002", "A02BC02"),
    ("2026-05-01", "01000002", "A02BC03"),
]
TURNED = ENTRIES.replace("| 1    |", "| 9    |").replace("| 2    |", "| 1    |").replace("| 9    |", "| 2    |")
DROPPED = "\n".join(ENTRIES.strip().splitlines()[:2])


def raw(lines: list[tuple[str, str, str]]) -> RawLines:
    rows = [
        {"source": "a.csv", "line_no": n, "dispensed_on": day, "prescriber_agb": agb, "atc": atc}
        for n, (day, agb, atc) in enumerate(lines, 1)
    ]
    return RawLines(pl.DataFrame(rows, schema=RAW_LINES).lazy())


@cache
def known() -> Identifier:
    return identifier(pl.DataFrame({"product_name": ["PANTOPRAZOL TABLET 20MG"], "atc": ["A02BC02"]}))


def judged(rulebook: Rulebook, lines: list[tuple[str, str, str]]) -> Assessment:
    return rejudged(raw(lines), rulebook, Workplace(b"k" * 32, None, known()))


def effect(tmp_path: Path, entries: str, lines: list[tuple[str, str, str]] | None = None) -> Effect:
    """Return the effect of other entries on lines."""
    old, new = region(tmp_path / "old"), region(tmp_path / "new", entries=entries)
    both = [judged(in_force_always(each), lines or LINES) for each in (old, new)]
    return effect_of(both[0], both[1], new.substances)


def test_rules_that_say_the_same_move_nothing(tmp_path: Path) -> None:
    found = effect(tmp_path, ENTRIES)
    assert [each.height for each in (found.lines, found.causes, found.scores, found.rewards)] == [0, 0, 0, 0]
    assert found.outcomes["before"].to_list() == found.outcomes["after"].to_list()


def test_a_turned_first_choice_moves_reasons_and_no_score(tmp_path: Path) -> None:
    found = effect(tmp_path, TURNED)
    columns = ("entry_id", "reason_before", "reason_after", "lines", "prescribers")
    assert found.lines.select(columns).rows() == [
        ("MAAG-1", "FIRST_CHOICE", "LATER_CHOICE", 2, 2),
        ("MAAG-2", "LATER_CHOICE", "FIRST_CHOICE", 1, 1),
    ]
    assert found.scores.is_empty()


def test_a_dropped_entry_moves_lines_scores_and_rewards(tmp_path: Path) -> None:
    found = effect(tmp_path, DROPPED)
    (line,) = found.lines.rows(named=True)
    assert (line["entry_id"], line["outcome_before"], line["outcome_after"]) == ("MAAG-2", "ADHERENT", "NON_ADHERENT")
    columns = ("level", "id", "numerator_before", "denominator_before", "numerator_after", "points_per_mille")
    assert found.scores.select(columns).rows() == [
        ("prescriber", "01000001", 2, 2, 1, -500),
        ("region", "proef", 3, 4, 2, -250),
    ]
    assert found.rewards.select("id", "reward_cents_before", "reward_cents_after", "band_after").rows() == [
        ("01000001", 5000, 1000, "brons")
    ]
    assert found.reward_cents == (6000, 2000)


def test_a_line_that_no_entry_speaks_of_is_named_by_its_substance(tmp_path: Path) -> None:
    spoken = ENTRIES.replace("A02BC02", "A02BC09").replace("A02BC01", "A02BC08")
    silent = "entry_id | chapter | indication | atc | substance\nX | Hart | Druk | A02BC09 | nieuwprazol\n"
    old, new = region(tmp_path / "old", entries=silent), region(tmp_path / "new", entries=spoken)
    suspended = '[[suspended]]\nchapter = "Hart"\nsuspended_from = 2026-01-01\nsource = "b"\n'
    old = region(tmp_path / "old", entries=silent, version=suspended)
    before, after = (judged(in_force_always(each), LINES[:1]) for each in (old, new))
    (line,) = effect_of(before, after, SUBSTANCES).lines.rows(named=True)
    assert (line["entry_id"], line["substance"], line["reason_after"]) == (None, "Pantoprazol", "NOT_LISTED")


def test_causes_are_told_per_prescriber(tmp_path: Path) -> None:
    found = effect(tmp_path, TURNED).causes
    assert found.select("prescriber_agb", "entry_id", "lines").rows() == [
        ("01000001", "MAAG-1", 1),
        ("01000001", "MAAG-2", 1),
        ("01000002", "MAAG-1", 1),
    ]


def test_the_order_of_the_lines_changes_nothing(tmp_path: Path) -> None:
    one, other = effect(tmp_path / "a", DROPPED), effect(tmp_path / "b", DROPPED, LINES[::-1])
    assert one.lines.equals(other.lines)
    assert one.scores.equals(other.scores)


def test_outcomes_before_and_after_both_add_up_to_the_lines(tmp_path: Path) -> None:
    found = effect(tmp_path, DROPPED).outcomes
    assert (found.height, found["before"].sum(), found["after"].sum()) == (6, len(LINES), len(LINES))


def test_a_new_version_changes_no_outcome_before_its_first_day(tmp_path: Path) -> None:
    lines = [*LINES, ("2026-12-31", "01000001", "A02BC01"), ("2027-01-01", "01000001", "A02BC01")]
    folder, told = write_region(tmp_path), []
    for rulebook in (load_rulebook(folder), load_rulebook(add_version(folder, "2027", "2027-01-01", DROPPED))):
        found = assess(raw(lines), rulebook, None, Workplace(b"k" * 32, None, known()))
        told.append(found.lines.collect()["outcome"].cast(pl.String).to_list())
    assert told[0][:-1] == told[1][:-1]
    assert (told[0][-1], told[1][-1]) == ("ADHERENT", "NON_ADHERENT")


def test_a_version_in_force_always_judges_lines_of_before_its_first_day(tmp_path: Path) -> None:
    rulebook = load_rulebook(add_version(write_region(tmp_path), "2027", "2027-01-01", DROPPED))
    found = judged(in_force_always(rulebook, "2027"), [("1999-01-01", "01000001", "A02BC01")]).lines.collect()
    assert found.select("formulary_version", "outcome").row(0) == ("2027", "NON_ADHERENT")


def test_without_a_difference_between_rules_there_is_none_between_lines(tmp_path: Path) -> None:
    rulebook = in_force_always(region(tmp_path))
    assert changes_between(rulebook, rulebook) == ()


def assessment(scores: list[tuple[str, int, int]], rewards: list[tuple[str, int]] | None = None) -> Assessment:
    """Return an assessment without lines, with these scores of prescribers and rewards."""
    usual = {"period": "ALL", "level": "prescriber", "indicator": "X"}
    told: list[dict[str, Any]] = [{**usual, "id": id_, "numerator": n, "denominator": d} for id_, n, d in scores]
    paid = None if rewards is None else pl.DataFrame([{"id": i, "reward_cents": c} for i, c in rewards], schema=REWARDS)
    return Assessment(
        KeptLines(pl.LazyFrame(schema=KEPT_LINES)),
        facts_of(pl.LazyFrame(schema=KEPT_LINES)),
        troubled_of(pl.LazyFrame(schema=KEPT_LINES)),
        OutcomeCounts(pl.DataFrame()),
        AdherenceScores(pl.DataFrame(told, schema=ADHERENCE_SCORES)),
        None if paid is None else Rewards(paid),
    )


POINTS = [
    ((1, 2), (1, 4), -250),
    ((2, 3), (1, 3), -333),
    ((1, 3), (2, 3), 333),
    ((0, 2000), (1, 2000), 1),
    ((1, 2000), (0, 2000), -1),
    ((0, 2001), (1, 2001), 0),
    ((1, 1), (0, 0), None),
    ((10**12, 2 * 10**12), (2 * 10**12, 2 * 10**12), 500),
]


@pytest.mark.parametrize(("before", "after", "points"), POINTS)
def test_points_are_worked_out_in_whole_numbers(
    before: tuple[int, int], after: tuple[int, int], points: int | None
) -> None:
    found = effect_of(assessment([("a", *before)]), assessment([("a", *after)]), SUBSTANCES)
    assert found.scores["points_per_mille"].to_list() == [points]


def test_a_score_that_only_one_side_has_counts_as_nought_on_the_other() -> None:
    found = effect_of(assessment([]), assessment([("a", 1, 2)]), SUBSTANCES).scores
    assert found.select("numerator_before", "denominator_before", "numerator_after").row(0) == (0, 0, 1)


def test_a_reward_where_there_was_no_scheme_is_all_gain() -> None:
    found = effect_of(assessment([]), assessment([], [("a", 500), ("b", 0)]), SUBSTANCES)
    assert found.rewards.select("id", "reward_cents_before", "reward_cents_after").rows() == [("a", 0, 500)]
    assert found.reward_cents == (0, 500)


THRESHOLDS = [
    ([("01000001", 95, 100), ("01000002", 60, 100)], ["THRESHOLD_EVERYONE"]),
    ([("01000001", 80, 100), ("01000002", 40, 100)], ["THRESHOLD_NO_ONE"]),
    ([("01000001", 95, 100), ("01000002", 40, 100)], []),
    ([("01000001", 0, 0)], []),
]


@pytest.mark.parametrize(("scores", "expected"), THRESHOLDS)
def test_a_threshold_that_tells_nobody_apart_is_suspected(
    tmp_path: Path, scores: list[tuple[str, int, int]], expected: list[str]
) -> None:
    scheme = region(tmp_path).schemes[0]
    named = assessment(scores).scores.with_columns(pl.lit("ALLES").alias("indicator"))
    assert [each.code for each in idle_thresholds(AdherenceScores(named), scheme)] == expected


def test_only_who_takes_part_is_asked_for_a_threshold(tmp_path: Path) -> None:
    scheme = region(tmp_path, scheme=SCHEME.replace("source", 'provider_types = ["01"]\nsource')).schemes[0]
    scores = assessment([("01000001", 95, 100), ("03000001", 0, 100)]).scores
    found = idle_thresholds(AdherenceScores(scores.with_columns(pl.lit("ALLES").alias("indicator"))), scheme)
    assert [(each.code, each.values["prescribers"]) for each in found] == [("THRESHOLD_EVERYONE", 1)] * 2


def test_the_newest_scheme_rewards(tmp_path: Path) -> None:
    folder = write_region(tmp_path)
    newer = SCHEME.replace('id = "2026"', 'id = "2027"').replace("2026-01-01", "2027-01-01")
    (folder / "schemes" / "a.toml").write_text(newer, encoding="utf-8")
    rewards = judged(load_rulebook(folder), LINES).rewards
    assert rewards is not None
    assert rewards["scheme"].unique().to_list() == ["2027"]
    assert date(2027, 1, 1) == max(each.in_force_from for each in load_rulebook(folder).schemes)
