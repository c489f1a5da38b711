"""One sound for the ways a name is spelled in Dutch, English and Latin: "omeprazole", "omeprazolum", "omeprazol"."""

import re
from collections.abc import Iterable
from functools import reduce
from itertools import takewhile
from string import ascii_uppercase

import polars as pl

from .label import on_all_cores
from .vocabulary import rows_of

SOUND_MIN = 4  # letters; below this, folding the spelling throws away too much of a word
_PLAIN = re.compile(r"[A-Z]+")
_ROWS = [(row["pattern"], row["replacement"]) for row in rows_of("spelling")]
_ENDINGS = [(re.compile(pattern), replacement) for pattern, replacement in _ROWS if pattern.endswith("$")]
# Plain letters are replaced far faster as text than as a pattern, and every unknown word passes here.
_LETTERS = [
    (pattern, None if _PLAIN.fullmatch(pattern) else re.compile(pattern), replacement)
    for pattern, replacement in _ROWS
    if not pattern.endswith("$")
]
_ONCE = list(ascii_uppercase)
_TWICE = [letter * 2 for letter in ascii_uppercase]
# Half of all words have none of the endings: one look spares them a dozen.
_ANY_ENDING = re.compile("|".join(pattern for pattern, _ in _ROWS if pattern.endswith("$")))


_heard: dict[str, str] = {}
_HEARD_MAX = 1 << 18


def sound_of(word: str) -> str:
    """Return the word as it sounds; words shorter than four letters and numbers stay as they are.

    >>> sound_of("OMEPRAZOLUM") == sound_of("OMEPRAZOLE") == sound_of("OMEPRAZOL")
    True
    """
    sound = _heard.get(word)
    if sound is None:
        if len(_heard) >= _HEARD_MAX:
            _heard.clear()
        sound = _heard[word] = _sound(word) if len(word) >= SOUND_MIN and word.isalpha() else word
    return sound


def _sound(word: str) -> str:
    if _ANY_ENDING.search(word):
        for ending, replacement in _ENDINGS:
            word = ending.sub(replacement, word)
    for letters, pattern, replacement in _LETTERS:
        if pattern is None:
            word = word.replace(letters, replacement)
        elif pattern.search(word):  # a replacement that refers back costs much, also where nothing is found
            word = pattern.sub(replacement, word)
    return word


def hear(words: Iterable[str]) -> None:
    """Sound out many words at once: each rule runs over all of them, which is many times faster than word by word."""
    new = [word for word in words if len(word) >= SOUND_MIN and word.isalpha() and word not in _heard]
    # What refers back to itself polars cannot do; there is one such rule, the last, and it takes doubled letters.
    at_once = takewhile(lambda row: "\\" not in row[1], _ROWS)
    heard = reduce(lambda word, rule: word.str.replace_all(*rule), at_once, pl.col("text"))
    sounds = on_all_cores(pl.Series(new, dtype=pl.String), heard)
    while not (shorter := sounds.str.replace_many(_TWICE, _ONCE)).equals(sounds):
        sounds = shorter
    _heard.update(zip(new, sounds.to_list(), strict=True))
