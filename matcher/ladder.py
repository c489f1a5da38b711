"""The code ladder: ZI, HPK, PRK, GPK and ATC, from the most to the least specific, as far as each can be trusted."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from formulary import atc, gstandaard

from .frames import MatchMethod
from .reasons import MatchReason

CODE_COLUMNS = (*gstandaard.CODE_KINDS, "atc")


class CodeFinding(NamedTuple):
    """What the codes of a line say: the first that the catalogue knows, or why none counted.

    `row` is the first catalogue row with this code; `is_one_product` is false where the code covers several names.
    """

    method: MatchMethod
    atc: str | None
    row: int | None
    is_one_product: bool
    reason: MatchReason


class _Coded(NamedTuple):
    atc: str | None
    row: int
    is_one_product: bool
    is_one_atc: bool


class CodeLadder:
    """Every code of the catalogue, with the one ATC code and the one product it stands for."""

    def __init__(self, catalogue: pl.DataFrame) -> None:
        """Index the catalogue's codes; a code with two ATC codes is kept as such and never decides."""
        self._found: dict[str, dict[int, _Coded]] = {}
        for kind in gstandaard.CODE_KINDS:
            if kind in catalogue.columns:
                self._found[kind] = _index(catalogue, kind)

    def find(self, codes: Mapping[str, str | int | None]) -> CodeFinding:
        """Return what the most specific trustworthy code says."""
        doubt = MatchReason.CODE_UNKNOWN
        for kind in gstandaard.CODE_KINDS:
            written = codes.get(kind)
            if written is None or written == "":
                continue
            number = gstandaard.compact(str(written))
            if number is not None and kind == "zi" and gstandaard.is_local(number):
                doubt = MatchReason.LOCAL_CODE
            elif number is None or not gstandaard.is_valid(number):
                doubt = MatchReason.CHECK_DIGIT_FAILS
            elif (found := self._found.get(kind, {}).get(number)) is not None:
                if found.is_one_atc:
                    known = MatchReason.CODE_KNOWN
                    return CodeFinding(MatchMethod[kind.upper()], found.atc, found.row, found.is_one_product, known)
                doubt = MatchReason.CODE_AMBIGUOUS
        return self._by_atc(codes.get("atc"), doubt)

    def _by_atc(self, written: str | int | None, doubt: MatchReason) -> CodeFinding:
        code = atc.compact(str(written)) if written else ""
        if atc.is_valid(code):
            return CodeFinding(MatchMethod.ATC_ONLY, code, None, False, MatchReason.ATC_GIVEN)
        return CodeFinding(MatchMethod.NONE, None, None, False, doubt)


def _index(catalogue: pl.DataFrame, kind: str) -> dict[int, _Coded]:
    codes = catalogue.select(
        code=gstandaard.compacted(pl.col(kind).cast(pl.String)),
        atc=pl.col("atc").cast(pl.String),
        row=pl.int_range(pl.len()),
        product=pl.col("product_name").cast(pl.String),
    ).filter(pl.col("code").is_not_null())
    grouped = codes.group_by("code").agg(
        pl.col("atc").first(),
        pl.col("row").first(),
        is_one_product=pl.col("product").n_unique() == 1,
        is_one_atc=pl.col("atc").n_unique() == 1,
    )
    return {code: _Coded(*rest) for code, *rest in grouped.iter_rows()}
