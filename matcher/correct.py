"""What an unknown word must mean: a known name in another spelling, with a salt glued to it, misspelt or cut off."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from .similarity import NearWords, Similar
from .substances import begins_salt, root_of, without_salt

NAME_MIN = 6  # letters of a name that may be spelled otherwise
_SALT_CUT_MIN = 3  # letters of a salt that was cut off; fewer could be anything


class Corrected(NamedTuple):
    """The words of a label after correction, and how much had to be assumed for it."""

    words: tuple[str, ...]
    distance: int
    is_cut: bool
    is_unsure: bool
    closeness: float  # the share of the names' letters that were written, 1 where nothing had to change
    rivals: tuple[tuple[tuple[str, ...], float], ...]  # the words with another name, and how close that one is


class Correction:
    """Finds the one known word that an unknown word must be, or none."""

    def __init__(
        self,
        meanings: Mapping[str, str],
        lookalikes: Iterable[tuple[str, str]],
        names: Container[str],
        brands: Container[str],
    ) -> None:
        """Gather the known words with what each means; `names` are those of substances, `brands` the catalogue's."""
        self._names = names
        self._brands = brands
        self._by_root = _unique_roots(meanings)
        self._near = NearWords(meanings, lookalikes)

    def forget(self) -> None:
        """Let go of the words looked up so far."""
        self._near.forget()

    def of(self, words: tuple[str, ...], unknown: Sequence[str], *, everywhere: bool) -> Corrected:
        """Return the words of a label with the unknown ones corrected: only the first where names were found."""
        changed, rivals = list(words), []
        distance, is_cut, is_unsure, closeness = 0, False, False, 1.0
        for place, word in enumerate(words):
            if word not in unknown or (place > 0 and not everywhere):
                continue
            if (same := self._same_name(word)) is not None:
                changed[place] = same
                # A brand is its letters: another spelling is a misspelling, however alike it sounds.
                distance = max(distance, int(same in self._brands and same not in self._names))
            elif (similar := self._near.nearest(word)) is not None:
                changed[place] = similar.word or word
                is_unsure = is_unsure or not similar.word
                distance, is_cut = max(distance, similar.distance), is_cut or similar.is_cut
                closeness = min(closeness, _closeness(similar.word or word, similar.distance))
                rivals += [((*words[:place], rival, *words[place + 1 :]), near) for rival, near in _rivals_of(similar)]
        return Corrected(tuple(changed), distance, is_cut, is_unsure, closeness, tuple(rivals))

    def _same_name(self, word: str) -> str | None:
        """Return the known word that this is but for its spelling or a salt glued to it, whole or cut off."""
        if len(word) < NAME_MIN:
            return None
        if (same := self._near.same_sound(word)) is not None:
            return same
        bare = without_salt(word)
        if bare != word:
            same = bare if bare in self._names else self._near.same_sound(bare)
        if same is not None or (same := self._by_root.get(root_of(word))) is not None:
            return same
        for length in range(len(word) - _SALT_CUT_MIN, NAME_MIN - 1, -1):
            if word[:length] in self._names and begins_salt(word[length:]):
                whole = self._near.completed(word)
                return whole.word if whole is not None and whole.word else word[:length]
        return None


def _closeness(known: str, distance: int) -> float:
    return round(1 - distance / len(known), 4)


def _rivals_of(similar: Similar) -> list[tuple[str, float]]:
    """Return what else a word may mean and how close that is: as near where nothing was chosen, else a letter off."""
    distance = similar.distance + bool(similar.word)
    return [(rival, _closeness(rival, distance)) for rival in similar.rivals]


def _unique_roots(meanings: Mapping[str, str]) -> dict[str, str]:
    """Return the word behind each root that only words of one meaning share: an acid and its salt."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for word, meaning in meanings.items():
        root = root_of(word)
        if len(root) >= NAME_MIN:
            found[root].setdefault(meaning, word)
    return {root: next(iter(words.values())) for root, words in found.items() if len(words) == 1}
