"""What can be wrong with something published or handed in, and how it is said.

    ComplianceError                 every mistake of a user: what, where, why, what to do
    ├── RulesInvalid                a rules folder, catalogue or scheme has faults; all of them are listed
    ├── RulesNotFound               a rules folder, or a rule asked for by name, is not there
    └── matcher.FileUnusable        a file of lines cannot be read (drawn here, defined in `matcher/errors.py`)

A bad *row of lines* is never an exception: it is a `problem` that travels with its line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .sentences import Language, Sentences

_SENTENCES = Sentences(__package__)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a published file, with its place: file, row (1 = header) and column."""

    code: str
    file: str
    row: int | None = None
    column: str | None = None
    values: dict[str, object] = field(default_factory=dict)

    def sentence(self, language: Language = Language.EN) -> str:
        """Return the place and the sentence, in the language asked for."""
        place = self.file
        if self.row is not None:
            place += _SENTENCES.say("PLACE_ROW", language, row=self.row)
        if self.column is not None:
            place += _SENTENCES.say("PLACE_COLUMN", language, column=self.column)
        return f"{place}: {_SENTENCES.say(self.code, language, **self.values)}"


class ComplianceError(Exception):
    """A mistake that its maker can mend; doors show `sentence()` and never a traceback."""

    sentences = _SENTENCES

    def __init__(self, code: str, where: str, faults: Sequence[Fault] = (), **values: object) -> None:
        """Keep what is wrong (`code`), where, every fault found, and the values its sentence names."""
        self.code, self.where, self.faults, self.values = code, where, tuple(faults), values
        super().__init__(self.sentence())

    def sentence(self, language: Language = Language.EN) -> str:
        """Return what is wrong, where and what to do, in the language asked for; one line a fault."""
        # A fault of the file itself carries its own place: repeating `where` for each would only tire.
        told = [self.sentences.say(self.code, language, where=self.where, n=len(self.faults), **self.values)]
        return "\n".join(told + [f"  {fault.sentence(language)}" for fault in self.faults])


class RulesInvalid(ComplianceError):
    """A rules folder, catalogue or scheme has faults; every one of them is in `faults`."""


class RulesNotFound(ComplianceError):
    """A rules folder is not there, or it holds no rule of the name asked for."""
