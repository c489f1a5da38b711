"""What a word means by similarity, and how many of its letters may be wrong."""

from collections.abc import Iterable
from typing import NamedTuple

SHORT, LONG = 5, 8  # letters
_RIVALS_MAX = 8


class Similar(NamedTuple):
    """A known word, and how many letters had to change (0: it was only cut off).

    An empty word says that several known words are as near, which are then its `rivals`; others lie one letter further.
    """

    word: str
    distance: int
    is_cut: bool
    rivals: tuple[str, ...] = ()


def unsure(distance: int, rivals: Iterable[str]) -> Similar:
    """Return that a word may mean any of several known words."""
    return Similar("", distance, False, tuple(sorted(set(rivals)))[:_RIVALS_MAX])


def distance_allowed(length: int) -> int:
    """Return how many wrong letters a word of this length may have: none, one or two."""
    if length < SHORT:
        return 0
    return 1 if length < LONG else 2
