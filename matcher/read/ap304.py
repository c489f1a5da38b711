"""Read claims of pharmacies (Vektis AP304): a header, insured people, each followed by performances, and a trailer.

Records are cut by the table of their version (`layouts/`) and never looped over. What the trailer says must be what
the file holds, or the whole file is refused. Names, addresses and birth dates are never cut out; of the insured only
a pseudonym, the year of birth and the sex go on, and nothing else of them is written anywhere.
"""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from ..errors import FileUnusable
from .ap304_blocks import BLANK, ClaimBlock, claim_blocks
from .ap304_checks import ClaimSeen
from .ap304_lines import PEOPLE, lines_of, people_of
from .ap304_links import ClaimLinks, with_prescribers
from .encoding import blocks_of, encoding_of
from .found import Found, Note
from .headers import Header
from .layout import ClaimLayout, claim_layouts
from .source import Source

# How a record begins: a header with code and version, or a record with its number. Two lines are looked at, so that
# a file whose header is damaged is still told for what it is.
_RECORD = re.compile(rb"(01\d{7}[A-Za-z ]|0[234]\d{12}|98\d{12}|99\d{12})[^;,\t|]{40}")
_LINES_LOOKED_AT = 2
_LONGEST_RECORD = 4_096


def is_ap304(source: Source) -> bool:
    """Tell whether a file begins as a claim message does."""
    first = source.beginning.split(b"\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]
    return any(_RECORD.match(line) for line in first)


def read_ap304(source: Source) -> Found:
    """Return a line for each performance of a claim file; raise FileUnusable where the file as a whole is not sound.

    The file is read a block at a time, so that it may be larger than memory.
    """
    encoding = encoding_of(source)
    header_no, first = _first_record(source)
    layout = _layout_of(first, source.name, header_no)
    parts, seen = _Parts(source, layout, _header(layout, first, source.name)), ClaimSeen(layout)
    for block in claim_blocks(blocks_of(source, encoding), layout):
        seen.add(block)
        parts.add(block)
    seen.check_whole(source.name)
    lines = parts.lines()
    own = [name for name in lines.collect_schema().names() if name not in ("line_no", "damage")]
    header = Header(columns={name: name for name in own}, left_out=())
    notes = (*_notes_on(parts.header, layout), *_notes_on_lists(seen.n_of_lists, layout))
    return Found(lines, header, seen.n_of_kinds[layout.records["performance"].code], seen.n_blank, notes=notes)


class _Parts:
    """What was converted so far: a Parquet file for each block, and who was insured last."""

    def __init__(self, source: Source, layout: ClaimLayout, header: Mapping[str, str | None]) -> None:
        self.header = header
        self._layout, self._workspace, self._key = layout, source.workspace, source.reading.key
        self._paths: list[Path] = []
        self._links = ClaimLinks()
        self._last = pl.DataFrame([dict.fromkeys(PEOPLE)], schema=PEOPLE)

    def add(self, block: ClaimBlock) -> None:
        """Keep the lines of one more block."""
        people = pl.concat([self._last, people_of(block.insured, self.header, self._key)])
        lines = self._links.tied(lines_of(block.performances, people, self.header, self._layout))
        self._paths.append(self._workspace / f"{len(self._paths):05}.parquet")
        lines.write_parquet(self._paths[-1], compression="lz4")
        # Made anew from its values: a text that is cut out of a block would hold all of the block.
        self._last = pl.DataFrame(people.tail(1).rows(), schema=PEOPLE, orient="row")

    def lines(self) -> pl.LazyFrame:
        """Return the lines of all blocks, services tied to the medicines they belong to."""
        self._links.tie_across(self._paths)
        lines = with_prescribers(pl.scan_parquet(self._paths))
        return lines if "link" in self._layout.records["performance"].named else lines.drop("linked_to")


def _first_record(source: Source) -> tuple[int, str]:
    for number, line in enumerate(source.start.split(b"\n"), 1):
        text = line[:_LONGEST_RECORD].decode("utf-8", errors="replace").removeprefix("\ufeff").rstrip("\r\n")
        if not re.match(BLANK, text):
            return number, text
    return 1, ""


def _layout_of(first: str, where: str, line: int) -> ClaimLayout:
    if not re.match(r"01\d{7}", first):
        raise FileUnusable("CLAIM_NO_HEADER", where, line=line)
    known = claim_layouts()
    number = first[5:7]
    if number not in known:
        versions = ", ".join(layout.version for layout in known.values())
        raise FileUnusable("CLAIM_VERSION_UNKNOWN", where, message=first[2:5], version=first[5:9], known=versions)
    return known[number]


def _header(layout: ClaimLayout, first: str, where: str) -> dict[str, str | None]:
    named = layout.records["header"].named
    cut = pl.DataFrame({"text": [first]}).select(field.of(pl.col("text")).alias(name) for name, field in named.items())
    header = cut.row(0, named=True)
    if (header["purpose"] or "").upper() == "T":
        raise FileUnusable("CLAIM_IS_TEST", where)
    return header


def _notes_on(header: Mapping[str, str | None], layout: ClaimLayout) -> list[Note]:
    notes = []
    if header["message_code"] not in layout.message_codes:
        notes.append(
            Note("CLAIM_CODE_UNKNOWN", {"message_code": header["message_code"] or "000", "version": layout.version})
        )
    if (header["subversion"] or "00") not in layout.subversions:
        notes.append(Note("CLAIM_SUBVERSION", {"version": layout.version, "subversion": header["subversion"]}))
    return notes


def _notes_on_lists(lists: Counter[str], layout: ClaimLayout) -> list[Note]:
    known = [*layout.medicine_lists, *layout.local_lists, *layout.compound_lists, *layout.service_lists]
    other = sorted(each for each in lists if each not in known and re.fullmatch(r"\d{3}", each))
    return [Note("CLAIM_LISTS", {"lists": ", ".join(other), "n": sum(lists[each] for each in other)})] if other else []
