"""Who may ask what: keys with a role, and the table of what each role may do.

A prescriber sees its own scores and nobody else's; that another prescriber exists is not told either. Of its practice
and its group it sees the course of all together.
"""

import hashlib
import hmac
import tomllib
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from formulary import ComplianceError, Level, Sentences, agb

from .problems import ProblemCode, Refusal


class Role(StrEnum):
    """What somebody is to the service."""

    PRESCRIBER = "prescriber"
    PHARMACIST = "pharmacist"
    INSURER = "insurer"
    COMMITTEE = "committee"


_MAY_CHECK_LINES = frozenset(Role)
_MAY_VIEW_OWN_ADHERENCE = frozenset({Role.PRESCRIBER})
_MAY_VIEW_MEASURE_REPORTS = frozenset({Role.PRESCRIBER, Role.INSURER})


class KeysUnusable(ComplianceError):
    """The file with keys is not there, or says something that cannot be meant."""

    sentences = Sentences("service.routes")


class Viewer(BaseModel):
    """Who asks: the holder of a key, its role, and for a prescriber its AGB code. The key itself is not kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]
    role: Role
    agb: str | None = None

    @model_validator(mode="after")
    def _check_agb(self) -> "Viewer":
        # Without a code a prescriber would see nothing; with one, another role would seem to see only that.
        has_code = self.agb is not None and agb.is_valid(self.agb)
        if has_code != (self.role is Role.PRESCRIBER) or (self.agb is not None and not has_code):
            raise ValueError("agb")
        return self


class Keys:
    """The keys that open the service."""

    def __init__(self, viewers: tuple[Viewer, ...]) -> None:
        """Keep who holds a key."""
        self._viewers = viewers

    def holder_of(self, key: str) -> Viewer | None:
        """Return who holds this key, or nobody; the time it takes says nothing about how near it was."""
        digest, holder = hashlib.sha256(key.encode()).hexdigest(), None
        for viewer in self._viewers:
            if hmac.compare_digest(viewer.sha256, digest):
                holder = viewer
        return holder


def read_keys(path: Path) -> Keys:
    """Return the keys in a TOML file (`[[keys]]` with name, sha256, role and agb), or raise KeysUnusable.

    `sha256` is the plain SHA-256 of the key in hexadecimal: keys are 256 random bits, so there is nothing to guess.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8-sig"))["keys"]
        viewers = TypeAdapter(tuple[Viewer, ...]).validate_python(entries)
    except (OSError, UnicodeDecodeError) as error:
        raise KeysUnusable("KEYS_UNREADABLE", str(path)) from error
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise KeysUnusable("KEYS_NOT_TOML", str(path)) from error
    except ValidationError as error:
        # The number of the key and the field say enough; a message with its content would put a digest in a log.
        places = ", ".join(".".join(str(part) for part in each["loc"]) or "keys" for each in error.errors())
        raise KeysUnusable("KEYS_INVALID", str(path), places=places) from None
    if len({viewer.sha256 for viewer in viewers}) < len(viewers):
        raise KeysUnusable("KEYS_TWICE", str(path))
    return Keys(viewers)


def can_check_lines(viewer: Viewer) -> bool:
    """Tell whether this viewer may have lines judged."""
    return viewer.role in _MAY_CHECK_LINES


def check_can_check_lines(viewer: Viewer) -> None:
    """Refuse a viewer who may not have lines judged."""
    if not can_check_lines(viewer):
        raise Refusal(ProblemCode.NOT_ALLOWED)


def can_view_prescriber(viewer: Viewer, prescriber_agb: str) -> bool:
    """Tell whether this viewer may see the scores of this prescriber."""
    return viewer.role in _MAY_VIEW_OWN_ADHERENCE and viewer.agb == prescriber_agb


def check_can_view_prescriber(viewer: Viewer, prescriber_agb: str) -> None:
    """Refuse a viewer who may not see this prescriber: by role, or else as if the prescriber did not exist."""
    if viewer.role not in _MAY_VIEW_OWN_ADHERENCE:
        raise Refusal(ProblemCode.NOT_ALLOWED)
    if not can_view_prescriber(viewer, prescriber_agb):
        raise Refusal(ProblemCode.NOT_FOUND)


def can_view_measure_reports(viewer: Viewer) -> bool:
    """Tell whether this viewer may have scores as FHIR: its own, or those of many together."""
    return viewer.role in _MAY_VIEW_MEASURE_REPORTS


def check_can_view_measure_reports(viewer: Viewer) -> None:
    """Refuse a viewer who may not have scores as FHIR."""
    if not can_view_measure_reports(viewer):
        raise Refusal(ProblemCode.NOT_ALLOWED)


def check_is_member(
    viewer: Viewer, place: tuple[Level, str], memberships: pl.DataFrame, on: date | None
) -> frozenset[str]:
    """Return the prescribers of a practice or group on a day, or refuse who is none of them.

    `memberships` are those of the rule book (`MEMBERSHIPS`). Another's practice or group is refused as if it did not
    exist; so is every place where there is no day to look at.
    """
    if viewer.role not in _MAY_VIEW_OWN_ADHERENCE:
        raise Refusal(ProblemCode.NOT_ALLOWED)
    level, id_ = place
    held = {} if on is None else _held(memberships, on)
    inside = [id_] if level is Level.PRACTICE else [each for each, of in held.get(Level.PRACTICE, []) if of == id_]
    members = frozenset(each for each, of in held.get(Level.PRESCRIBER, []) if of in inside)
    if viewer.agb not in members:
        raise Refusal(ProblemCode.NOT_FOUND)
    return members


def _held(memberships: pl.DataFrame, on: date) -> dict[str, list[tuple[str, str]]]:
    """Return, by level, who belonged to what on a day."""
    until = pl.col("valid_until").is_null() | (pl.col("valid_until") >= on)
    found: dict[str, list[tuple[str, str]]] = {}
    rows = memberships.filter((pl.col("valid_from") <= on) & until).select("level", "id", "part_of")
    for level, id_, of in rows.iter_rows():
        found.setdefault(level, []).append((id_, of))
    return found
