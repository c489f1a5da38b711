"""Engine and plain twin agree about every line, count and reward of random worlds."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given

from matcher import Assessment
from tests.laws import plain_twin as twin
from tests.laws.plain_counts import counts, reached
from tests.laws.random_worlds import PRODUCTS, World, worlds
from tests.worlds import Desk, scheme_of

SCHEME = scheme_of(
    """
    indicator | minimum | percent | cents
    ALL       | 2       | 50      | 1000
    ALL       | 2       | 67      | 2500
    PPI       | 1       | 100     | 700
    """
)
COUNTED = ("numerator", "denominator", "excepted", "excluded", "unidentified")
BANDS = {"ALL": (2, {50: 1000, 67: 2500}), "PPI": (1, {100: 700})}


def _assessed(world: World) -> Assessment:
    with TemporaryDirectory() as folder:
        files = [list(rows) for rows in world.files]
        asked = {"rules": world.written_rules(SCHEME), "period": "2026", "scheme": "2026"}
        return Desk(Path(folder)).assess(*files, **asked, prescribed=list(world.prescriptions))  # type: ignore[arg-type]


def _lines_by_engine(assessment: Assessment) -> list[Any]:
    columns = (
        "outcome",
        "reason",
        "start",
        "traced_start",
        "attributed_to",
        "formulary_version",
        "entry_id",
        "choice_rank",
        "agreement",
        "prescribed_outcome",
    )
    return assessment.lines.select(columns).collect().rows()


def _lines_by_twin(lines: list[twin.Judged]) -> list[Any]:
    return [
        (
            line.outcome, line.reason, line.start, line.traced_start, line.attributed_to,
            line.version.name if line.version else None,
            line.entry.entry_id if line.entry else None, line.entry.rank if line.entry else None,
            line.agreement or None, line.prescribed,
        )
        for line in lines
    ]  # fmt: skip


def _counts_by_engine(assessment: Assessment) -> dict[Any, Any]:
    scores = assessment.scores.filter(level="prescriber").iter_rows(named=True)
    return {(row["id"], row["indicator"]): tuple(row[name] for name in COUNTED) for row in scores}


def _written_by_twin(written: list[twin.Judged], lines: list[twin.Judged], rules: twin.Rulebook) -> list[Any]:
    dispensed = twin.pair(lines, written, rules.prescribed_days)
    return sorted(
        (each.day, each.prescriber, each.outcome, str(dispensed[id(each)])) for each in written if id(each) in dispensed
    )


def _written_by_engine(assessment: Assessment) -> list[Any]:
    told = assessment.prescriptions.select("prescribed_on", "prescriber_agb", "outcome", "dispensed")
    return sorted((day, who, outcome, str(is_dispensed)) for day, who, outcome, is_dispensed in told.iter_rows())


def _rewards_by_engine(assessment: Assessment) -> dict[Any, Any]:
    assert assessment.rewards is not None
    rows = assessment.rewards.iter_rows(named=True)
    return {(row["id"], row["indicator"]): (row["reward_cents"], row["grounds"]) for row in rows}


def _problems_that_differ(assessment: Assessment, lines: list[twin.Judged]) -> list[Any]:
    found = assessment.lines.collect()["problem"].to_list()
    return [
        (one, line)
        for one, line in zip(found, lines, strict=True)
        if one not in line.problems and (one or line.problems)
    ]


@given(worlds())
def test_engine_and_twin_agree(world: World) -> None:
    written = twin.judge_prescriptions(world.prescriptions, world.rules, PRODUCTS)
    lines = twin.judge(world.files, world.rules, PRODUCTS, written)
    assessment = _assessed(world)
    told = counts(lines, world.rules, 2026)
    assert _problems_that_differ(assessment, lines) == []
    assert _lines_by_engine(assessment) == _lines_by_twin(lines)
    assert _written_by_engine(assessment) == _written_by_twin(written, lines, world.rules)
    assert _counts_by_engine(assessment) == {key: reached(outcomes) for key, outcomes in told.items()}
    owed = {key: twin.reward(each, *BANDS[key[1]]) for key, each in told.items() if key[1] in BANDS}
    assert _rewards_by_engine(assessment) == owed
