"""A scheme that cannot be worked out is refused with everything that is missing, and pays nobody in part."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from formulary import ENROLMENT, MEMBERSHIPS, PARTICIPATION, Language, RulesInvalid
from matcher import AdherenceScores
from matcher.reward import RewardFacts, reward_prescribers
from tests.cases.reward_case import scheme_of, scores_of

TARIFF = {"part": "tarief", "measure": "NOTHING", "per": "PATIENT", "fixed": {"reward_cents": 37}}
SCORES = scores_of([{"level": "practice", "id": "01050011", "indicator": "X", "numerator": "1", "denominator": "2"}])


def scheme(**more: Any) -> dict[str, Any]:
    """Return a scheme that pays practices a tariff per patient over 2026."""
    head = {"id": "2026", "name": "R", "source": "t", "in_force_from": date(2026, 1, 1),
            "in_force_until": date(2026, 12, 31)}  # fmt: skip
    return {**head, "payee": "practice", "parts": [TARIFF], **more}


def enrolled(*quarters: int) -> pl.DataFrame:
    """Return 1000 patients of the practice in these quarters."""
    rows = [("01050011", f"2026-Q{q}", date(2026, 3 * q - 2, 1), date(2026, 3 * q, 28), 1000) for q in quarters]
    return pl.DataFrame(rows, schema=ENROLMENT, orient="row")


def merged(until: date) -> pl.DataFrame:
    """Return the structure of a practice that ended."""
    rows = [("practice", "01050011", "FTO1", date(2020, 1, 1), until)]
    return pl.DataFrame(rows, schema=MEMBERSHIPS, orient="row")


def refused(facts: RewardFacts, **more: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """Return what is told of why the scheme cannot be worked out."""
    with pytest.raises(RulesInvalid) as found:
        reward_prescribers(SCORES, scheme_of(scheme(**more)), facts)
    assert all(found.value.sentence(language) for language in Language)
    return [(fault.code, fault.file, fault.values) for fault in found.value.faults]


def test_every_quarter_without_enrolment_is_named() -> None:
    missing = [(code, values["quarter"]) for code, _, values in refused(RewardFacts(enrolment=enrolled(1, 4)))]
    assert missing == [("ENROLMENT_MISSING", "2026-Q2"), ("ENROLMENT_MISSING", "2026-Q3")]


def test_a_practice_that_merged_within_the_period_is_refused() -> None:
    facts = RewardFacts(enrolment=enrolled(1, 2, 3, 4), memberships=merged(date(2026, 6, 30)))
    assert refused(facts) == [
        ("PRACTICE_ENDED", "participation.csv", {"practice": "01050011", "day": date(2026, 6, 30)})]  # fmt: skip


def test_a_practice_that_says_until_when_it_took_part_is_paid_for_that() -> None:
    stay = [("2026", "01050011", date(2026, 1, 1), date(2026, 6, 30))]
    facts = RewardFacts(enrolment=enrolled(1, 2), memberships=merged(date(2026, 6, 30)),
                        participation=pl.DataFrame(stay, schema=PARTICIPATION, orient="row"))  # fmt: skip
    found = reward_prescribers(SCORES, scheme_of(scheme(taking_part="BY_DAY")), facts)
    assert found.rewards["reward_cents"].to_list() == [37 * 2000]


def test_without_an_end_quarters_count_as_far_as_they_are_known() -> None:
    always = scheme(in_force_from=date.min, in_force_until=None)
    scores = AdherenceScores(SCORES.with_columns(pl.lit("ALL").alias("period")))
    found = reward_prescribers(scores, scheme_of(always), RewardFacts(enrolment=enrolled(1, 2, 3)))
    assert found.rewards["reward_cents"].to_list() == [37 * 3000]


def test_each_quarter_that_is_asked_for_is_paid_by_its_own_patients() -> None:
    scores = pl.concat([SCORES.with_columns(pl.lit(f"2026-Q{q}").alias("period")) for q in (1, 2)])
    facts = RewardFacts(enrolment=enrolled(1, 2))
    found = reward_prescribers(AdherenceScores(scores), scheme_of(scheme()), facts)
    assert found.rewards.select("period", "reward_cents").rows() == [("2026-Q1", 37_000), ("2026-Q2", 37_000)]


def test_an_amount_that_64_bits_cannot_hold_raises() -> None:
    rows = [("01050011", "2026-Q1", date(2026, 1, 1), date(2026, 3, 31), 10**9)]
    facts = RewardFacts(enrolment=pl.DataFrame(rows, schema=ENROLMENT, orient="row"))
    huge = {**TARIFF, "fixed": {"reward_cents": 10**12}}
    first = AdherenceScores(SCORES.with_columns(pl.lit("2026-Q1").alias("period")))
    with pytest.raises(pl.exceptions.InvalidOperationError):
        reward_prescribers(first, scheme_of(scheme(parts=[huge])), facts)


@pytest.mark.parametrize(("hold_days", "owed"), [(90, [100, -100, 100]), (None, [100, 100])])
def test_who_misses_deliveries_is_held_where_the_scheme_holds(hold_days: int | None, owed: list[int]) -> None:
    rows = [{"id": id_, "indicator": "X", "numerator": "9", "denominator": "10"} for id_ in ("A", "B")]
    scores = scores_of(rows).with_columns(pl.Series("provisional", [True, False]))
    paid = {"part": "P", "indicator": "X", "denominator_min": 1,
            "bands": [{"name": "b", "threshold_percent": 50, "reward_cents": 100}]}  # fmt: skip
    held = scheme_of(scheme(payee="prescriber", parts=[paid], hold_days=hold_days))
    assert reward_prescribers(AdherenceScores(scores), held).rewards["reward_cents"].to_list() == owed
