"""A draft scheme on past scores, beside the present one: what it costs, who wins and loses, and what could move it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from formulary import Scheme, TakingPart

from ..reward.facts import RewardFacts
from ..reward.owed import reward_prescribers, worked_out
from ..tables import AdherenceScores, Rewarding
from .cliffs import edges
from .luck import Chance, Luck

_PAYEE = ["period", "level", "id"]
_DEVIANT = pl.col("denominator") - pl.col("numerator")
_UNKNOWN = pl.col("unidentified").fill_null(0)

# What might be otherwise with the lines: the numerator and denominator that each score would then have.
WHAT_IFS: Mapping[str, tuple[pl.Expr, pl.Expr]] = {
    "UNIDENTIFIED_DEVIATE": (pl.col("numerator"), pl.col("denominator") + _UNKNOWN),
    "UNIDENTIFIED_CONFORM": (pl.col("numerator") + _UNKNOWN, pl.col("denominator") + _UNKNOWN),
    "EXCEPTIONS_DOUBLED": (
        pl.col("numerator"),
        pl.col("denominator") - pl.min_horizontal(pl.col("excepted").fill_null(0), _DEVIANT),
    ),
    "DENOMINATORS_SHRUNK": (
        pl.col("numerator"),
        pl.col("denominator") - pl.min_horizontal(pl.col("denominator") // 10, _DEVIANT),
    ),
}


@dataclass(frozen=True)
class Simulation:
    """What a draft scheme would have done.

    `totals` has a row per payee: `cents` by the draft, `cents_now` by the present scheme (none where there is none, or
    where it does not pay this payee) and the `difference`. `parts` has a row per part with its `cents` and how many
    payees are `paid`; `near` who is within a few lines of another band (`NEAR`); `what_ifs` what each of `WHAT_IFS`
    would do: `what`, `cents` in all, the `difference`, and how many payees get `more` and `less`.
    """

    scheme: Scheme
    rewarding: Rewarding
    totals: pl.DataFrame
    parts: pl.DataFrame
    near: pl.DataFrame
    what_ifs: pl.DataFrame
    chance: Chance

    @property
    def cents(self) -> int:
        """Return what the draft pays in all."""
        return int(self.totals["cents"].sum())


def simulate(
    scores: AdherenceScores, schemes: tuple[Scheme, Scheme | None], facts: RewardFacts, luck: Luck, draws: int
) -> Simulation:
    """Return what a draft would have paid for these scores, beside the present scheme where there is one.

    `schemes` are the draft and the present one. The draft is taken to be in force on all days; who takes part in the
    present scheme takes part in the draft, where nobody is listed for it. `luck` gives the draws (`played`).
    """
    from .chance import played  # numpy takes a tenth of a second, that no other command should wait for

    draft, present = always(schemes[0]), schemes[1]
    known = _with_participants(facts, draft, present)
    rewarding = reward_prescribers(scores, draft, known)
    totals = _beside(
        _totals(rewarding), None if present is None else _totals(reward_prescribers(scores, present, facts))
    )
    frames = worked_out(scores, draft, known)[1]
    return Simulation(
        scheme=draft,
        rewarding=rewarding,
        totals=totals,
        parts=_parts(rewarding),
        near=edges(frames, draft, draft.point_cents or 0),
        what_ifs=_what_ifs(scores, draft, known, totals),
        chance=played(frames, draft, luck, draws),
    )


def always(scheme: Scheme) -> Scheme:
    """Return a scheme as if it were in force on every day, and held nothing back."""
    return scheme.model_copy(update={"in_force_from": date.min, "in_force_until": None, "hold_days": None})


def _with_participants(facts: RewardFacts, draft: Scheme, present: Scheme | None) -> RewardFacts:
    listed = facts.participation
    is_unlisted = draft.taking_part is not TakingPart.ALL and draft.id not in listed["scheme"]
    if present is None or not is_unlisted:
        return facts
    own = listed.filter(pl.col("scheme") == present.id).with_columns(pl.lit(draft.id).alias("scheme"))
    return replace(facts, participation=pl.concat([listed, own]))


def _totals(rewarding: Rewarding) -> pl.DataFrame:
    return rewarding.rewards.group_by(_PAYEE).agg(pl.col("reward_cents").sum().alias("cents")).sort(_PAYEE)


def _beside(draft: pl.DataFrame, present: pl.DataFrame | None) -> pl.DataFrame:
    """Return the totals side by side; a payee of only one of the two earns nothing by the other."""
    if present is None or present["level"].unique().to_list() != draft["level"].unique().to_list():
        nothing = pl.lit(None, pl.Int64())
        return draft.with_columns(cents_now=nothing, difference=nothing)
    joined = draft.join(present.rename({"cents": "cents_now"}), on=_PAYEE, how="full", coalesce=True)
    filled = joined.with_columns(pl.col("cents", "cents_now").fill_null(0))
    return filled.with_columns(difference=pl.col("cents") - pl.col("cents_now")).sort(_PAYEE)


def _parts(rewarding: Rewarding) -> pl.DataFrame:
    grouped = rewarding.rewards.group_by("part", maintain_order=True).agg(
        pl.col("indicator").first(),
        pl.col("reward_cents").sum().alias("cents"),
        (pl.col("reward_cents") != 0).sum().cast(pl.Int64).alias("paid"),
        pl.len().cast(pl.Int64).alias("payees"),
    )
    return grouped.sort("part")


def _what_ifs(scores: AdherenceScores, draft: Scheme, facts: RewardFacts, totals: pl.DataFrame) -> pl.DataFrame:
    now = totals.select(*_PAYEE, was="cents")
    rows = []
    for what, (numerator, denominator) in WHAT_IFS.items():
        otherwise = AdherenceScores(scores.with_columns(numerator=numerator, denominator=denominator))
        paid = _totals(reward_prescribers(otherwise, draft, facts))
        both = now.join(paid, on=_PAYEE, how="full", coalesce=True).with_columns(pl.col("was", "cents").fill_null(0))
        moved = both.with_columns(difference=pl.col("cents") - pl.col("was"))["difference"]
        rows.append((what, int(both["cents"].sum()), int(moved.sum()), int((moved > 0).sum()), int((moved < 0).sum())))
    names = {"what": pl.String(), **dict.fromkeys(("cents", "difference", "more", "less"), pl.Int64())}
    return pl.DataFrame(rows, schema=names, orient="row")
