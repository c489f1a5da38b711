"""One thing that a committee should look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import ComplianceError
from ..sentences import Language

_SHOWN = 5  # names in one sentence; the number says how many there are


@dataclass(frozen=True)
class Suspicion:
    """Something a committee should look at, with its place and the values its sentence names."""

    code: str
    place: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: Language = Language.EN) -> str:
        """Return the place and the sentence, in the language asked for."""
        return f"{self.place}: {ComplianceError.sentences.say(self.code, language, **self.values)}"


def some_of(names: Sequence[object]) -> str:
    """Return the first few names, and dots where there are more.

    >>> some_of([1, 2, 3]), some_of([1, 2, 3, 4, 5, 6])
    ('1, 2, 3', '1, 2, 3, 4, 5, …')
    """
    shown = [str(name) for name in names[:_SHOWN]]
    return ", ".join([*shown, "…"] if len(names) > _SHOWN else shown)
