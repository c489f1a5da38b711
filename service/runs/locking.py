"""One writer at a time: a lock that the system itself lets go of when a process ends, however it ends."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import Unreachable

_WAIT_SECONDS, _STEP_SECONDS = 30.0, 0.05


@contextmanager
def locked(file: Path, wait_seconds: float = _WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of a file beside the ledger, waiting for whoever has it; raises Unreachable after a while."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as handle:
        _wait_for(handle, file, wait_seconds)
        try:
            yield
        finally:
            _let_go(handle)


def _wait_for(handle: IO[bytes], file: Path, wait_seconds: float) -> None:
    until = time.monotonic() + wait_seconds
    while not _take(handle):
        if time.monotonic() >= until:
            raise Unreachable("LEDGER_BUSY", str(file.parent))
        time.sleep(_STEP_SECONDS)


if sys.platform == "win32":  # pragma: no cover  (the same promise by another name; tried where Windows is)
    import msvcrt

    def _take(handle: IO[bytes]) -> bool:
        try:
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(handle: IO[bytes]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
