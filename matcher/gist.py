"""The words of a label that may name something, apart from firm, form, pack and number: its gist.

Labels differ in firm, form and strength far more than in names, so most gists were read before.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .label import FILLER, exclusion_of, kind_of

_NAMING, _NUMBER, _EXCLUDED, _FIRM = "naming", "number", "!", "firm"


class Gist(NamedTuple):
    """The words of a label that may name something; an empty word stands for all that lies between."""

    words: tuple[str, ...]
    joined: tuple[int, ...]  # positions that follow a "/" or "+"
    firms: tuple[str, ...]
    excluded: str  # why a word of the label says that it is no medicine, or empty


class GistReader:
    """Takes the gist of labels; what kind of word each is, is looked up once."""

    def __init__(self, begins_name: Callable[[str], bool]) -> None:
        """Remember how to tell whether a name begins with a word."""
        self._begins_name = begins_name
        self._kinds = {"": FILLER}

    def gist_of(self, words: Sequence[str], joined: frozenset[int]) -> Gist:
        """Return the words of a label that may name something, and its firms; what lies between is one gap."""
        gist: list[str] = []
        firms: list[str] = []
        signs: list[int] = []
        excluded = ""
        for place, word in enumerate(words):
            kind = self._kinds.get(word) or self._learned(word)
            if kind == _NAMING or (kind == _NUMBER and gist and gist[-1]):
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

    def keeps(self, word: str) -> bool:
        """Tell whether a word is more than a gap in the gist: it may name something, or excludes the label."""
        kind = self._kinds.get(word) or self._learned(word)
        return kind == _NAMING or kind.startswith(_EXCLUDED)

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
        return _NAMING if self._begins_name(word) else kind_of(word) or _NAMING
