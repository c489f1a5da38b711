"""A simulation in the words of the reader: what a terminal and a page both show."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from formulary import Language, Scheme, Sentences
from matcher import Simulation

from ..report import formats

WORDS = Sentences(__package__)
_LINES = (1, 2, 5)
_BINS = 20  # of the distribution
_MOST = 10  # winners and losers shown


def lines(simulation: Simulation, period: str, present: Scheme | None, language: Language) -> list[str]:
    """Return what a person reads first: cost, winners and losers, edges, luck, and what might be otherwise."""
    told = [WORDS.say("LEAD", language, **_lead(simulation, period, language))]
    if present is not None and (against := versus(simulation)):
        told.append(WORDS.say("AGAINST", language, present=present.id, **_euros(against, language)))
    told += ["", WORDS.say("CLIFFS", language)]
    told += [f"  {WORDS.say('CLIFF', language, **row)}" for row in cliff_rows(simulation)]
    told += ["", WORDS.say("CHANCE", language), f"  {chance_sentence(simulation, language)}"]
    told += ["", WORDS.say("WHAT_IFS", language)]
    return told + [f"  {what_if_sentence(row, language)}" for row in simulation.what_ifs.rows(named=True)]


def _lead(simulation: Simulation, period: str, language: Language) -> Mapping[str, str]:
    totals = simulation.totals
    return {
        "scheme": simulation.scheme.id,
        "period": period,
        "total": formats.euros(simulation.cents, language),
        "payees": formats.whole(totals.height, language),
        "paid": formats.whole(totals.filter(pl.col("cents") > 0).height, language),
    }


def versus(simulation: Simulation) -> dict[str, int]:
    """Return how many win, lose and stay beside the present scheme, with its total; empty where there is none."""
    moved = simulation.totals["difference"].drop_nulls()
    if moved.is_empty():
        return {}
    now = int(simulation.totals["cents_now"].sum())
    counts = {"win": int((moved > 0).sum()), "lose": int((moved < 0).sum()), "same": int((moved == 0).sum())}
    return {"now_cents": now, "difference_cents": simulation.cents - now, **counts}


def extremes(simulation: Simulation) -> dict[str, list[dict[str, Any]]]:
    """Return who wins most and who loses most."""
    moved = simulation.totals.drop_nulls("difference").sort("difference", "period", "id")
    losers = moved.filter(pl.col("difference") < 0).head(_MOST)
    winners = moved.filter(pl.col("difference") > 0).reverse().head(_MOST)
    return {"winners": winners.rows(named=True), "losers": losers.rows(named=True)}


def cliff_rows(simulation: Simulation) -> list[dict[str, Any]]:
    """Return for each part with bands how many payees come in another band with 1, 2 or 5 lines more or fewer."""
    rows = []
    for part in simulation.scheme.parts:
        near = simulation.near.filter(pl.col("part") == part.name)
        if part.bands:
            counted = {
                f"{way}{most}": near.filter(within & (pl.col("lines").abs() <= most)).height
                for way, within in (("up", pl.col("lines") > 0), ("down", pl.col("lines") < 0))
                for most in _LINES
            }
            rows.append({"part": part.name, **counted})
    return rows


def chance_sentence(simulation: Simulation, language: Language) -> str:
    """Return what chance does, in one sentence."""
    chance = simulation.chance
    counts = {
        name: formats.whole(getattr(chance, name), language) for name in ("draws", "wrong", "wrong_low", "wrong_high")
    }
    amounts = {
        name: formats.euros(getattr(chance, name), language) for name in ("over", "under", "total_low", "total_high")
    }
    return WORDS.say("CHANCE_TOLD", language, payees=formats.whole(chance.payees.height, language), **counts, **amounts)


def what_if_sentence(row: Mapping[str, Any], language: Language) -> str:
    """Return what would be otherwise, and what that does."""
    amounts = {name: formats.euros(row[name], language) for name in ("cents", "difference")}
    counts = {name: formats.whole(row[name], language) for name in ("more", "less")}
    return WORDS.say(f"IF_{row['what']}", language) + " " + WORDS.say("IF_TOLD", language, **amounts, **counts)


def bins(simulation: Simulation) -> list[tuple[int, int, int]]:
    """Return the distribution of the amounts: how many payees from each amount up to the next, in cents."""
    amounts = simulation.totals["cents"].to_list()
    most = max([*amounts, 1])
    step = _round_step(-(-most // _BINS))
    counts = [0] * (most // step + 1)
    for cents in amounts:
        counts[max(cents, 0) // step] += 1
    return [(n * step, (n + 1) * step, count) for n, count in enumerate(counts)]


def _round_step(least: int) -> int:
    """Return the next round amount: 1, 2 or 5 with noughts behind it."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if step * times >= least:
                return step * times
        step *= 10


def as_json(simulation: Simulation, period: str, present: Scheme | None) -> dict[str, Any]:
    """Return the whole of it: amounts in cents, chances in thousandths."""
    chance = simulation.chance
    names: Sequence[str] = ("draws", "wrong", "wrong_low", "wrong_high", "over", "under", "total", "total_low",
                            "total_high", "true_total")  # fmt: skip
    return {
        "scheme": simulation.scheme.id,
        "period": period,
        "present": None if present is None else present.id,
        "cents": simulation.cents,
        "versus": versus(simulation),
        "parts": simulation.parts.rows(named=True),
        "cliffs": cliff_rows(simulation),
        "near": simulation.near.rows(named=True),
        "what_ifs": simulation.what_ifs.rows(named=True),
        "chance": {
            **{name: getattr(chance, name) for name in names},
            "parts": chance.parts.rows(named=True),
            "payees": chance.payees.rows(named=True),
        },
        "totals": simulation.totals.rows(named=True),
    }


def _euros(values: Mapping[str, int], language: Language) -> dict[str, str]:
    return {
        name: formats.euros(value, language) if name.endswith("_cents") else formats.whole(value, language)
        for name, value in values.items()
    }
