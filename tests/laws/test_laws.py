"""What holds for every input, whatever the rules and the lines."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from formulary import Level, Scheme, SchemePart, load_rulebook, sample_folder
from matcher import (
    ADHERENCE_SCORES,
    AdherenceScores,
    Assessment,
    Outcome,
    Reading,
    Workplace,
    assess,
    read_lines,
)
from matcher.reward import reward_prescribers
from service.batch import Order, check_files
from service.demo import make_demo_lines
from tests.laws.plain_twin import Entry, Version, day_of
from tests.laws.random_worlds import PRESCRIBED, PRODUCTS, World, product_columns, worlds
from tests.tables import Row
from tests.worlds import Desk

NEW_YEAR = date(2026, 1, 1)
SEEN = ("outcome", "reason", "start", "attributed_to", "formulary_version", "entry_id")
NOT_LINES = ("COST", "DDD")  # indicators that add up cents and doses
few = settings(max_examples=25)


def assessed(world: World, *files: list[Row], period: str = "") -> Assessment:
    """Take lines along the whole path by the rules of a world."""
    with TemporaryDirectory() as folder:
        return Desk(Path(folder)).assess(*files, rules=world.written_rules(), period=period)


def files_of(world: World) -> list[list[Row]]:
    """Return the files of a world."""
    return [list(rows) for rows in world.files]


def numbered_lines(world: World) -> list[Row]:
    """Return the lines of a world as those of one file: every line with its own number, none credits another."""
    lines = [line for rows in world.files for line in rows]
    return [{**line, "line_id": str(n), "reversal_of": ""} for n, line in enumerate(lines)]


def seen_by_id(assessment: Assessment) -> dict[str, tuple[Any, ...]]:
    """Return what is said of each line, by its number."""
    return {row[0]: row[1:] for row in assessment.lines.select("line_id", *SEEN).collect().iter_rows()}


@given(worlds())
@few
def test_every_line_read_has_exactly_one_outcome(world: World) -> None:
    lines = assessed(world, *files_of(world)).lines.collect()
    per_file = lines.drop_nulls("outcome").group_by("source").len().rows()
    assert dict(per_file) == {f"file{n}.csv": len(rows) for n, rows in enumerate(world.files, 1)}


@given(worlds())
@few
def test_the_six_outcomes_add_up_per_prescriber_period_and_indicator(world: World) -> None:
    assessment = assessed(world, *files_of(world))
    lines = assessment.lines.drop_nulls("prescriber_agb").collect()
    quarter = pl.format("{}-Q{}", pl.col("dispensed_on").dt.year(), pl.col("dispensed_on").dt.quarter())
    read = Counter(lines.select("prescriber_agb", quarter.fill_null("")).iter_rows())
    counts = assessment.counts.filter(pl.col("level") == Level.PRESCRIBER, ~pl.col("indicator").is_in(NOT_LINES))
    added = counts.group_by("id", "period", "indicator").agg(pl.col("lines").sum())
    assert {(key[0], key[1]): n for *key, n in added.iter_rows()} == dict(read)


@given(worlds())
@few
def test_every_line_is_counted_once_for_the_region(world: World) -> None:
    counts = assessed(world, *files_of(world)).counts.filter(
        pl.col("level") == Level.REGION, ~pl.col("indicator").is_in(NOT_LINES)
    )
    added = counts.group_by("indicator").agg(pl.col("lines").sum())["lines"].unique().to_list()
    assert added == [sum(len(rows) for rows in world.files)]


@given(worlds(), st.randoms(use_true_random=False))
@few
def test_the_order_of_lines_changes_nothing_but_order(world: World, random: Any) -> None:
    lines = numbered_lines(world)
    shuffled = random.sample(lines, len(lines))
    one, other = assessed(world, lines, period="2026"), assessed(world, shuffled, period="2026")
    assert seen_by_id(one) == seen_by_id(other)
    assert one.scores.equals(other.scores)


@given(worlds(), st.integers(1, 30))
@few
def test_splitting_a_file_in_two_changes_no_outcome(world: World, place: int) -> None:
    lines = numbered_lines(world)
    assume(place < len(lines))
    whole, split = (assessed(world, *files, period="2026") for files in ([lines], [lines[:place], lines[place:]]))
    swapped = assessed(world, lines[place:], lines[:place], period="2026")
    assert seen_by_id(whole) == seen_by_id(split) == seen_by_id(swapped)
    assert whole.scores.equals(split.scores)
    assert whole.scores.equals(swapped.scores)


@given(worlds())
@few
def test_a_new_version_changes_nothing_before_its_first_day(world: World) -> None:
    older = tuple(version for version in world.rules.versions if version.first < NEW_YEAR)
    assume(older)
    newer = (*older[:-1], _ended(older[-1]), Version("NEW", NEW_YEAR, None, (Entry("N1", "N02BE01"),)))
    lines = [line for line in numbered_lines(world) if _is_before_new_year(line)]
    assume(lines)
    before, after = (replace(world, rules=replace(world.rules, versions=each)) for each in (older, newer))
    assert seen_by_id(assessed(before, lines)) == seen_by_id(assessed(after, lines))


def _ended(version: Version) -> Version:
    return version if version.last and version.last < NEW_YEAR else replace(version, last=None)


def _is_before_new_year(line: Row) -> bool:
    day = day_of(line["dispensed_on"])
    return day is not None and day < NEW_YEAR


BANDS = st.lists(st.integers(1, 100), min_size=1, max_size=4, unique=True).map(sorted)


def _reward(numerator: int, denominator: int, percents: list[int]) -> int:
    bands = [{"name": str(p), "threshold_percent": p, "reward_cents": 100 * n} for n, p in enumerate(percents, 1)]
    part = SchemePart.model_validate({"indicator": "I", "denominator_min": 5, "bands": bands})
    scheme = Scheme.model_validate(
        {"id": "S", "name": "S", "in_force_from": NEW_YEAR, "source": "test", "parts": [part.model_dump()]}
    )
    row = {"period": "2026", "level": "prescriber", "id": "01012345", "indicator": "I",
           "numerator": numerator, "denominator": denominator}  # fmt: skip
    scores = pl.DataFrame([{name: row.get(name) for name in ADHERENCE_SCORES}], schema=ADHERENCE_SCORES)
    return int(reward_prescribers(AdherenceScores(scores), scheme).rewards["reward_cents"].item())


@given(st.integers(1, 400), st.data(), BANDS)
def test_better_adherence_never_earns_less(denominator: int, data: st.DataObject, percents: list[int]) -> None:
    lower = data.draw(st.integers(0, denominator))
    higher = data.draw(st.integers(lower, denominator))
    assert _reward(lower, denominator, percents) <= _reward(higher, denominator, percents)


def _counted(assessment: Assessment) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return numerator and denominator of every score there is, in lines, patients, cents or doses."""
    told = assessment.scores.select("level", "id", "indicator", "numerator", "denominator")
    return {row[:3]: row[3:] for row in told.iter_rows()}


@given(worlds(), st.sampled_from(sorted({*PRODUCTS} - {*PRESCRIBED})), st.sampled_from(["", "03"]))
@few
def test_a_line_more_is_conform_or_deviates_or_counts_not_for_any_score(
    world: World, product: str, remark: str
) -> None:
    # A patient of its own, on the last day of the lines: a line may be history to other lines, which is another law.
    lines = numbered_lines(world)
    days = [day for line in lines if (day := day_of(line["dispensed_on"])) and day.year == NEW_YEAR.year]
    assume(days)
    more = {**dict.fromkeys(lines[0], ""), "line_id": "added", "patient": "P9", "dispensed_on": str(max(days)),
            "prescriber_agb": "01012345", "pharmacy_agb": "02001111", "remark": remark, "quantity": "30",
            "cost_cents": "150", "birth_year": "1950", **product_columns(product)}  # fmt: skip
    before = _counted(assessed(world, lines, period="2026"))
    assessment = assessed(world, [*lines, more], period="2026")
    outcome = assessment.lines.filter(pl.col("line_id") == "added").collect()["outcome"].item()
    for key, (numerator, denominator) in _counted(assessment).items():
        had = before.get(key, (0, 0))
        gained, of = numerator - had[0], denominator - had[1]
        assert gained in (0, of), (key, gained, of)  # so that a conform line lowers no rate, and no other raises one
        assert of >= 0
        if key[2] == "ALL":
            assert (gained, of) == {Outcome.ADHERENT: (1, 1), Outcome.NON_ADHERENT: (0, 1)}.get(outcome, (0, 0)) or (
                key[0] in ("prescriber", "pharmacy") and key[1] not in ("01012345", "02001111")
            )


def _rate(desk: Desk, conform: int, deviant: int) -> float:
    lines = f"times | medicine\n{conform} | omeprazol\n{deviant} | lansoprazol"
    table = "\n".join(line for line in lines.splitlines() if not line.startswith("0 "))
    return float(desk.scored(table)[0]["rate"])


@pytest.mark.parametrize(("conform", "deviant"), [(0, 1), (1, 0), (1, 1), (57, 43), (2, 98)])
def test_a_conform_line_never_lowers_a_rate(desk: Desk, conform: int, deviant: int) -> None:
    assert _rate(desk, conform + 1, deviant) >= _rate(desk, conform, deviant)


@pytest.mark.parametrize(("conform", "deviant"), [(0, 1), (1, 0), (1, 1), (57, 43), (2, 98)])
def test_a_line_that_deviates_never_raises_a_rate(desk: Desk, conform: int, deviant: int) -> None:
    assert _rate(desk, conform, deviant + 1) <= _rate(desk, conform, deviant)


@pytest.mark.parametrize("outcome", [Outcome.EXCLUDED, Outcome.UNIDENTIFIED, Outcome.INVALID])
def test_what_is_not_judged_moves_no_rate(desk: Desk, outcome: Outcome) -> None:
    extra = {"EXCLUDED": "N02BE01 | ", "UNIDENTIFIED": " | XYZZY", "INVALID": " | "}[outcome]
    rows = "atc | label\nA02BC01 | \nA02BC03 | "
    assert desk.scored(f"{rows}\n{extra}")[0]["rate"] == desk.scored(rows)[0]["rate"] == 0.5


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("twice")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORMULARY_KEY_FILE", str(folder / "key"))
        lines = make_demo_lines(sample_folder(), folder / "lines.csv", lines=3000)
        for name in ("a", "b"):
            check_files(Order([lines]), folder / name)
    return folder / "a", folder / "b"


def test_a_file_holds_the_lines_that_would_be_held_in_memory(two_runs: tuple[Path, Path], tmp_path: Path) -> None:
    one, _ = two_runs
    key = b"another key, so that pseudonyms differ"
    read = read_lines([one.parent / "lines.csv"], Reading(tmp_path, key))
    in_memory = assess(read.lines, load_rulebook(sample_folder()), None, Workplace(key)).lines.drop("patient").collect()
    assert pl.read_parquet(one / "lines.parquet").drop("patient").equals(in_memory)


@pytest.mark.parametrize("name", ["lines.parquet", "adherence.csv", "rejects.csv", "review.csv", "report.html"])
def test_the_same_input_gives_the_same_bytes(two_runs: tuple[Path, Path], name: str) -> None:
    one, other = two_runs
    assert (one / name).read_bytes() == (other / name).read_bytes()


def test_the_same_input_gives_the_same_summary_but_for_its_seconds(two_runs: tuple[Path, Path]) -> None:
    one, other = (json.loads((folder / "summary.json").read_text()) for folder in two_runs)
    assert {**one, "seconds": 0} == {**other, "seconds": 0}
