"""One formulary version as if it had always been in force: to see what it makes of lines of any day."""

from dataclasses import replace
from datetime import date

from ..documents import Entry, VersionStatus
from ..errors import RulesNotFound
from ..rulebook import FormularyVersion, Rulebook
from ..segments import Edition, Segment, entries_frame, segments_frame
from ..succession import with_current_atc


def in_force_always(rulebook: Rulebook, version: str | None = None) -> Rulebook:
    """Return the rule book with one version (the newest, where none is named) in force on every day there is.

    The version stands as on its own last day: what was added by then holds, what ended before it does not, and
    there is no grace. A draft or a withdrawn version is put in force by its name; without a name it is only where
    nothing was adopted yet. Raises RulesNotFound with the versions there are.
    """
    edition = _edition(rulebook, version)
    always = replace(edition, first=date.min, last=date.max)
    name, header = edition.header.version, edition.header
    segment = Segment(name, date.min, date.max, tuple(_standing(edition)))
    return replace(
        rulebook,
        calendar=(FormularyVersion(name, date.min, None, header.source, header.status),),
        editions=(always,),
        segments=segments_frame([segment]),
        entries=with_current_atc(entries_frame([segment]), rulebook.circumstances.succession),
    )


def _edition(rulebook: Rulebook, version: str | None) -> Edition:
    if version is None and (rulebook.editions or rulebook.unadopted):
        return (rulebook.editions or rulebook.unadopted)[-1]
    every = [*rulebook.editions, *rulebook.unadopted]
    for edition in every:
        if edition.header.version == version:
            return edition
    known = ", ".join(_named(edition) for edition in every)
    raise RulesNotFound("VERSION_NOT_FOUND", rulebook.region.name, name=version, known=known)


def _named(edition: Edition) -> str:
    header = edition.header
    return header.version if header.status is VersionStatus.ADOPTED else f"{header.version} ({header.status})"


def _standing(edition: Edition) -> list[tuple[Entry, bool, bool]]:
    suspended = {
        each.chapter
        for each in edition.header.suspended
        if each.suspended_from <= edition.last and (each.suspended_until or date.max) >= edition.last
    }
    held = [entry for entry in edition.entries if _holds_at_last(entry, edition)]
    return [(entry, entry.chapter in suspended, False) for entry in held]


def _holds_at_last(entry: Entry, edition: Edition) -> bool:
    return (entry.valid_from or date.min) <= edition.last <= (entry.valid_until or date.max)
