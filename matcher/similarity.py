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
_SHORT, _LONG = 5, 8


class Similar(NamedTuple):
    """A known word, and how many letters had to change (0: it was only cut off).

    An empty word says that several known words are as near, which are then its `rivals`; others lie one letter further.
    """

    word: str
    distance: int
    is_cut: bool
    rivals: tuple[str, ...] = ()


_RIVALS_MAX = 8


def unsure(distance: int, rivals: Iterable[str]) -> Similar:
    """Return that a word may mean any of several known words."""
    return Similar("", distance, False, tuple(sorted(set(rivals)))[:_RIVALS_MAX])


def distance_allowed(length: int) -> int:
    """Return how many wrong letters a word of this length may have: none, one or two."""
    if length < _SHORT:
        return 0
    return 1 if length < _LONG else 2


class NearWords:
    """Known words by what they mean, searched as written and as they sound."""

    def __init__(self, words: Mapping[str, str], lookalikes: Iterable[tuple[str, str]]) -> None:
        """Index the words; `words` gives what each means, so that spellings of one thing are no rivals."""
        self._meaning = dict(words)
        self._by_sound: dict[str, str | None] = {}
        for word, meaning in words.items():
            known = self._by_sound.setdefault(sound_of(word), word)
            # One sound with two meanings is never an answer.
            if known is not None and words[known] != meaning:
                self._by_sound[sound_of(word)] = None
        self._blocks = _blocks_of((*words, *(sound for sound, word in self._by_sound.items() if word)))
        self._shortened = _shortened(words)
        self._sorted = sorted(words)
        self._twins = self._twins_of(lookalikes)
        self._known: dict[str, Similar | None] = {}

    def _twins_of(self, lookalikes: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
        twins: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in lookalikes:
            if one in self._meaning and other in self._meaning:
                twins[self._meaning[one]].add(other)
                twins[self._meaning[other]].add(one)
        return dict(twins)

    def same_sound(self, word: str) -> str | None:
        """Return the known word that sounds the same and has one meaning."""
        return self._by_sound.get(sound_of(word))

    def nearest(self, word: str) -> Similar | None:
        """Return the one known word this must be, or nothing; the answer is kept for the next time."""
        if word not in self._known:
            self._known[word] = self.completed(word) or self._misspelt(word)
        return self._known[word]

    def forget(self) -> None:
        """Let go of the words looked up so far."""
        self._known.clear()

    def completed(self, word: str) -> Similar | None:
        """Return the one meaning of all known words that begin with this one."""
        if len(word) < CUT_MIN:
            return None
        first = bisect_left(self._sorted, word)
        meanings: dict[str, str] = {}
        for known in self._sorted[first : first + 40]:
            if not known.startswith(word):
                break
            meanings.setdefault(self._meaning[known], known)
        # "PREDNISO" was cut from one of two names: not even the nearest spelling may decide then.
        if len(meanings) > 1:
            return unsure(0, meanings.values())
        return Similar(meanings.popitem()[1], 0, True) if meanings else None

    def _misspelt(self, word: str) -> Similar | None:
        allowed = distance_allowed(len(word))
        if allowed and (one_off := self._one_letter_off(word)) is not None:
            return one_off
        near = self._near(word, allowed + 1) if allowed else {}
        if not near:
            return None
        best = min(near, key=lambda meaning: near[meaning][0])
        distance, known = near.pop(best)
        tied = any(far <= distance for far, _ in near.values())
        twins = self._twins_near(best, word, distance)
        if distance > allowed or tied or twins:
            return unsure(distance, [known, *(other for _, other in near.values()), *twins])
        return Similar(known, distance, False, tuple(word for far, word in near.values() if far == distance + 1))

    def _one_letter_off(self, word: str) -> Similar | None:
        """Return the answer for a long word with one wrong letter, without comparing it to a whole block."""
        if len(word) < _LONG:
            return None
        shared = self._shortened.keys() & _less_one(word)
        candidates = sorted({known for short in shared for known in self._shortened[short]})
        found = {self._meaning[known]: known for known in candidates if OSA.distance(word, known, score_cutoff=1) <= 1}
        if len(found) != 1:
            return unsure(1, found.values()) if found else None
        meaning, known = found.popitem()
        twins = self._twins_near(meaning, word, 1)
        return unsure(1, [known, *twins]) if twins else Similar(known, 1, False)

    def _twins_near(self, meaning: str, word: str, distance: int) -> list[str]:
        """Return the known look-alikes of this meaning that lie at most one letter further."""
        limit = distance + 1
        twins = self._twins.get(meaning, ())
        return [twin for twin in twins if OSA.distance(word, twin, score_cutoff=limit) <= limit]

    def _near(self, word: str, cutoff: int) -> dict[str, tuple[int, str]]:
        """Return the meanings within the distance, each with its nearest spelling."""
        near: dict[str, tuple[int, str]] = {}
        for written in dict.fromkeys((word, sound_of(word))):
            block = self._blocks.get(written[:BLOCK], ()), self._blocks.get("-" + written[-BLOCK:], ())
            for choices in block:
                for found, distance, _ in extract(written, choices, scorer=OSA.distance, score_cutoff=cutoff, limit=6):
                    known = found if found in self._meaning else self._by_sound[found]
                    # What only sounds alike is still another spelling: short names differ by no more.
                    far = max(int(distance), 1)
                    if known is not None and far < near.get(self._meaning[known], (cutoff + 1, ""))[0]:
                        near[self._meaning[known]] = (far, known)
        return near


def _blocks_of(spellings: Iterable[str]) -> dict[str, list[str]]:
    """Return the spellings by their first letters and, behind a dash, by their last."""
    blocks: defaultdict[str, set[str]] = defaultdict(set)
    for spelling in spellings:
        blocks[spelling[:BLOCK]].add(spelling)
        blocks["-" + spelling[-BLOCK:]].add(spelling)
    return {block: sorted(members) for block, members in blocks.items()}


def _less_one(word: str) -> set[str]:
    """Return the word, and the word without each of its letters: two words one letter apart share one of these."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _shortened(words: Iterable[str]) -> dict[str, list[str]]:
    shortened: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= _LONG - 1:
            for short in _less_one(word):
                shortened[short].append(word)
    return dict(shortened)
