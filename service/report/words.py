"""The words of every form of the report: its own sentences, and those of the path, in one language."""

import re
from collections.abc import Mapping
from typing import Any

from formulary import FormClass, Indicator, Language, Sentences

_REPORT, _MATCHER = Sentences("service.report"), Sentences("matcher")
_FORMS = re.compile("|".join(sorted(FormClass, key=len, reverse=True)))


class Words:
    """Says things in one language."""

    def __init__(self, language: Language) -> None:
        """Speak this language."""
        self.language = language

    def say(self, code: str, **values: object) -> str:
        """Return the sentence for a code of the report or of the path, with its values filled in."""
        sentences = _REPORT if code in _REPORT else _MATCHER
        return sentences.say(code, self.language, **values)

    def note(self, note: Mapping[str, Any], where: str) -> str:
        """Return what a reader noted about a file or about all of them (`where`), as `summary.json` has it."""
        values = {"where": where, **{name: value for name, value in note.items() if name != "code"}}
        return _MATCHER.say(note["code"], self.language, **values)

    def preferred(self, text: str) -> str:
        """Return a preferred choice with its dosage forms in words instead of codes."""
        start, bracket, forms = text.partition("(")
        return start + bracket + _FORMS.sub(lambda found: self.say(f"FORM_{found[0]}"), forms)

    def name_of(self, indicator: Indicator) -> str:
        """Return what an indicator is called."""
        return indicator.name_nl if self.language is Language.NL else indicator.name_en
