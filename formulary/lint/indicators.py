"""Suspicions about indicators: overdue reviews, and sums of things that do not add up."""

from collections.abc import Iterator
from datetime import date

from ..documents import Indicator
from ..rulebook import Rulebook
from .suspicion import Suspicion


def indicator_suspicions(rulebook: Rulebook, today: date) -> Iterator[Suspicion]:
    """Give what is suspicious about each indicator by itself and about its parts."""
    known = {indicator.id: indicator for indicator in rulebook.indicators}
    for indicator in rulebook.indicators:
        if indicator.review_on is not None and indicator.review_on < today:
            yield Suspicion("REVIEW_OVERDUE", _place(indicator), {"day": indicator.review_on})
        yield from _mixed_parts(indicator, [known[part] for part in indicator.composite])


def _mixed_parts(indicator: Indicator, parts: list[Indicator]) -> Iterator[Suspicion]:
    """Give a composite whose parts count different things, or of which one is better high and another low."""
    if not parts:
        return
    counted = {"unit": [*parts, indicator], "direction": [*parts, indicator]}
    for name, members in counted.items():
        said = sorted({str(getattr(each, name)) for each in members})
        if len(said) > 1:
            values = {"parts": ", ".join(part.id for part in parts), "said": ", ".join(said)}
            yield Suspicion(f"COMPOSITE_MIXES_{name.upper()}S", _place(indicator), values)


def _place(indicator: Indicator) -> str:
    return f"indicators.toml, {indicator.id}"
