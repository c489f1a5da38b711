"""What a word may be at which no name begins: a name glued to its form, a form cut off or misspelt, a wrong name.

Many wrong spellings come down to few such answers: words with the same answer are read alike, and one stands for all.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import polars as pl

from .correct import Correction
from .label import FormWord, form_word, form_word_cut_or_joined, is_of_kind, kind_of, may_hold_form
from .similarity import NearWords
from .spelling import hear
from .substances import Substances
from .vocabulary import rows_of

_FORM_MIN = 8  # letters of a form word that may hold a wrong one
_GLUED_MIN = 9  # letters of a name and a form in one word
WORD_MIN = 4  # letters; a shorter unknown word is a code of firm or pack, not a name


class UnknownWord(NamedTuple):
    """What one word says that is no name as written."""

    glued: tuple[str, FormWord] | None  # a substance and its form in one word
    may_name: bool  # neither number, form, firm nor filler
    form: FormWord | None  # what it says of the form at the head of a label
    form_after_name: FormWord | None
    form_after_unknown: FormWord | None


_NAME_ONLY = UnknownWord(None, True, None, None, None)


class UnknownWords:
    """Looks at words that begin no name; every distinct one once."""

    def __init__(self, substances: Substances, correction: Correction) -> None:
        """Keep where names and corrections are found."""
        self._substances = substances
        self._correction = correction
        forms = {row["word"]: str(form_word(row["word"])) for row in rows_of("forms")}
        self._near_forms = NearWords(forms, by_sound=False)
        self._seen: dict[str, UnknownWord] = {}
        self._kept: dict[UnknownWord, UnknownWord] = {}
        self._first: dict[tuple[int, int], str] = {}

    def forget(self) -> None:
        """Let go of the words looked at so far."""
        for kept in (self._seen, self._kept, self._first):
            kept.clear()
        self._near_forms.forget()

    def of(self, word: str) -> UnknownWord:
        """Return what the word says."""
        seen = self._seen.get(word)
        if seen is None:
            seen = self._seen[word] = self._look_at(word)
        return seen

    def look_up(self, words: Sequence[str]) -> None:
        """Look at many words at once: sounds, corrections and forms, each for all of them together."""
        new = pl.Series([word for word in words if word not in self._seen], dtype=pl.String)
        hear(new.to_list())
        self._correction.look_up(new)
        self._near_forms.look_up(new.filter(new.str.len_chars() >= _FORM_MIN).to_list())
        near_form = pl.Series(self._near_forms.near, dtype=pl.String)
        is_name_only = ~(may_hold_form(new) | is_of_kind(new) | new.is_in(near_form.implode()))
        self._seen |= dict.fromkeys(new.filter(is_name_only).to_list(), _NAME_ONLY)

    def stand_ins(self, words: Iterable[str]) -> dict[str, str]:
        """Return for each word the first one met that is read as it is, in whichever label."""
        said, meant, first = self.of, self._correction.meant, self._first
        return {word: first.setdefault((id(said(word)), id(meant(word))), word) for word in words}

    def _look_at(self, word: str) -> UnknownWord:
        looked = self._looked_at(word)
        return looked if looked is _NAME_ONLY else self._kept.setdefault(looked, looked)

    def _looked_at(self, word: str) -> UnknownWord:
        if not word or word[0].isdigit() or kind_of(word) is not None:
            return UnknownWord(self._name_and_form(word, form_word_cut_or_joined(word)), False, None, None, None)
        cut = form_word_cut_or_joined(word)
        form = cut if len(word) > WORD_MIN else None
        misspelt = self._form_misspelt(word)
        if cut is None and misspelt is None:
            return _NAME_ONLY
        return UnknownWord(self._name_and_form(word, cut), True, form, misspelt or form, misspelt or cut)

    def _form_misspelt(self, word: str) -> FormWord | None:
        """Return the form that a long word means but for one letter: "ogdruppels" are not just drops."""
        similar = self._near_forms.one_letter_off(word) if len(word) >= _FORM_MIN else None
        return form_word(similar.word) if similar is not None else None

    def _name_and_form(self, word: str, form: FormWord | None) -> tuple[str, FormWord] | None:
        """Return the substance and the form of a word glued from both, as in LACTULOSESIROOP."""
        if form is None or len(word) <= _GLUED_MIN:
            return None
        names = (word[:length] for length in range(len(word) - 3, WORD_MIN, -1) if form_word(word[length:]) is not None)
        hit = next((self._substances.names[name] for name in names if name in self._substances.names), None)
        return None if hit is None else (self._substances.canonical(hit), form)
