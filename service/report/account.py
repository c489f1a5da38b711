"""By what a report was made: the days, the software, the versions, and the checksum of every file that had a part."""

from collections.abc import Iterator

from ..spreadsheet import Cell, Column, Kind, Sheet
from .content import Content

Row = tuple[Cell, ...]  # what, its name, first day, last day, lines, source, SHA-256


def account_rows(content: Content) -> Iterator[Row]:
    """Give a row for the lines, the software, each version, the rules together and apart, and each file read."""
    say, extent, summary = content.words.say, content.extent, content.summary
    rulebook = content.rulebook
    lines = summary["lines"]
    yield say("ACCOUNT_LINES"), rulebook.region.name, extent["first_day"], extent["last_day"], lines, None, None
    yield say("ACCOUNT_SOFTWARE"), f"mijnstreek-formulary {summary['software']}", None, None, None, None, None
    for file in summary["files"]:
        yield say("ACCOUNT_FILE"), file["name"], None, None, file["lines"], None, file["sha256"]
    for version in rulebook.calendar:
        days = version.in_force_from, version.in_force_until
        yield say("ACCOUNT_VERSION"), version.version, *days, None, version.source, None
    yield say("ACCOUNT_RULES"), rulebook.region.id, None, None, None, rulebook.region.source, rulebook.sha256
    for name, sha256 in sorted(rulebook.checksums.items()):
        yield say("ACCOUNT_RULES_FILE"), name, None, None, None, None, sha256


def account_sheet(content: Content) -> Sheet:
    """Return the sheet that says by which rules, files and software the report was made."""
    words = content.words
    columns = [
        Column(words.say("COL_WHAT")),
        Column(words.say("COL_NAME")),
        Column(words.say("COL_FROM"), Kind.DAY),
        Column(words.say("COL_UNTIL"), Kind.DAY),
        Column(words.say("COL_LINES"), Kind.WHOLE),
        Column(words.say("COL_SOURCE"), width=50),
        Column("SHA-256", width=66),
    ]
    notes = [words.say("RULES_TABLE"), words.say("REPEATABLE", software=content.summary["software"])]
    return Sheet(words.say("READ_SHORT"), words.say("READ"), notes, columns, list(account_rows(content)))
