"""One sound for the ways a name is spelled in Dutch, English and Latin: "omeprazole", "omeprazolum", "omeprazol"."""

import re
from functools import cache

from .vocabulary import rows_of

SOUND_MIN = 4  # letters; below this, folding the spelling throws away too much of a word
_RULES = [(re.compile(row["pattern"]), row["replacement"].replace("\\1", r"\1")) for row in rows_of("spelling")]


@cache
def sound_of(word: str) -> str:
    """Return the word as it sounds; words shorter than four letters and numbers stay as they are.

    >>> sound_of("OMEPRAZOLUM") == sound_of("OMEPRAZOLE") == sound_of("OMEPRAZOL")
    True
    """
    if len(word) < SOUND_MIN or not word.isalpha():
        return word
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word
