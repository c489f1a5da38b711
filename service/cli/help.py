"""The help of every command and option, read from `help.toml` in the language that was typed."""

import sys
import tomllib
from collections.abc import Sequence
from importlib.resources import files

_LANGUAGES = ("nl", "en")


def language_of(words: Sequence[str]) -> str:
    """Return the language that was typed, also where the rest of the command could not be understood."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        option, _, given = word.partition("=")
        asked = given or following
        if option == "--lang" and asked in _LANGUAGES:
            return asked
    return _LANGUAGES[0]


def _help() -> dict[str, str]:
    # Help is shown before options are parsed, so the language is looked for among the words as typed.
    language = language_of(sys.argv)
    table = tomllib.loads(files(__package__).joinpath("help.toml").read_text(encoding="utf-8"))
    return {name: texts[language] for name, texts in table.items()}


HELP = _help()
