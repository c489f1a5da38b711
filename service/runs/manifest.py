"""What a run says of itself: what it was made of, by which rules and software, and what it follows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from formulary import Scheme
from matcher import Dispute, Period, RunAccount

from ..batch import Answer
from ..errors import UsageInvalid
from ..settings import pseudonym_key
from .contents import provisional_scores


@dataclass(frozen=True)
class Signature:
    """Who takes a step, and when: UTC, to the second, such as `2026-11-22T13:05:00Z`."""

    by: str
    at: str


@dataclass(frozen=True)
class Asked:
    """Which run is wanted: of a scheme over a period, correcting another run or none, on provisional data or not.

    `as_of` is the day on which it is worked out: before a period is over its figures are provisional.
    """

    scheme: str
    period: Period
    corrects: str = ""
    provisional: bool = False
    as_of: date | None = None


def about_run(answer: Answer, asked: Asked, corrected: RunAccount | None, upheld: Sequence[Dispute]) -> dict[str, Any]:
    """Return the manifest of a run, without its amounts and files; nothing in it comes from a clock."""
    rulebook, summary = answer.rulebook, answer.summary.as_json()
    days = days_of(answer, asked)
    scheme, incomplete = rulebook.scheme(asked.scheme), provisional_scores(answer.assessment)
    held, early = _is_held(scheme, days, asked.as_of), asked.as_of is not None and asked.as_of <= days.last
    return {
        "region": rulebook.region.id,
        "scheme": asked.scheme,
        "period": asked.period.name,
        "first_day": str(days.first),
        "last_day": str(days.last),
        "inputs": [{name: file[name] for name in ("name", "sha256", "lines", "columns")} for file in summary["files"]],
        "outcomes": summary["outcomes"],
        "rules": {
            "sha256": rulebook.sha256,
            "versions": [each.version for each in rulebook.calendar],
            "files": {Path(name).name if Path(name).is_absolute() else name: digest_ for name, digest_ in
                      sorted(rulebook.checksums.items())},
        },
        "software": summary["software"],
        # Which key made the pseudonyms, without telling the key: with another one no line would be the same.
        "key_check": hashlib.sha256(b"formulary run" + pseudonym_key()).hexdigest()[:16],
        "corrects": corrected.id if corrected else "",
        "disputes": [each.number for each in upheld],
        # A scheme that holds what is provisional pays none of it yet, and says itself when figures are final.
        "as_of": str(asked.as_of) if held else "",
        "provisional_scores": incomplete,
        "provisional": asked.provisional or (scheme.hold_days is None and (early or incomplete > 0)),
        "dispute_days": rulebook.region.dispute_days,
    }  # fmt: skip


def days_of(answer: Answer, asked: Asked) -> Period:
    """Return the days that are paid for: those of the period on which the scheme is in force, or raise UsageInvalid."""
    scheme = answer.rulebook.scheme(asked.scheme)
    days = asked.period.within(scheme.in_force_from, scheme.in_force_until)
    if days is None:
        raise UsageInvalid("SCHEME_NOT_IN_FORCE", scheme.id, period=asked.period.name)
    return days


def _is_held(scheme: Scheme, days: Period, as_of: date | None) -> bool:
    return scheme.hold_days is not None and as_of is not None and as_of <= days.last + timedelta(days=scheme.hold_days)
