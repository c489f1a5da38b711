"""Whose amount and whose score moves in a correction: everybody is named, nobody is left to find out later."""

from collections.abc import Mapping
from typing import Any

from formulary import Language, Sentences

from ..report.formats import euros, tenths, whole
from ..runs.contents import AMOUNTS_MOVED, SCORES_MOVED
from ..runs.folder import Run

_SENTENCES = Sentences("service")
_SIDES = ("before", "after")


def moved(run: Run) -> dict[str, Any]:
    """Return `amounts_moved` and `scores_moved` of a correction, for machines; nothing of another run."""
    if not run.about["corrects"]:
        return {}
    return {"amounts_moved": run.table(AMOUNTS_MOVED).rows(named=True),
            "scores_moved": run.table(SCORES_MOVED).rows(named=True)}  # fmt: skip


def moved_lines(run: Run, language: Language) -> list[str]:
    """Return a sentence for everybody whose amount or score moves against the corrected run."""
    found = moved(run)
    if not found:
        return []
    amounts = [
        _SENTENCES.say("AMOUNT_MOVED", language, payee=row["payee"], **{
            side: euros(int(row[f"{side}_cents"]), language) for side in (*_SIDES, "difference")
        })
        for row in found["amounts_moved"]
    ]  # fmt: skip
    scores = [_SENTENCES.say("SCORE_MOVED", language, **_written(row, language)) for row in found["scores_moved"]]
    head = _SENTENCES.say("MOVED", language, run=run.about["corrects"][:12], n=len(amounts), scores=len(scores))
    return [head, *amounts, *scores]


def _written(row: Mapping[str, str | None], language: Language) -> dict[str, str]:
    """Return a row as people read it: counts with marks, places with one decimal, a dash for what is not there."""
    counted = [f"{name}_{side}" for name in ("numerator", "denominator") for side in _SIDES]
    written = {name: whole(int(row[name] or 0), language) for name in counted if row[name]}
    written |= {
        name: tenths(value, language) for name in ("percentile_before", "percentile_after") if (value := row[name])
    }
    return {name: written.get(name, value or "–") for name, value in row.items()}
