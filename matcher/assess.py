"""The whole path of a dispensing line, one stop under the other; only this room knows the order."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from formulary import Rulebook, Scheme, SuccessionKind, current_codes

from .attribute import Excuses, attribute_deviations
from .clean import clean_lines
from .completeness import COMPLETENESS, completeness_of, with_provisional
from .count import count_outcomes
from .facts import LineFacts, kept_with_facts
from .frames import PRESCRIPTIONS, Cleaned, JudgedLines, KeptLines, Prescriptions, RawLines, TracedLines
from .identifier import Identifier, identifier
from .identify import Identified, identify_products
from .judge import Judged, judge_lines
from .owners import attribution_of, by_owner, with_own_deviations
from .period import Period
from .prescribed import as_prescribed, pair_prescribed, untraced
from .prescriptions import mark_further_lines
from .reward import RewardFacts, reward_prescribers
from .score import score_adherence
from .tables import MONTHLY_COUNTS, AdherenceScores, MonthlyCounts, OutcomeCounts, Rewards, RewardSteps
from .trace import History, trace_starts
from .troubled import Troubled
from .uphold import uphold_disputes


@dataclass(frozen=True)
class Workplace:
    """What an assessment works with: the key of the pseudonyms, a file for the lines, a warm identifier.

    Without `lines_file` the lines are kept in memory, which is right for thousands of lines, not for millions.
    `rulings` (`RULINGS`) are what upheld disputes made of their lines. `as_of` is the day on which a scheme is worked
    out: one that holds provisional figures looks at it. `prescriptions` are lines of what was prescribed, to lay beside
    what was dispensed; they are in no count.
    """

    key: bytes
    lines_file: Path | None = None
    identifier: Identifier | None = None
    rulings: pl.DataFrame | None = None
    as_of: date | None = None
    prescriptions: RawLines | None = None


@dataclass(frozen=True)
class Assessment:
    """What became of the lines: each line (`KEPT_LINES`, in the order read), the counts, scores and rewards.

    `reward_steps` is the arithmetic of the rewards; both are missing where no scheme was named. `months` is empty where
    a period was asked for. `prescriptions` are those of the file of prescriptions, where there was one;
    `completeness` is what each pharmacy delivered each month; `choices` say what each `choice_no` of the lines is.
    """

    lines: KeptLines
    facts: LineFacts
    troubled: Troubled
    counts: OutcomeCounts
    scores: AdherenceScores
    rewards: Rewards | None
    reward_steps: RewardSteps | None = None
    months: MonthlyCounts = field(default_factory=lambda: MonthlyCounts(MONTHLY_COUNTS.to_frame()))
    prescriptions: Prescriptions = field(default_factory=lambda: Prescriptions(PRESCRIPTIONS.to_frame()))
    completeness: pl.DataFrame = field(default_factory=COMPLETENESS.to_frame)
    choices: pl.DataFrame = field(default_factory=pl.DataFrame)


def assess(
    raw: RawLines, rulebook: Rulebook, period: Period | None, workplace: Workplace, scheme: Scheme | None = None
) -> Assessment:
    """Take dispensing lines through every stop; none is dropped on the way.

    Without a period every calendar quarter in the lines is scored; without a scheme nothing is rewarded. With one,
    only the days on which it is in force are scored, and it pays for no others.
    """
    region, circumstances = rulebook.region, rulebook.circumstances
    known = workplace.identifier or identifier(rulebook.catalogue, aliases=circumstances.aliases)
    current = current_codes(circumstances.succession, SuccessionKind.ATC)

    def _judged(identified: Identified, traced: TracedLines) -> Judged:
        return judge_lines(traced, identified.products, rulebook.segments, rulebook.entries)

    def _judged_alone(clean: Cleaned, *, is_netted: bool = True) -> JudgedLines:
        identified = identify_products(*clean, known, current)
        return _judged(identified, untraced(identified.lines, is_netted=is_netted)).lines

    clean = clean_lines(raw, workplace.key)
    identified = identify_products(*clean, known, current)
    history = History(region.lookback_days, region.first_issue_flag, rulebook.start_levels)
    judged = _judged(identified, trace_starts(identified.lines, history))
    told = as_prescribed(clean.lines)
    written = workplace.prescriptions
    paired, prescriptions = pair_prescribed(
        judged.lines,
        # Lines were netted among all lines; among those alone that say what was prescribed a credit could err.
        None if told is None else (told[0], _judged_alone(told[1], is_netted=False)),
        None if written is None else _judged_alone(clean_lines(written, workplace.key)),
        region.prescribed_days,
    )
    attributed = attribute_deviations(paired, Excuses.of(rulebook))
    ruled = attributed if workplace.rulings is None else uphold_disputes(attributed, workplace.rulings)
    further = mark_further_lines(ruled, is_asked=rulebook.counts_prescriptions)
    kept, facts, troubled = kept_with_facts(further, judged.choices, workplace.lines_file)
    paid = None if scheme is None or period is None else period.within(scheme.in_force_from, scheme.in_force_until)
    counted = count_outcomes(facts, judged.choices, rulebook, paid or period)
    completeness = completeness_of(facts, region.complete_percent)
    scored = score_adherence(counted.outcomes, rulebook)
    scores = with_provisional(scored, facts, completeness, rulebook)
    paid_scores = scores if paid else AdherenceScores(scores.head(0))
    beside = (counted.months, prescriptions, completeness, judged.choices)
    if scheme is None:
        return Assessment(kept, facts, troubled, counted.outcomes, scores, None, None, *beside)
    rewarding = reward_prescribers(paid_scores, scheme, RewardFacts.of(circumstances, workplace.as_of))
    return Assessment(kept, facts, troubled, counted.outcomes, scores, rewarding.rewards, rewarding.steps, *beside)


def whose_deviations(assessment: Assessment, rulebook: Rulebook, period: Period | None) -> pl.DataFrame:
    """Return whose the deviations were, and the scores with and without them (`ATTRIBUTION`); `period` as assessed."""
    limited = with_own_deviations(rulebook)
    others, choices = by_owner(assessment.facts, assessment.choices)
    counted = count_outcomes(others, choices, limited, period)
    return attribution_of(counted.outcomes, assessment.scores, limited)
