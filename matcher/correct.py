"""What an unknown word must mean: a known name in another spelling, with a salt glued to it, misspelt or cut off."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import polars as pl

from .similarity import NearWords, Similar
from .spelling import sound_of
from .substances import are_bare, begins_salt, end_in_begun_salt, root_of, without_salt

NAME_MIN = 6  # letters of a name that may be spelled otherwise
_SALT_CUT_MIN = 3  # letters of a salt that was cut off; fewer could be anything


class Meant(NamedTuple):
    """What one unknown word must mean: a known word, or an empty one where several are as near."""

    word: str
    distance: int = 0
    is_cut: bool = False
    closeness: float = 1.0  # the share of the name's letters that were written, 1 where nothing had to change
    rivals: tuple[tuple[str, float], ...] = ()  # what else it may mean, and how close that is
    open_rivals: int = 0  # so many of them, the nearest, may be told apart by strength and form


class Corrected(NamedTuple):
    """The words of a label after correction, and how much had to be assumed for it."""

    words: tuple[str, ...]
    distance: int
    is_cut: bool
    is_unsure: bool
    closeness: float
    rivals: tuple[tuple[tuple[str, ...], float], ...]  # the words with another name, and how close that one is
    open_rivals: int  # so many of them, the nearest, may be told apart by strength and form


class Correction:
    """Finds the one known word that an unknown word must be, or none."""

    def __init__(
        self,
        meanings: Mapping[str, str],
        lookalikes: Iterable[tuple[str, str]],
        names: Collection[str],
        brands: Container[str],
    ) -> None:
        """Gather the known words with what each means; `names` are those of substances, `brands` the catalogue's."""
        self._names = names
        self._brands = brands
        self._by_root = _unique_roots(meanings)
        self._beginnings = {name[:NAME_MIN] for name in names}
        self._near = NearWords(meanings, lookalikes)
        self._starts = pl.Series(sorted(self._beginnings), dtype=pl.String)
        self._sounds = pl.Series([*self._by_root, *self._near.sounds], dtype=pl.String)
        self._meant: dict[str, Meant | None] = {}
        self._by_similar: dict[tuple[Similar, int], Meant] = {}
        self._kept: dict[Meant, Meant] = {}

    def forget(self) -> None:
        """Let go of the words looked up so far."""
        for kept in (self._meant, self._by_similar, self._kept):
            kept.clear()
        self._near.forget()

    def look_up(self, words: pl.Series) -> None:
        """Find what many words mean, all at once, so that `meant` has it ready."""
        same = self._same_names(words)
        self._near.look_up(word for word in words.to_list() if word not in same)
        self._meant |= {word: self._meant_by(word, same.get(word)) for word in words.to_list()}

    def meant(self, word: str) -> Meant | None:
        """Return what an unknown word must mean, or nothing; what is equal is one and the same object."""
        if word not in self._meant:
            self._meant[word] = self._meant_by(word, self._same_name(word))
        return self._meant[word]

    def _meant_by(self, word: str, same: str | None) -> Meant | None:
        if same is not None:
            # A brand is its letters: another spelling is a misspelling, however alike it sounds.
            return self._only(Meant(same, int(same in self._brands and same not in self._names)))
        similar = self._near.nearest(word)
        if similar is None:
            return None
        # How close an unsure word is hangs on its own length, too.
        question = similar, 0 if similar.word else len(word)
        meant = self._by_similar.get(question)
        if meant is None:
            closeness = _closeness(len(similar.word or word), similar.distance)
            rest = similar.is_cut, closeness, _rivals_of(similar), similar.open_rivals
            meant = self._by_similar[question] = self._only(Meant(similar.word, similar.distance, *rest))
        return meant

    def _only(self, meant: Meant) -> Meant:
        """Return the one that equals this: many words mean the same, and are told apart by where that is."""
        return self._kept.setdefault(meant, meant)

    def of(self, words: tuple[str, ...], unknown: Sequence[str], *, everywhere: bool) -> Corrected:
        """Return the words of a label with the unknown ones corrected: only the first where names were found."""
        changed, rivals = list(words), []
        distance, is_cut, is_unsure, closeness = 0, False, False, 1.0
        open_rivals, n_changed = 0, 0
        for place, word in enumerate(words):
            if word not in unknown or (place > 0 and not everywhere) or (meant := self.meant(word)) is None:
                continue
            changed[place] = meant.word or word
            open_rivals, n_changed = meant.open_rivals, n_changed + 1
            is_unsure = is_unsure or not meant.word
            distance, is_cut = max(distance, meant.distance), is_cut or meant.is_cut
            closeness = min(closeness, meant.closeness)
            rivals += [((*words[:place], rival, *words[place + 1 :]), near) for rival, near in meant.rivals]
        # Two wrong words leave too much open for anything else to decide.
        open_rivals = open_rivals if n_changed == 1 else 0
        return Corrected(tuple(changed), distance, is_cut, is_unsure, closeness, tuple(rivals), open_rivals)

    def _same_names(self, words: pl.Series) -> dict[str, str]:
        """Return the known word that each of these is but for its spelling; few need more than a glance."""
        sounds = pl.Series([sound_of(word) for word in words.to_list()], dtype=pl.String)
        is_heard = sounds.is_in(self._sounds.implode())
        may_be_cut = words.str.head(NAME_MIN).is_in(self._starts.implode()) & end_in_begun_salt(words, _SALT_CUT_MIN)
        asked = words.filter(is_heard | may_be_cut | ~are_bare(words)).to_list()
        return {word: same for word in asked if (same := self._same_name(word)) is not None}

    def _same_name(self, word: str) -> str | None:
        """Return the known word that this is but for its spelling or a salt glued to it, whole or cut off."""
        same = self._alike(word) if len(word) >= NAME_MIN else None
        # "Prednisoon" sounds like prednison and misses one letter of prednisolon: no sound decides that.
        return None if same is not None and self._near.has_twin(same, word) else same

    def _alike(self, word: str) -> str | None:
        same = self._near.same_sound(word) or self._without_salt(word)
        if same is not None:
            return same
        if word[:NAME_MIN] not in self._beginnings:
            return None
        for length in range(len(word) - _SALT_CUT_MIN, NAME_MIN - 1, -1):
            if word[:length] in self._names and begins_salt(word[length:]):
                whole = self._near.completed(word)
                return whole.word if whole is not None and whole.word else word[:length]
        return None

    def _without_salt(self, word: str) -> str | None:
        """Return the known word that this is but for a salt or acid, or for those of the known one."""
        bare, same = without_salt(word), None
        if bare != word:
            same = bare if bare in self._names else self._near.same_sound(bare)
        return self._by_root.get(root_of(word)) if same is None else same


@cache
def _closeness(length: int, distance: int) -> float:
    return round(1 - distance / length, 4)


def _rivals_of(similar: Similar) -> tuple[tuple[str, float], ...]:
    """Return what else a word may mean and how close that is: as near where nothing was chosen, else a letter off."""
    distance = similar.distance + bool(similar.word)
    return tuple([(rival, _closeness(len(rival), distance)) for rival in similar.rivals])


def _unique_roots(meanings: Mapping[str, str]) -> dict[str, str]:
    """Return the word behind each root that only words of one meaning share: an acid and its salt."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for word, meaning in meanings.items():
        root = root_of(word)
        if len(root) >= NAME_MIN:
            found[root].setdefault(meaning, word)
    return {root: next(iter(words.values())) for root, words in found.items() if len(words) == 1}
