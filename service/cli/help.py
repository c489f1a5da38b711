"""The help of every command and option, read from `help.toml` in the language that was typed."""

import sys
import tomllib
from importlib.resources import files


def _help() -> dict[str, str]:
    # Help is shown before options are parsed, so the language is looked for among the words as typed.
    language = "en" if {"--lang=en", "en"} & set(sys.argv) else "nl"
    table = tomllib.loads(files(__package__).joinpath("help.toml").read_text(encoding="utf-8"))
    return {name: texts[language] for name, texts in table.items()}


HELP = _help()
