"""One table: which error ends with which exit code and which HTTP status.

formulary.ComplianceError       see `formulary/errors.py` for the tree
├── UsageInvalid                a command or request that contradicts itself
├── OutputUnusable              a place to write that cannot be written, or that holds something else
├── NotAllowed                  who asks may not see or do this
├── Unreachable                 what is needed now cannot be had now
├── matcher.StepRefused         a step with a reward run that its rules do not allow
└── runs.LedgerBroken           a ledger that is not whole; drawn here, defined in `runs/ledger.py`
"""

from enum import IntEnum

from formulary import ComplianceError, RulesInvalid, RulesNotFound, Sentences
from matcher import StepRefused


class ExitCode(IntEnum):
    """How a command ends."""

    DONE = 0
    ATTENTION = 1
    USAGE = 2
    UNUSABLE = 3
    NOT_ALLOWED = 4
    UNREACHABLE = 5
    BUG = 70


class UsageInvalid(ComplianceError):
    """A command or request that contradicts itself or names something that does not exist."""

    sentences = Sentences(__package__)


class OutputUnusable(ComplianceError):
    """A place to write that cannot be written to, or that holds what is not ours to replace."""

    sentences = Sentences(__package__)


class NotAllowed(ComplianceError):
    """Who asks may not see or do this."""

    sentences = Sentences(__package__)


class Unreachable(ComplianceError):
    """What is needed now cannot be had now, because it is busy or away."""

    sentences = Sentences(__package__)


# The most specific class that an error is decides; anything that is not in the table is a bug.
_ENDS: dict[type[ComplianceError], tuple[ExitCode, int]] = {
    UsageInvalid: (ExitCode.USAGE, 400),
    OutputUnusable: (ExitCode.UNUSABLE, 500),
    NotAllowed: (ExitCode.NOT_ALLOWED, 403),
    StepRefused: (ExitCode.NOT_ALLOWED, 409),
    Unreachable: (ExitCode.UNREACHABLE, 503),
    RulesNotFound: (ExitCode.UNUSABLE, 404),
    RulesInvalid: (ExitCode.UNUSABLE, 500),
    ComplianceError: (ExitCode.UNUSABLE, 400),  # what is left: a file of lines that cannot be used
}


def exit_code_of(error: ComplianceError) -> ExitCode:
    """Return how a command ends with this error."""
    return _end_of(error)[0]


def status_of(error: ComplianceError) -> int:
    """Return the HTTP status that answers this error."""
    return _end_of(error)[1]


def _end_of(error: ComplianceError) -> tuple[ExitCode, int]:
    return next(_ENDS[kind] for kind in type(error).__mro__ if kind in _ENDS)
