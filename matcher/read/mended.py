"""Mended rejects: a line that comes back takes the place of the line it mends, so that nothing is counted twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from .headers import MENDS


@dataclass(frozen=True)
class FileLines:
    """The lines of one file; of mended rejects also which line each mends (`line_no`, `mends_source`, `mends_line_no`).

    `replaced` counts the lines that were left out because a mended one took their place.
    """

    name: str
    lines: pl.LazyFrame
    mends: pl.DataFrame | None = None
    replaced: int = 0


def without_mended(files: Sequence[FileLines]) -> list[FileLines]:
    """Return the files without the lines that a file of mended rejects brings anew.

    A mended line names the file and the line number that it comes from. Where that file is read along, its old line
    is left out; a line that is mended in two files is the one of the file named last. Everything else stays.
    """
    return [_without(file, _mended_anew(n, files)) for n, file in enumerate(files)]


def _mended_anew(n: int, files: Sequence[FileLines]) -> list[int]:
    """Return the line numbers of a file that others bring anew."""
    file = files[n]
    others = [other.mends for other in files if other.mends is not None and other is not file]
    anew = [
        mends.filter(mends_source=file.name).select(pl.col("mends_line_no").alias("line_no")).drop_nulls()
        for mends in others
    ]
    if file.mends is not None:
        later = [other.mends for other in files[n + 1 :] if other.mends is not None]
        anew += [file.mends.join(mends, on=list(MENDS), how="semi").select("line_no") for mends in later]
    return pl.concat(anew)["line_no"].unique().sort().to_list() if anew else []


def _without(file: FileLines, anew: list[int]) -> FileLines:
    if not anew:
        return file
    kept = file.lines.filter(~pl.col("line_no").is_in(anew))
    n_before, n_after = (frame.select(pl.len()).collect().item() for frame in (file.lines, kept))
    return replace(file, lines=kept, replaced=n_before - n_after)
