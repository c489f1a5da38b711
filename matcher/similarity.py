"""The one known word that a misspelt or shortened word must mean, or none: the only user of rapidfuzz.

Words are compared as they sound and only with words that begin or end alike, so a word costs microseconds.
Two known words equally near is no answer, and neither is one whose look-alike is near as well.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from .spelling import sound_of

BLOCK = 3  # letters that must be alike at the start or the end
CUT_MIN = 6  # letters of a name that was cut off; fewer begin too many names
_SHORT, _LONG = 5, 9


class Similar(NamedTuple):
    """A known word, and how many letters had to change (0: it was only cut off or spelled otherwise)."""

    word: str
    distance: int
    is_cut: bool


def distance_allowed(length: int) -> int:
    """Return how many wrong letters a word of this length may have: none, one or two."""
    if length < _SHORT:
        return 0
    return 1 if length < _LONG else 2


class NearWords:
    """Known words by what they mean, searched by sound."""

    def __init__(self, words: Mapping[str, str], lookalikes: Iterable[tuple[str, str]]) -> None:
        """Index the words; `words` gives what each means, so that spellings of one thing are no rivals."""
        self._meaning: dict[str, str | None] = {}
        self._word: dict[str, str] = {}
        for word, meaning in words.items():
            sound = sound_of(word)
            self._word.setdefault(sound, word)
            # One sound with two meanings is never an answer.
            self._meaning[sound] = meaning if self._meaning.get(sound, meaning) == meaning else None
        self._starts: defaultdict[str, list[str]] = defaultdict(list)
        self._ends: defaultdict[str, list[str]] = defaultdict(list)
        for sound in self._word:
            if len(sound) >= _SHORT - 1:
                self._starts[sound[:BLOCK]].append(sound)
                self._ends[sound[-BLOCK:]].append(sound)
        self._sorted = sorted(words)
        self._means = dict(words)
        self._twins = self._twins_of(lookalikes)
        self._known: dict[str, Similar | None] = {}

    @staticmethod
    def _twins_of(lookalikes: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
        twins: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in lookalikes:
            twins[sound_of(one)].add(sound_of(other))
            twins[sound_of(other)].add(sound_of(one))
        return dict(twins)

    def same_sound(self, word: str) -> str | None:
        """Return the known word that sounds the same and has one meaning."""
        sound = sound_of(word)
        return self._word[sound] if self._meaning.get(sound) is not None else None

    def nearest(self, word: str) -> Similar | None:
        """Return the one known word this must be, or nothing; the answer is kept for the next time."""
        if word not in self._known:
            self._known[word] = self._cut(word) or self._misspelt(sound_of(word))
        return self._known[word]

    def _cut(self, word: str) -> Similar | None:
        """Return the one meaning of all known words that begin with this one."""
        if len(word) < CUT_MIN:
            return None
        first = bisect_left(self._sorted, word)
        meanings: dict[str, str] = {}
        for known in self._sorted[first : first + 40]:
            if not known.startswith(word):
                break
            meanings.setdefault(self._means[known], known)
        return Similar(meanings.popitem()[1], 0, True) if len(meanings) == 1 else None

    def _misspelt(self, sound: str) -> Similar | None:
        allowed = distance_allowed(len(sound))
        if not allowed:
            return None
        block = [*self._starts.get(sound[:BLOCK], ()), *self._ends.get(sound[-BLOCK:], ())]
        found = extract(sound, block, scorer=OSA.distance, score_cutoff=allowed + 1, limit=8)
        near = {known: distance for known, distance, _ in found}
        if not near:
            return None
        best = min(near, key=near.__getitem__)
        distance = near[best]
        if distance > allowed or self._has_rival(best, distance, near):
            return None
        return Similar(self._word[best], int(distance), False)

    def _has_rival(self, best: str, distance: float, near: Mapping[str, float]) -> bool:
        meaning = self._meaning[best]
        twins = self._twins.get(best, set())
        return meaning is None or any(
            self._meaning[other] != meaning and (near[other] <= distance or other in twins)
            for other in near
            if other != best
        )
