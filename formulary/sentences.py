"""Every sentence a user reads, kept as data beside the package that says it: Dutch first, English beside it."""

import tomllib
from enum import StrEnum
from functools import cached_property
from importlib.resources import files


class Language(StrEnum):
    """The two languages the product speaks."""

    NL = "nl"
    EN = "en"


class Sentences:
    """The sentences of one package (its `sentences.toml`), by code and language."""

    def __init__(self, package: str | None) -> None:
        """Remember whose sentences these are; the file is read when the first one is said."""
        self._package = package or __package__

    @cached_property
    def _table(self) -> dict[str, dict[str, str]]:
        return tomllib.loads(files(self._package).joinpath("sentences.toml").read_text(encoding="utf-8"))

    def __contains__(self, code: str) -> bool:
        """Tell whether there is a sentence for this code."""
        return code in self._table

    def say(self, code: str, language: Language, **values: object) -> str:
        """Return the sentence for `code` with its values filled in; a code without a sentence is a bug."""
        return self._table[code][language].format(**values)

    def all(self, language: Language) -> dict[str, str]:
        """Return every sentence, unfilled, by code: for templates and for reports that translate a column."""
        return {code: texts[language] for code, texts in self._table.items()}
