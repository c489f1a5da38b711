"""One sound for the ways a name is spelled in Dutch, English and Latin: "omeprazole", "omeprazolum", "omeprazol"."""

import re
from collections.abc import Callable
from functools import cache

from .vocabulary import rows_of

SOUND_MIN = 4  # letters; below this, folding the spelling throws away too much of a word
_PLAIN = re.compile(r"[A-Z]+")
_Rule = Callable[[str], str]


def _rule(pattern: str, replacement: str) -> _Rule:
    # Plain letters are replaced far faster as text than as a pattern, and every unknown word passes here.
    if _PLAIN.fullmatch(pattern):
        return lambda word: word.replace(pattern, replacement)
    compiled = re.compile(pattern)
    return lambda word: compiled.sub(replacement, word)


_RULES = [_rule(row["pattern"], row["replacement"]) for row in rows_of("spelling")]


@cache
def sound_of(word: str) -> str:
    """Return the word as it sounds; words shorter than four letters and numbers stay as they are.

    >>> sound_of("OMEPRAZOLUM") == sound_of("OMEPRAZOLE") == sound_of("OMEPRAZOL")
    True
    """
    if len(word) < SOUND_MIN or not word.isalpha():
        return word
    for rule in _RULES:
        word = rule(word)
    return word
