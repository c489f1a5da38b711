"""A label taken apart: what it names, how strong, in which form, by whom, and what is left unexplained."""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from ..vocabulary import rows_of, words_of
from .forms import FORM_WORDS, NO_FORM, Form, FormWord, form_of
from .strength import Strength, strength_of

_JOINING = frozenset(row["word"] for row in rows_of("fillers") if row["kind"] == "and")
_NO_PACK = frozenset({"", "cr"})  # form words after which "200 tabletten" may still be the form itself
FORM, FIRM, FILLER, SALT = "form", "firm", "filler", "salt"
VITAMIN = "VIT"
FIRMS = words_of("firms")
FILLERS = words_of("fillers")
SALTS = words_of("salts")
COMBINATION_WORDS = words_of("combination_words")
# A word of several kinds is the last of these: "PEN" is a form before it is a filler.
_OF_KIND = ((SALT, SALTS), (FILLER, FILLERS), (FIRM, FIRMS), (FORM, FORM_WORDS))
_KINDS = {word: kind for kind, words in _OF_KIND for word in words if len(word) > 1 or kind != SALT}
_EXCLUSIONS = [(row["word"], row["place"], row["reason"]) for row in rows_of("exclusions")]
_EXCLUDED_WORDS = {word: reason for word, place, reason in _EXCLUSIONS if place != "potency"}
POTENCIES = frozenset(word for word, place, _ in _EXCLUSIONS if place == "potency")
_EXCLUDED_STARTS = tuple((word, reason) for word, place, reason in _EXCLUSIONS if place == "start")
_EXCLUDED_ENDS = tuple((word, reason) for word, place, reason in _EXCLUSIONS if place == "end")
_ALL_STARTS = tuple(word for word, _ in _EXCLUDED_STARTS)
_ALL_ENDS = tuple(word for word, _ in _EXCLUDED_ENDS)
# A word may be a gap in a label, a name or no medicine: what follows none of these is told by lists of words alone.
_TELLING = rf"^.$|^(?:{'|'.join(map(re.escape, (VITAMIN, *_ALL_STARTS)))})|(?:{'|'.join(map(re.escape, _ALL_ENDS))})$"
_LISTED = frozenset(_KINDS).union(POTENCIES, COMBINATION_WORDS, _EXCLUDED_WORDS)


class ParsedLabel(NamedTuple):
    """A label's tokens by what they are; `words` keeps what may be a name, in order, with its numbers."""

    words: tuple[str, ...]
    head_length: int  # how many of them stand before the first strength
    joined: frozenset[int]  # positions in `words` that follow a "/" or "+"
    strengths: tuple[Strength, ...]
    numbers: tuple[str, ...]
    form_words: tuple[FormWord, ...]

    @property
    def form(self) -> Form:
        """The form its words name together."""
        return form_of(self.form_words) if self.form_words else NO_FORM


def parse_tokens(tokens: Iterable[str]) -> ParsedLabel:
    """Return the label's parts; a word that is a form word stays among the words too, as it may belong to a name."""
    words: list[str] = []
    joined: list[int] = []
    strengths: list[Strength] = []
    numbers: list[str] = []
    form_words: list[FormWord] = []
    head_length = -1
    before = ""
    for token in tokens:
        first = token[0]
        if first >= "A":
            if token in _JOINING:
                joined.append(len(words))
                continue
            words.append(token)
            if (meaning := FORM_WORDS.get(token)) is not None:
                # "CAPSULE 10MG 30 TABL": a number before a second form word counts a pack.
                if before.isdigit() and any(word.shape not in _NO_PACK for word in form_words):
                    numbers.remove(before)
                else:
                    form_words.append(meaning)
        elif first in "/+":
            joined.append(len(words))
        elif first >= "0":
            if is_strength(token):
                strengths.append(strength_of(token))
                head_length = len(words) if head_length < 0 else head_length
            else:
                words.append(token)
                numbers.append(token)
        before = token
    head_length = len(words) if head_length < 0 else head_length
    return ParsedLabel(
        tuple(words), head_length, frozenset(joined), tuple(strengths), tuple(numbers), tuple(form_words)
    )


def is_strength(token: str) -> bool:
    """Tell whether a token that begins with a digit has a unit."""
    return "0" <= token[0] <= "9" and (token[-1] > "9" or token[-1] == "%")


def is_joining(word: str) -> bool:
    """Tell whether a word joins what stands on either side, as a "+" does."""
    return word in _JOINING


def kind_of(word: str) -> str | None:
    """Return what kind of word this is by the vocabulary, or nothing for a word that may name a medicine."""
    return _KINDS.get(word) or (FILLER if len(word) == 1 else None)


def is_of_kind(words: pl.Series) -> pl.Series:
    """Tell of each word whether the vocabulary says what kind it is."""
    return words.is_in(pl.Series(list(_KINDS)).implode()) | (words.str.len_chars() == 1)


def may_be_potency(word: str) -> bool:
    """Tell whether a word may be a homeopathic dilution, or the vitamin that one is mistaken for."""
    return word in POTENCIES or word.startswith(VITAMIN)


def has_potency(label: ParsedLabel) -> bool:
    """Tell whether a label without a strength carries a homeopathic dilution, as in "Arnica D6"."""
    return names_potency(label.words) and not any(strength.key for strength in label.strengths)


def names_potency(words: Sequence[str]) -> bool:
    """Tell whether these words hold a dilution: a letter and a number, as in "D6"."""
    if POTENCIES.isdisjoint(words):
        return False
    # D3 and "vitamine C 1000" are vitamins.
    return any(
        word in POTENCIES
        and follower.isdigit()
        and follower != "3"
        and not words[max(place - 1, 0)].startswith(VITAMIN)
        for place, (word, follower) in enumerate(pairwise(words))
    )


def is_strange(words: pl.Series, met: Collection[str]) -> pl.Series:
    """Tell of each word of letters that neither the vocabulary nor `met`, words met elsewhere, says what it is."""
    return ~(words.is_in(pl.Series([*_LISTED, *met]).implode()) | words.str.contains(_TELLING))


def exclusion_of(word: str) -> str | None:
    """Return why this word says that the label names no medicine (an aid, a service, something compounded)."""
    if (reason := _EXCLUDED_WORDS.get(word)) is not None:
        return reason
    if word.endswith(_ALL_ENDS):
        return next(why for ending, why in _EXCLUDED_ENDS if word.endswith(ending))
    if word.startswith(_ALL_STARTS):
        return next(why for beginning, why in _EXCLUDED_STARTS if word.startswith(beginning))
    return None
