"""The command as tests type it: in a folder of its own, with small rules and lines."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.worlds import Rules, indicator_of, scheme_of

HEAD = "line_id;dispensed_on;prescriber_agb;patient;atc;label\n"
SOUND = "1;2026-03-02;01012345;P1;A02BC01;\n2;2026-03-02;01012345;P2;A02BC03;\n"
RULES = Rules(
    indicators=indicator_of("ALL"), schemes=(scheme_of("indicator | minimum | percent | cents\nALL | 1 | 50 | 12345"),)
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


def written(name: str, content: str = HEAD + SOUND) -> Path:
    """Return a file with this content, in the folder where the command runs."""
    path = Path(name)
    path.write_text(content, encoding="utf-8")
    return path
