"""The words of a label that may name something, apart from firm, form, pack and number: its gist.

Labels differ in firm, form and strength far more than in names, so most gists were read before.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from .label import COMBINATION_WORDS, FILLER, exclusion_of, is_strange, kind_of, may_be_potency

_NAMING, _UNKNOWN, _NUMBER, _EXCLUDED, _FIRM = "naming", "unknown", "number", "!", "firm"
_MAY_NAME = frozenset({_NAMING, _UNKNOWN})


class Gist(NamedTuple):
    """The words of a label that may name something; an empty word stands for all that lies between."""

    words: tuple[str, ...]
    joined: tuple[int, ...]  # positions that follow a "/" or "+"
    firms: tuple[str, ...]
    excluded: str  # why a word of the label says that it is no medicine, or empty


class GistReader:
    """Takes the gist of labels; what kind of word each is, is looked up once."""

    def __init__(self, firsts: frozenset[str], parts: frozenset[str]) -> None:
        """Remember the words with which names begin, and those that stand anywhere in them."""
        self._firsts = firsts
        self._parts = parts
        self._kinds = {"": FILLER}

    def gist_of(self, words: Sequence[str], joined: frozenset[int]) -> Gist:
        """Return the words of a label that may name something, and its firms; what lies between is one gap."""
        gist: list[str] = []
        firms: list[str] = []
        signs: list[int] = []
        excluded = ""
        for place, word in enumerate(words):
            kind = self._kinds.get(word) or self._learned(word)
            if kind in _MAY_NAME or (kind == _NUMBER and gist and gist[-1]):
                if place in joined and gist and gist[-1]:
                    signs.append(len(gist))
                gist.append(word)
                continue
            if kind == _FIRM:
                firms.append(word)
            elif kind.startswith(_EXCLUDED):
                excluded = excluded or kind.removeprefix(_EXCLUDED)
            if gist and gist[-1]:
                gist.append("")
        if gist and not gist[-1]:
            gist.pop()
        elif gist and len(words) in joined:
            # "METOPROLOLSUCCINAAT/": what was joined has been cut off.
            signs.append(len(gist))
        return Gist(tuple(gist), tuple(signs), tuple(firms), excluded)

    def kept_of(self, words: Sequence[str]) -> tuple[set[str], list[str]]:
        """Return which words are more than a gap in a gist (may name, or exclude), and which of them are unknown."""
        asked = pl.Series(words, dtype=pl.String)
        strange = is_strange(asked, self._firsts | self._parts)
        unknown = asked.filter(strange).to_list()
        kinds = {word: self._kinds.get(word) or self._learned(word) for word in asked.filter(~strange).to_list()}
        kept = {word for word, kind in kinds.items() if kind in _MAY_NAME or kind.startswith(_EXCLUDED)}
        unknown += [word for word, kind in kinds.items() if kind == _UNKNOWN]
        return kept.union(unknown), unknown

    def forget(self) -> None:
        """Let go of all words met so far."""
        self._kinds = {"": FILLER}

    def _learned(self, word: str) -> str:
        kind = self._kinds[word] = self._kind(word)
        return kind

    def _kind(self, word: str) -> str:
        if (reason := exclusion_of(word)) is not None:
            return _EXCLUDED + reason
        if word[0].isdigit():
            return _NUMBER
        if word in self._firsts:
            return _NAMING
        is_met_elsewhere = word in self._parts or word in COMBINATION_WORDS or may_be_potency(word)
        return kind_of(word) or (_NAMING if is_met_elsewhere else _UNKNOWN)
