"""Templates compiled by an earlier run: to compile those of the report takes a third of a second of every check."""

from contextlib import suppress

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from ..settings import templates_folder

_OWNER_ONLY = 0o700


class _Kept(FileSystemBytecodeCache):
    """What cannot be kept is compiled again next time: a full disk is no reason to go without a report."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template where that is possible."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def kept_templates() -> FileSystemBytecodeCache | None:
    """Return where compiled templates are kept, known by the checksum of their text; nothing without a place."""
    folder = templates_folder()
    if folder is None:
        return None
    try:
        folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    except OSError:
        return None
    return _Kept(str(folder))
