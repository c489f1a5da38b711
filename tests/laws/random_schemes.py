"""Random schemes of every block, and random counts for a handful of payees."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import strategies as st

from formulary import ATTENDANCE, BASELINES, ENROLMENT, MEMBERSHIPS, Scheme
from matcher import AdherenceScores
from matcher.reward import RewardFacts
from tests.cases.reward_case import scheme_of, scores_of
from tests.laws.plain_rewards import Known

IDS = ("A", "B", "C", "D", "E", "F")
INDICATORS = ("X", "Y")
CENTS = st.integers(0, 100_000)


@st.composite
def earned(draw: st.DrawFn, *, in_points: bool) -> dict[str, int]:
    """Return an amount, or points."""
    return {"points": draw(st.integers(0, 30))} if in_points else {"reward_cents": draw(CENTS)}


@st.composite
def bands(draw: st.DrawFn, *, in_points: bool) -> list[dict[str, Any]]:
    """Return up to three bands, the higher never paying less."""
    percents = sorted(draw(st.lists(st.integers(1, 100), min_size=1, max_size=3, unique=True)))
    amounts = sorted((draw(earned(in_points=in_points)) for _ in percents), key=lambda each: next(iter(each.values())))
    return [{"name": str(p), "threshold_percent": p, **each} for p, each in zip(percents, amounts, strict=True)]


@st.composite
def curves(draw: st.DrawFn, *, in_points: bool, is_fixed: bool) -> dict[str, Any]:
    """Return what a part earns."""
    if is_fixed:
        return {"fixed": draw(earned(in_points=in_points))}
    if draw(st.booleans()):
        return {"bands": draw(bands(in_points=in_points))}
    lower = draw(st.integers(0, 99))
    scale = {"lower_percent": lower, "upper_percent": draw(st.integers(lower + 1, 100))}
    return {"scale": {**scale, **draw(earned(in_points=in_points))}}


@st.composite
def parts(draw: st.DrawFn, name: str, *, in_points: bool) -> dict[str, Any]:
    """Return one part; what it measures, what it asks and what it earns."""
    measure = draw(
        st.sampled_from(["RATE", "RATE", "RATE", "PERCENTILE", "DECILE", "IMPROVEMENT", "ATTENDANCE", "NOTHING"])
    )
    part: dict[str, Any] = {"part": name, "measure": measure}
    if measure == "ATTENDANCE":
        part["meetings"] = draw(st.integers(1, 6))
    elif measure != "NOTHING":
        part |= {"indicator": draw(st.sampled_from(INDICATORS)), "denominator_min": draw(st.integers(1, 20))}
        if draw(st.integers(0, 3)) == 0:
            part |= {"reliability_min_percent": draw(st.integers(1, 99)), "reliability_lines": draw(st.integers(1, 50))}
    if measure == "PERCENTILE":
        part["peers_min"] = draw(st.integers(2, 6))
    if measure == "DECILE":
        part["national_cuts_permille"] = sorted(draw(st.lists(st.integers(1, 999), min_size=9, max_size=9)))
    if measure == "IMPROVEMENT":
        part["baseline"] = "2025"
    if draw(st.integers(0, 3)) == 0:
        part["meetings_min"] = draw(st.integers(1, 4))
    part |= draw(curves(in_points=in_points, is_fixed=measure == "NOTHING"))
    if measure == "RATE":
        part["certainty"] = draw(
            st.sampled_from(["POINT", "POINT", "LOWER", "PROBABILITY"][: 4 if "bands" in part else 3])
        )
        part["confidence_percent"] = draw(st.sampled_from([80, 90, 95, 99]))
        part["probability_min_permille"] = draw(st.integers(500, 999))
    return part


@st.composite
def schemes(draw: st.DrawFn) -> dict[str, Any]:
    """Return a scheme of prescribers, without a fault in it."""
    in_points = draw(st.sampled_from(["", "point_cents", "budget_cents"]))
    number = draw(st.integers(1, 4))
    # At least one part in points where points have a value, and none where they have not.
    pointed = [bool(in_points) and (n == 0 or draw(st.booleans())) for n in range(number)]
    listed = [draw(parts(f"P{n}", in_points=each)) for n, each in enumerate(pointed)]
    if draw(st.booleans()):
        shares = [draw(st.integers(1, 9)) for _ in listed]
        percents = [max(1, 100 * each // sum(shares)) for each in shares]
        percents[0] += 100 - sum(percents)
        listed = [{**part, "weight_percent": percent} for part, percent in zip(listed, percents, strict=True)]
    scheme: dict[str, Any] = {"id": "S", "name": "S", "source": "random", "in_force_from": date(2026, 1, 1)}
    scheme |= {"parts": listed, **({in_points: draw(st.integers(1, 1_000_000))} if in_points else {})}
    for kind in ("", "practice_", "scheme_"):
        floor, cap = sorted([draw(st.integers(1, 150_000)), draw(st.integers(1, 400_000))])
        scheme |= {f"{kind}floor_cents": floor} if draw(st.integers(0, 4)) == 0 else {}
        scheme |= {f"{kind}cap_cents": cap} if draw(st.integers(0, 4)) == 0 else {}
    return scheme


@st.composite
def counts(draw: st.DrawFn, most: int = 60) -> tuple[int, int]:
    """Return a numerator and a denominator."""
    d = draw(st.integers(0, most))
    return draw(st.integers(0, d)), d


@st.composite
def payees(draw: st.DrawFn) -> dict[str, Known]:
    """Return what is known of a handful of payees."""
    ids = IDS[: draw(st.integers(1, len(IDS)))]
    return {
        id_: Known(
            counts={name: draw(counts()) for name in INDICATORS},
            baselines={name: pair for name in INDICATORS if (pair := draw(counts()))[1]},
            practice=draw(st.sampled_from([None, "P", "Q"])),
            meetings=draw(st.integers(0, 6)),
        )
        for id_ in ids
    }


def written(scheme: dict[str, Any]) -> Scheme:
    """Return the scheme as the engine takes it."""
    return scheme_of(scheme)


def scores_and_facts(known: dict[str, Known]) -> tuple[AdherenceScores, RewardFacts]:
    """Return what is known as the engine takes it."""
    scores = scores_of(
        [{"id": id_, "indicator": name, "numerator": str(n), "denominator": str(d)}
         for id_, each in known.items() for name, (n, d) in each.counts.items()])  # fmt: skip
    memberships = [("prescriber", id_, each.practice, date(2020, 1, 1), None)
                   for id_, each in known.items() if each.practice]  # fmt: skip
    present = [
        (date(2026, month, 10), "FTO", id_) for id_, each in known.items() for month in range(1, each.meetings + 1)
    ]
    baselines = [("2025", "prescriber", id_, name, n, d)
                 for id_, each in known.items() for name, (n, d) in each.baselines.items()]  # fmt: skip
    return scores, RewardFacts(
        memberships=pl.DataFrame(memberships, schema=MEMBERSHIPS, orient="row"),
        attendance=pl.DataFrame(present, schema=ATTENDANCE, orient="row"),
        baselines=pl.DataFrame(baselines, schema=BASELINES, orient="row"),
        enrolment=ENROLMENT.to_frame(),
    )
