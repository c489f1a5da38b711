"""Every question that is asked of a rule book, in the order of its files."""

from datetime import date

from ..rulebook import Rulebook
from .indicators import indicator_suspicions
from .market import market_suspicions
from .schemes import scheme_suspicions
from .structure import structure_suspicions
from .suspicion import Suspicion
from .versions import version_suspicions


def lint(rulebook: Rulebook, today: date) -> list[Suspicion]:
    """Return every suspicion about a rule book; `today` decides what is overdue, retired or off the market.

    What can no longer be mended, a review or a product of a version that has ended, is not told.
    """
    return [
        *version_suspicions(rulebook, today),
        *market_suspicions(rulebook, today),
        *indicator_suspicions(rulebook, today),
        *scheme_suspicions(rulebook),
        *structure_suspicions(rulebook),
    ]
