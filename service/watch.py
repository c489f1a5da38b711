"""Watch a folder: every file that appears in it is checked once, as soon as it is whole, with its results beside it.

Looking goes by name, size and time of change, at every round: it works the same on a disk, a share and under Windows.
A file is whole when two looks in a row see the same and nobody holds it. What was checked is remembered by content, so
that neither a restart nor a copy under another name has it checked again.
"""

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from formulary import ComplianceError, Language, Sentences
from matcher import FileUnusable

from .swap import swapped_file

STATE_FILE = ".formulary-watch.json"
OURS = "-formulary"  # at the end of the name of everything that is left beside a file
_PASSING = (".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart")  # names of what still comes in
_SENTENCES = Sentences(__package__)


class Ended(StrEnum):
    """How it went with a file."""

    CHECKED = "CHECKED"
    REFUSED = "REFUSED"  # the file cannot be used, which its content decides
    FAILED = "FAILED"  # something else is in the way; the file is tried again when it is put there again
    KNOWN = "KNOWN"  # its content was checked before, under another name


@dataclass(frozen=True)
class Seen:
    """What became of a file: `where` leads to its results or its message, `summary` is that of its check."""

    file: Path
    ended: Ended
    where: Path
    sentence: str = ""
    summary: Mapping[str, Any] | None = None


class Watch:
    """A folder that is watched: `look` is one round, and gives what became of every file that was whole."""

    def __init__(
        self, folder: Path, out: Path, check: Callable[[Path, Path], Mapping[str, Any]], lang: Language
    ) -> None:
        """Watch `folder`; `check` takes a file and the folder for its results, and returns its summary."""
        self._folder, self._out, self._check, self._language = folder, out, check, lang
        self._before: dict[str, tuple[int, int]] = {}
        self._done: dict[str, tuple[int, int]] = {}
        self._known = _known_in(out / STATE_FILE)

    def look(self) -> Iterator[Seen]:
        """Check what is new and has not changed since the look before; give what became of each file."""
        now = _files_in(self._folder)
        whole = [name for name, stamp in now.items() if self._is_new(name, stamp)]
        self._before = now
        for name in whole:
            if not is_let_go(self._folder / name):
                continue
            seen = self._take(self._folder / name)
            if seen is not None:
                self._done[name] = now[name]
                yield from [seen] if seen.ended is not Ended.KNOWN or seen.where.name != name else []

    def _is_new(self, name: str, stamp: tuple[int, int]) -> bool:
        return stamp == self._before.get(name) and stamp != self._done.get(name)

    def _take(self, file: Path) -> Seen | None:
        """Check one file, or find that its content was checked before; nothing where it is not whole after all."""
        try:
            content = _sha256(file)
        except OSError:
            return None
        if content in self._known:
            return Seen(file, Ended.KNOWN, Path(self._known[content]))
        return self._checked(file, content)

    def _checked(self, file: Path, content: str) -> Seen | None:
        results, message = (self._out / f"{file.name}{OURS}{end}" for end in ("", ".txt"))
        try:
            summary = self._check(file, results)
        except FileUnusable as error:
            if error.code == "FILE_CHANGED":
                return None
            self._remember(content, file.name)
            seen = Seen(file, Ended.REFUSED, message, error.sentence(self._language))
        except ComplianceError as error:
            seen = Seen(file, Ended.FAILED, message, error.sentence(self._language))
        except Exception as error:  # the watch goes on, whatever one file does
            told = _SENTENCES.say("BUG", self._language, where=type(error).__name__)
            seen = Seen(file, Ended.FAILED, message, told)
        else:
            message.unlink(missing_ok=True)
            self._remember(content, file.name)
            return Seen(file, Ended.CHECKED, results, summary=summary)
        _write(message, seen.sentence)
        return seen

    def _remember(self, content: str, name: str) -> None:
        self._known[content] = name
        _write(self._out / STATE_FILE, json.dumps(self._known, ensure_ascii=False, indent=1))


def _write(file: Path, text: str) -> None:
    # Where it cannot be written the watch goes on: what it said was shown, and checking once more does no harm.
    with suppress(ComplianceError, OSError), swapped_file(file) as beside:
        beside.write_text(text + "\n", encoding="utf-8")


def is_let_go(file: Path) -> bool:
    """Tell whether nobody holds a file: under Windows it cannot be renamed, not even to itself, while one does."""
    try:
        file.rename(file)
    except FileNotFoundError:
        return False
    except OSError:
        # Elsewhere it only says that we may not write here, which reading does not ask for.
        return os.name != "nt"
    return True


def _files_in(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of change of each file that may hold lines, by name."""
    found = {}
    try:
        for file in sorted(folder.iterdir()):
            told = file.lstat()
            if stat.S_ISREG(told.st_mode) and not _is_passed_over(file.name):
                found[file.name] = (told.st_size, told.st_mtime_ns)
    except OSError:
        # A file that went away meanwhile, or a share that did: the next look shows what there is.
        return {}
    return found


def _is_passed_over(name: str) -> bool:
    """Tell whether a name is hidden, that of a file still coming in, or that of something we left ourselves."""
    return name.startswith((".", "~")) or name.lower().endswith(_PASSING) or name.endswith((OURS, f"{OURS}.txt"))


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _known_in(state: Path) -> dict[str, str]:
    """Return the names of files by content, as remembered; where that cannot be read nothing is: checking is safe."""
    try:
        told = json.loads(state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(content): str(name) for content, name in told.items()}
