"""`formulary rules export` and `import`: a rules folder as one workbook, and back without loss."""

from dataclasses import dataclass
from pathlib import Path

from formulary import Language, RulesInvalid, Sentences, Workbook, write_workbook

from ..swap import swapped_file, swapped_folder

_SENTENCES = Sentences("formulary")


@dataclass(frozen=True)
class RulesExported:
    """Where the workbook is, how many tables it has, the files it left out and those not in the standard form."""

    out: Path
    tables: int
    left_out: tuple[str, ...]
    rewritten: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return what was done, under the names above."""
        named = {"left_out": list(self.left_out), "rewritten": list(self.rewritten)}
        return {"out": str(self.out), "tables": self.tables, **named}

    def lines(self, language: Language) -> list[str]:
        """Return what a person reads; files that did not come along as they were are named."""
        told = [_SENTENCES.say("RULES_EXPORTED", language, n=self.tables, out=self.out)]
        for code, names in (("FILES_LEFT_OUT", self.left_out), ("FILES_REWRITTEN", self.rewritten)):
            if names:
                told.append("  " + _SENTENCES.say(code, language, names=", ".join(names)))
        return told


@dataclass(frozen=True)
class RulesImported:
    """Where the rules folder is, and the files it has."""

    out: Path
    files: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return what was done, under the names above."""
        return {"out": str(self.out), "files": list(self.files)}

    def lines(self, language: Language) -> list[str]:
        """Return what a person reads, and how to go on."""
        return [_SENTENCES.say("RULES_IMPORTED", language, n=len(self.files), out=self.out)]


def export_rules(folder: Path, out: Path, language: Language) -> RulesExported:
    """Write a rules folder to the workbook `out` and return what is in it; the language is that of its first sheet.

    Raises RulesNotFound or RulesInvalid where a file of the folder is no table, and OutputUnusable.
    """
    with swapped_file(out) as beside:
        written = write_workbook(folder, beside, language)
    return RulesExported(out, written.sheets, written.left_out, written.rewritten)


def import_rules(workbook: Path, out: Path) -> RulesImported:
    """Write a workbook's tables to the new folder `out` and return their names; nothing is written if there is a fault.

    Raises RulesInvalid with every fault, by sheet and cell, and OutputUnusable where `out` is a folder in use.
    """
    rules = Workbook(workbook)
    contents = {name: rules.content(rules.path / name) for name in rules.files()}
    if faults := rules.placed():
        raise RulesInvalid("WORKBOOK_INVALID", workbook.name, faults)
    with swapped_folder(out) as beside:
        for name, content in contents.items():
            assert content is not None  # a file that could not be made is a fault
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return RulesImported(out, tuple(contents))
