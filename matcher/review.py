"""Labels that identification is unsure of: the queue by what hangs on them, and how far two people agree on them."""

import polars as pl

from .aliases import KEY, PERSON, STANDING, WHAT, latest_decisions
from .enumerations import Outcome
from .identifier import Identifier
from .label import clean_texts

_SCORED = (Outcome.ADHERENT, Outcome.NON_ADHERENT, Outcome.UNIDENTIFIED)
REVIEW_QUEUE = pl.Schema(
    {
        "label": pl.String(),
        "lines": pl.Int64(),
        "prescribers": pl.Int64(),
        "score_points": pl.Float64(),
        "cost_cents": pl.Int64(),
        "decision": pl.String(),
        "reason": pl.String(),
        "matched_atc": pl.String(),
        "matched_product": pl.String(),
        "runner_up": pl.String(),
        "runner_up_score": pl.Float64(),
        "runner_up_product": pl.String(),
        "state": pl.String(),
    }
)
AGREEMENT = pl.Schema(
    {
        "one": pl.String(),
        "other": pl.String(),
        "labels": pl.Int64(),
        "agreed": pl.Int64(),
        "agreement": pl.Float64(),
        "kappa": pl.Float64(),
    }
)


def review_queue(lines: pl.LazyFrame, identifier: Identifier, standings: pl.DataFrame) -> pl.DataFrame:
    """Return the labels that a person should decide (`REVIEW_QUEUE`), those that most hangs on first.

    `lines` are judged lines; `score_points` is the most that one prescriber's score can move by this label.
    Labels with a standing decision are left out; disputed and re-opened ones come back.
    """
    effects = _effects(lines)
    settled = standings.filter(pl.col("state") == STANDING)[KEY].implode()
    open_labels = effects.filter(~clean_texts(effects["label"]).is_in(settled))
    answers = identifier.identify_frame(open_labels.select("label"))
    states = clean_texts(open_labels["label"]).replace_strict(
        standings[KEY], standings["state"], default="NEW", return_dtype=pl.String()
    )
    told = answers.select("matched_atc", "matched_product", "runner_up", "runner_up_score", "runner_up_product")
    queue = open_labels.hstack(told).with_columns(state=states)
    ordered = queue.sort("lines", "cost_cents", "label", descending=[True, True, False], nulls_last=True)
    return ordered.select(pl.col(name).cast(dtype) for name, dtype in REVIEW_QUEUE.items())


def _effects(lines: pl.LazyFrame) -> pl.DataFrame:
    """Return per unsure label its lines, prescribers, money, and the largest share of one prescriber's lines."""
    scored = lines.filter(pl.col("outcome").is_in(_SCORED))
    totals = scored.group_by("prescriber_agb").agg(total=pl.len())
    unsure = scored.filter(pl.col("outcome") == Outcome.UNIDENTIFIED, pl.col("label").is_not_null())
    weighed = (
        unsure.group_by("label", "prescriber_agb")
        .agg(
            n=pl.len(),
            cents=pl.col("cost_cents").sum(),
            decision=pl.col("decision").first(),
            reason=pl.col("match_reason").first(),
        )
        .join(totals, on="prescriber_agb", how="left", nulls_equal=True)
    )
    return (
        weighed.sort("label", "prescriber_agb")
        .group_by("label", maintain_order=True)
        .agg(
            lines=pl.col("n").sum(),
            prescribers=pl.len(),
            score_points=(100 * pl.col("n") / pl.col("total")).max().round(2),
            cost_cents=pl.col("cents").sum(),
            decision=pl.col("decision").first(),
            reason=pl.col("reason").first(),
        )
        .collect()
    )


def agreement(aliases: pl.DataFrame) -> pl.DataFrame:
    """Return for each two people the labels both decided, how often they agreed, and Cohen's kappa (`AGREEMENT`).

    Kappa is what they agreed on beyond chance; empty where both always said the same one thing. Source: Cohen, 1960.
    """
    latest = latest_decisions(aliases).select(KEY, PERSON, WHAT)
    pairs = latest.join(latest, on=KEY, suffix="_other").filter(pl.col(PERSON) < pl.col(f"{PERSON}_other"))
    people = pairs.partition_by(PERSON, f"{PERSON}_other", as_dict=True)
    rows = [(*pair, *_agreed(both[WHAT], both[f"{WHAT}_other"])) for pair, both in sorted(people.items())]
    return pl.DataFrame(rows, schema=AGREEMENT, orient="row")


def _agreed(one: pl.Series, other: pl.Series) -> tuple[int, int, float, float | None]:
    labels, agreed = len(one), int((one == other).sum())
    first, second = (dict(said.value_counts().iter_rows()) for said in (one, other))
    # Whole numbers until the last division: agreement by chance is exact.
    by_chance = sum(count * second.get(what, 0) for what, count in first.items())
    kappa = None if by_chance == labels**2 else (agreed * labels - by_chance) / (labels**2 - by_chance)
    return labels, agreed, agreed / labels, kappa
