"""The spellings within a few letters of a word: those that begin with its letter, or end on its last three.

Of many words, those that share a list of spellings are compared to it at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

DISTANCE_MAX = 3  # letters; what is further away is nobody's neighbour
_END = 3  # letters that must be alike at the end where the first one is not
_PAIRS_MAX = 1 << 22  # compared at once: some megabytes
_PAIRS_MANY = 1 << 20  # for fewer, starting threads costs more than they save
Found = dict[str, int]
_NONE: Sequence[str] = ()


class Neighbours:
    """Spellings by their first letter and length, and by their last letters."""

    def __init__(self, spellings: Iterable[str]) -> None:
        """Index the spellings."""
        by_start: defaultdict[str, list[str]] = defaultdict(list)
        by_end: defaultdict[str, list[str]] = defaultdict(list)
        for spelling in sorted(set(spellings)):
            by_start[spelling[:1]].append(spelling)
            by_end[spelling[-_END:]].append(spelling)
        self._by_start, self._by_end = dict(by_start), dict(by_end)
        self._windows: dict[tuple[str, int], list[str]] = {}

    def of(self, word: str) -> Found:
        """Return the spellings at most `DISTANCE_MAX` letters from the word, and how far each is."""
        return self.of_all([word]).get(word, {})

    def of_all(self, words: Iterable[str]) -> dict[str, Found]:
        """Return the same for many words; those without any such spelling are left out."""
        asked: defaultdict[int, list[str]] = defaultdict(list)
        lists: dict[int, Sequence[str]] = {}
        for word in words:
            for spellings in (self._window(word[:1], len(word)), self._by_end.get(word[-_END:], _NONE)):
                if spellings:
                    lists[id(spellings)] = spellings
                    asked[id(spellings)].append(word)
        found: dict[str, Found] = {}
        for key, spellings in lists.items():
            for word, spelling, far in _compared(asked[key], spellings):
                found.setdefault(word, {})[spelling] = far
        return found

    def _window(self, start: str, length: int) -> Sequence[str]:
        """Return the spellings that begin with this letter and are not too long or short to be near."""
        window = self._windows.get((start, length))
        if window is None:
            window = [word for word in self._by_start.get(start, _NONE) if abs(len(word) - length) <= DISTANCE_MAX]
            # What strangers write must not grow the index: only windows that hold something are kept.
            if window:
                self._windows[start, length] = window
        return window


def _compared(words: Sequence[str], spellings: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Return which of these words are near to which of these spellings, and how far."""
    at_once = max(_PAIRS_MAX // len(spellings), 1)
    workers = -1 if len(words) * len(spellings) > _PAIRS_MANY else 1
    for start in range(0, len(words), at_once):
        part = words[start : start + at_once]
        far = cdist(part, spellings, scorer=OSA.distance, score_cutoff=DISTANCE_MAX, workers=workers)
        rows, columns = (far <= DISTANCE_MAX).nonzero()
        near = far[rows, columns].tolist()
        for row, column, letters in zip(rows.tolist(), columns.tolist(), near, strict=True):
            yield part[row], spellings[column], letters


def letters_between(word: str, other: str) -> int:
    """Return how many letters two words are apart; two that changed places count as one."""
    return int(OSA.distance(word, other))
