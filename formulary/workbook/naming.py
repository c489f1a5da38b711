"""Which sheet is which file of a rules folder, by the table of known sheets or by the list in the first sheet."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from ..sentences import Language

INDEX_SHEETS = {Language.NL: "LEESMIJ", Language.EN: "README"}
_NAME_MAX = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_FILE = re.compile(r"(?P<file>[^\[\]]+\.(?:csv|toml))(?: \[\[(?P<array>[A-Za-z0-9_-]+)\]\])?")


@dataclass(frozen=True)
class Target:
    """What a sheet is: a file of a rules folder, or one list of tables (`array`) in a TOML file."""

    file: str
    array: str | None = None

    def __str__(self) -> str:
        """Return it as the first sheet lists it."""
        return self.file if self.array is None else f"{self.file} [[{self.array}]]"

    @property
    def is_table(self) -> bool:
        """Tell whether this is a CSV table, and no TOML document."""
        return self.file.endswith(".csv")


@dataclass(frozen=True)
class _Known:
    """One kind of sheet in `tables.toml`."""

    sheet: str
    file: str
    array: str | None
    said: dict[str, str]


def sheet_name(target: Target, taken: Collection[str]) -> str:
    """Return how the sheet of a file is called: as the known sheets are, else by its path; never a name twice."""
    found = _known_by_target(target)
    name = found[0] if found else _spelled(target)
    # A sheet's name may not hold some characters, begin or end with an apostrophe, or be longer than 31 characters.
    name = _NOT_IN_NAMES.sub("-", name).strip("' ")[:_NAME_MAX].strip("' ") or "blad"
    others = {each.casefold() for each in taken}
    n, unique = 1, name
    while unique.casefold() in others:
        n += 1
        unique = f"{name[: _NAME_MAX - 5]} ({n})"
    return unique


def described(target: Target, language: Language) -> str:
    """Return what stands in a sheet, or nothing where it is not one of the known."""
    found = _known_by_target(target)
    return found[1].said[language] if found else ""


def target_by_name(sheet: str) -> Target | None:
    """Return what a sheet of this name is, or nothing where the name is not one of the known."""
    for known in _known():
        found = _pattern(known.sheet).fullmatch(sheet)
        if found is not None:
            return Target(known.file.format(**found.groupdict()), known.array)
    return None


def target_as_listed(text: str) -> Target | None:
    """Return what the first sheet says a sheet is, or nothing where that is no file inside a rules folder."""
    found = _FILE.fullmatch(text.strip())
    if found is None or not _is_inside(found["file"]):
        return None
    if found["array"] is not None and found["file"].endswith(".csv"):
        return None
    return Target(found["file"], found["array"])


def _is_inside(file: str) -> bool:
    # A workbook is a stranger's: a path in it may not lead out of the folder that it is unpacked into.
    path = PurePosixPath(file)
    is_plain = str(path) == file and "\\" not in file and ":" not in file and file.isprintable()
    in_file = any(part.endswith((".csv", ".toml")) for part in path.parts[:-1])
    return is_plain and not in_file and not path.is_absolute() and ".." not in path.parts


def _spelled(target: Target) -> str:
    parts = PurePosixPath(target.file).with_suffix("").parts
    return " ".join([*parts, *([target.array] if target.array else [])])


def _known_by_target(target: Target) -> tuple[str, _Known] | None:
    for known in _known():
        found = _pattern(known.file).fullmatch(target.file)
        if found is not None and known.array == target.array:
            return known.sheet.format(**found.groupdict()), known
    return None


@cache
def _known() -> tuple[_Known, ...]:
    table = tomllib.loads(files(__package__).joinpath("tables.toml").read_text(encoding="utf-8"))["tables"]
    languages = [str(language) for language in Language]
    return tuple(
        _Known(each["sheet"], each["file"], each.get("array"), {name: each[name] for name in languages})
        for each in table
    )


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.escape(template).replace(r"\{name\}", r"(?P<name>[^/\\]+)"))
