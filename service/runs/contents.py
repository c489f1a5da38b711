"""What is in a run's folder: every figure that an amount rests on, as tables that any program opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import BaseModel

from formulary import Indicator, Level, Rulebook, Scheme, bsn
from matcher import Assessment, KeptLines, Outcome, Period, lines_behind

from ..formula_text import safe_text

SCORES, REWARDS, STEPS, PAYEES = "scores.csv", "rewards.csv", "steps.csv", "payees.csv"
LINES, LEFT_OUT, RULINGS = "lines.csv", "left_out.csv", "rulings.csv"
AMOUNTS_MOVED, SCORES_MOVED = "amounts_moved.csv", "scores_moved.csv"
# Whole counts, and the place among peers; what can be worked out from them is left to who reads them.
SCORE_COLUMNS = (
    "period", "level", "id", "indicator", "numerator", "denominator", "excepted", "excluded", "unidentified",
    "percentile", "peers", "formulary_versions", "provisional",
)  # fmt: skip
_LEFT_OUT = (Outcome.EXCLUDED, Outcome.UNIDENTIFIED, Outcome.INVALID)
_PAYEE = pl.concat_str(pl.col("level").cast(pl.String), pl.lit(":"), pl.col("id")).alias("payee")


@dataclass(frozen=True)
class RunTables:
    """The tables of a run by file name, and the published rules that they follow."""

    tables: Mapping[str, pl.DataFrame]
    rules: Mapping[str, Any]

    def owed_cents(self) -> dict[str, int]:
        """Return what each payee is owed, by payee."""
        return dict(self.tables[PAYEES].select("payee", "computed_cents").iter_rows())


def run_tables(assessment: Assessment, rulebook: Rulebook, scheme: Scheme, period: Period) -> RunTables:
    """Return all tables of a run, each sorted on a total key.

    `period` is the stretch of days that is paid for. The scores are those of everybody with the indicators of the
    scheme: a place among peers can be worked out again. The lines are those that these indicators counted.
    """
    assert assessment.rewards is not None  # a scheme was named
    assert assessment.reward_steps is not None
    names = _indicators_of(assessment)
    lines = lines_behind(assessment.lines, rulebook, names, period)
    tables = {
        SCORES: assessment.scores.filter(pl.col("indicator").is_in(names)).select(SCORE_COLUMNS),
        REWARDS: assessment.rewards,
        STEPS: assessment.reward_steps,
        PAYEES: payees_of(assessment.rewards),
        LINES: lines.with_columns(safe_text(bsn.masked(pl.col("label"))).alias("label")),
        LEFT_OUT: _left_out(assessment.lines, period),
    }
    return RunTables(tables, _rules(rulebook, scheme, names))


def _indicators_of(assessment: Assessment) -> list[str]:
    assert assessment.rewards is not None
    return sorted(assessment.rewards["indicator"].drop_nulls().unique())


def provisional_scores(assessment: Assessment) -> int:
    """Return on how many scores a reward rests that are provisional, because deliveries are missing in them."""
    assert assessment.rewards is not None  # a scheme was named
    rewarded = assessment.rewards.select("level", "id", "indicator").drop_nulls()
    return assessment.scores.filter("provisional").join(rewarded, on=["level", "id", "indicator"], how="semi").height


def payees_of(rewards: pl.DataFrame) -> pl.DataFrame:
    """Return what each payee is owed: `payee`, `level`, `id`, `computed_cents`, the sum of the parts."""
    # As wide as can be while adding: an amount that passes 64 bits must fail, not wrap.
    owed = rewards.group_by("level", "id").agg(pl.col("reward_cents").cast(pl.Int128()).sum().alias("computed_cents"))
    named = owed.select(_PAYEE, "level", "id", pl.col("computed_cents").cast(pl.Int64()))
    return named.sort("payee")


def _left_out(lines: KeptLines, period: Period) -> pl.DataFrame:
    """Return how many lines of each prescriber no indicator counts, by outcome and reason."""
    in_period = lines.filter(pl.col("dispensed_on").is_between(period.first, period.last))
    told = in_period.filter(pl.col("outcome").is_in(list(_LEFT_OUT)), pl.col("prescriber_agb").is_not_null())
    key = ["prescriber_agb", "outcome", "reason"]
    return told.group_by(key).agg(pl.len().cast(pl.Int64()).alias("lines")).sort(key, nulls_last=True).collect()


def _rules(rulebook: Rulebook, scheme: Scheme, names: list[str]) -> dict[str, Any]:
    known = {each.id: each for each in rulebook.indicators}
    wanted = {part for name in names for part in _with_parts(known, name)}
    return {
        "scheme": _published(scheme),
        "indicators": [_published(known[name]) for name in sorted(wanted)],
        "region": _published(rulebook.region),
        "names": dict(sorted((rulebook.circumstances.names or {}).items())),
    }


def _published(document: BaseModel) -> dict[str, Any]:
    # What was published, not what it may say one day: a field that a later release adds must not change an old run.
    return document.model_dump(mode="json", exclude_defaults=True)


def _with_parts(known: Mapping[str, Indicator], name: str) -> list[str]:
    return [name, *(part for each in known[name].composite for part in _with_parts(known, each))]


def payee_of(level: Level | str, id_: str) -> str:
    """Return how a payee is named.

    >>> payee_of("prescriber", "01012345")
    'prescriber:01012345'
    """
    return f"{level}:{id_}"
