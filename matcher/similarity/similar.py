"""What a word means by similarity, and how many of its letters may be wrong."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

SHORT, LONG = 5, 8  # letters
_RIVALS_MAX = 8


class Similar(NamedTuple):
    """A known word, and how many letters had to change (0: it was only cut off).

    An empty word says that several known words are as near, which are then its `rivals`; others lie one letter further.
    The first `open_rivals` of them are the nearest, between which strength and form may decide; 0: nothing may.
    """

    word: str
    distance: int
    is_cut: bool
    rivals: tuple[str, ...] = ()
    open_rivals: int = 0


def unsure(distance: int, rivals: Iterable[str]) -> Similar:
    """Return that a word may mean any of several known words."""
    return Similar("", distance, False, tuple(sorted(set(rivals)))[:_RIVALS_MAX])


def tied(ordered: Sequence[tuple[int, str]]) -> Similar:
    """Return that a word may mean any of these, nearest first; each stands behind how many letters it is away."""
    distance = ordered[0][0]
    if len(ordered) > _RIVALS_MAX:
        return unsure(distance, [word for _, word in ordered])
    nearest = sum(far == distance for far, _ in ordered)
    return Similar("", distance, False, tuple([word for _, word in ordered]), nearest)


def distance_allowed(length: int) -> int:
    """Return how many wrong letters a word of this length may have: none, one or two."""
    if length < SHORT:
        return 0
    return 1 if length < LONG else 2
