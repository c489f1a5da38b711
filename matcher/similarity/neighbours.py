"""The spellings within a few letters of a word: those that begin with its letter, or end on its last three.

Of many words, those that share a list of spellings are compared to it at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import TYPE_CHECKING

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from .similar import LONG

if TYPE_CHECKING:
    from numpy import integer
    from numpy.typing import NDArray

DISTANCE_MAX = 3  # letters; what is further away is nobody's neighbour
_END = 3  # letters that must be alike at the end where the first one is not
_PAIRS_MAX = 1 << 22  # compared at once: some megabytes
Found = dict[str, int]
PAIRS = pl.Schema({"word": pl.UInt32(), "spelling": pl.UInt32(), "far": pl.UInt8()})
_Pairs = tuple["NDArray[integer]", "NDArray[integer]", "NDArray[integer]"]
_Block = tuple[list[int], list[str]]  # places of spellings, and the spellings
_NONE: _Block = ([], [])
_Part = tuple[list[int], list[int], list[str]]  # numbers of words, and the block they are compared to


class Neighbours:
    """Spellings by their first letter and length, and by their last letters."""

    def __init__(self, spellings: Iterable[str]) -> None:
        """Index the spellings."""
        self.spellings = sorted(set(spellings))
        by_start: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        by_end: defaultdict[str, list[int]] = defaultdict(list)
        for place, spelling in enumerate(self.spellings):
            by_start[spelling[:1], len(spelling)].append(place)
            by_end[spelling[-_END:]].append(place)
        self._by_start = dict(by_start)
        self._by_end = {end: self._block(places) for end, places in by_end.items()}
        self._windows: dict[tuple[str, int], _Block] = {}

    def _block(self, places: list[int]) -> _Block:
        return places, [self.spellings[place] for place in places]

    def of(self, word: str) -> Found:
        """Return the spellings at most `DISTANCE_MAX` letters from the word, and how far each is."""
        found: Found = {}
        for _, near in (self._window(word[:1], len(word)), self._by_end.get(word[-_END:], _NONE)):
            if near:
                far = cdist([word], near, scorer=OSA.distance, score_cutoff=DISTANCE_MAX)[0]
                found |= {near[n]: int(far[n]) for n in (far <= DISTANCE_MAX).nonzero()[0].tolist()}
        return found

    def one_off(self, word: str) -> Found:
        """Return the spellings one letter from a word of at least `LONG` letters; many times quicker than all near."""
        known, places = self._by_rest, set[int]()
        for left in _left_of(word):
            if (found := known.get(left)) is not None:
                places.update(found)
        near = [self.spellings[place] for place in places]
        return {spelling: 1 for spelling in near if letters_between(word, spelling) <= 1}

    @cached_property
    def _by_rest(self) -> dict[str, list[int]]:
        """The long spellings by what is left of each without one letter, and by themselves.

        Two words a letter apart share one of these: symmetric deletion, W. Garbe, SymSpell (2012).
        """
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, spelling in enumerate(self.spellings):
            for left in _left_of(spelling) if len(spelling) >= LONG - 1 else ():
                found[left].append(place)
        return dict(found)

    def of_all(self, words: pl.Series) -> pl.DataFrame:
        """Return the same for many words as pairs (`PAIRS`): the places of word and spelling, and how far they are."""
        from numpy import concatenate  # rapidfuzz answers in its arrays; importing it takes a tenth of a second

        asked = words.to_frame("text").with_row_index("word")
        start, length = pl.col("text").str.head(1).alias("start"), pl.col("text").str.len_chars().alias("length")
        by_start = asked.group_by(start, length).agg("word").rows()
        by_end = asked.group_by(pl.col("text").str.tail(_END).alias("end")).agg("word").rows()
        blocks = [(numbers, self._window(start, length)) for start, length, numbers in by_start]
        blocks += [(numbers, self._by_end.get(end, _NONE)) for end, numbers in by_end]
        parts = sorted(
            (part for asked, block in blocks for part in _in_parts(asked, *block)), key=_pairs_in, reverse=True
        )
        compared, cores = partial(_compared, words.to_list()), pl.thread_pool_size()
        # Comparing lets other threads run. There are too many parts to hand them out singly: each gets its share.
        with ThreadPoolExecutor(cores) as pool:
            shares = pool.map(compared, [parts[core::cores] for core in range(cores)])
            found = [pairs for share in shares for pairs in share]
        if not found:
            return PAIRS.to_frame()
        columns = [concatenate(parts) for parts in zip(*found, strict=True)]
        return pl.DataFrame(columns, schema=PAIRS).unique(["word", "spelling"])

    def _window(self, start: str, length: int) -> _Block:
        """Return the spellings that begin with this letter and are not too long or short to be near."""
        window = self._windows.get((start, length))
        if window is None:
            lengths = range(length - DISTANCE_MAX, length + DISTANCE_MAX + 1)
            window = self._block([place for near in lengths for place in self._by_start.get((start, near), ())])
            # What strangers write must not grow the index: only windows that hold something are kept.
            if window[0]:
                self._windows[start, length] = window
        return window


def _in_parts(numbers: list[int], places: list[int], near: list[str]) -> Iterator[_Part]:
    """Return the words with these numbers in parts that may be compared to these spellings at once."""
    at_once = max(_PAIRS_MAX // max(len(near), 1), 1)
    for first in range(0, len(numbers) if near else 0, at_once):
        yield numbers[first : first + at_once], places, near


def _pairs_in(part: _Part) -> int:
    return len(part[0]) * len(part[2])


def _compared(words: Sequence[str], parts: Iterable[_Part]) -> list[_Pairs]:
    """Return for each part which of its words are near to which of its spellings, and how far."""
    from numpy import array, flatnonzero, unravel_index

    found = []
    for numbers, places, near in parts:
        texts = [words[number] for number in numbers]
        far = cdist(texts, near, scorer=OSA.distance, score_cutoff=DISTANCE_MAX, dtype="uint8")
        pairs = flatnonzero(far <= DISTANCE_MAX)
        row, column = unravel_index(pairs, far.shape)
        found.append((array(numbers)[row], array(places)[column], far.ravel()[pairs]))
    return found


def _left_of(word: str) -> list[str]:
    return [word, *[word[:place] + word[place + 1 :] for place in range(len(word))]]


def letters_between(word: str, other: str) -> int:
    """Return how many letters two words are apart; two that changed places count as one."""
    return int(OSA.distance(word, other))
