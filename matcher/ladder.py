"""The code ladder: ZI, HPK, PRK, GPK and ATC, from the most to the least specific, as far as each can be trusted."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from formulary import atc, gstandaard

from .enumerations import MatchMethod
from .reasons import MatchReason

CODE_COLUMNS = (*gstandaard.CODE_KINDS, "atc")
_MEDICINE = ("atc", "form", "strength")


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


class _Valid(NamedTuple):
    """One row of the catalogue in which a code stands, and the days on which it stood for that."""

    atc: str | None
    row: int
    product: str
    first: date
    last: date


class CodeLadder:
    """Every code of the catalogue, with the one ATC code and the one product it stands for, on its day."""

    def __init__(self, catalogue: pl.DataFrame) -> None:
        """Index the catalogue's codes; a code with two ATC codes decides only where the day tells them apart."""
        self._found: dict[str, dict[int, _Coded]] = {}
        self._dated: dict[str, dict[int, list[_Valid]]] = {}
        for kind in gstandaard.CODE_KINDS:
            if kind in catalogue.columns:
                codes = _codes_in(catalogue, kind)
                self._found[kind] = _index(codes)
                self._dated[kind] = _dated(codes, kind)
        self._changes = pl.Series(_days_of_change(self._dated), dtype=pl.Date)
        self._firsts = pl.Series([date.min, *self._changes], dtype=pl.Date)

    @property
    def dated_codes(self) -> dict[str, frozenset[int]]:
        """The codes of each kind whose product or medicine depends on the day."""
        return {kind: frozenset(codes) for kind, codes in self._dated.items() if codes}

    def is_dated(self, columns: Collection[str]) -> pl.Expr:
        """Tell of each row with these columns (codes as text or numbers) whether a code in it depends on the day."""
        numbers = {
            kind: pl.col(kind).cast(pl.String).str.strip_chars().str.strip_chars_start("0").cast(pl.Int32, strict=False)
            for kind in self.dated_codes
            if kind in columns
        }
        dated = [number.is_in(list(self._dated[kind])) for kind, number in numbers.items()]
        return pl.any_horizontal(*dated, pl.lit(value=False)).fill_null(value=False)

    def stretch_of(self, day: str) -> pl.Expr:
        """Return for the day in this column the first of the days since when all codes name what they name on it."""
        return pl.col(day).map_batches(self._stretches, return_dtype=pl.Date(), is_elementwise=True)

    def _stretches(self, days: pl.Series) -> pl.Series:
        firsts = self._firsts.gather(self._changes.search_sorted(days, side="right"))
        return firsts.to_frame("first").select(pl.when(days.is_not_null()).then("first").alias(days.name)).to_series()

    def find(self, codes: Mapping[str, str | int | None], day: date | None = None) -> CodeFinding:
        """Return what the most specific trustworthy code says, on its day where that matters."""
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
            elif (found := self._on(day, kind, number)) is not None:
                if found.is_one_atc:
                    known = MatchReason.CODE_KNOWN
                    return CodeFinding(MatchMethod[kind.upper()], found.atc, found.row, found.is_one_product, known)
                doubt = MatchReason.CODE_AMBIGUOUS
        return self._by_atc(codes.get("atc"), doubt)

    def _on(self, day: date | None, kind: str, code: int) -> _Coded | None:
        history = self._dated.get(kind, {}).get(code, ())
        rows = [row for row in history if day is not None and row.first <= day <= row.last]
        if not rows:
            return self._found.get(kind, {}).get(code)
        one_product, one_atc = ({row.product for row in rows}, {row.atc for row in rows})
        return _Coded(rows[0].atc, rows[0].row, len(one_product) == 1, len(one_atc) == 1)

    def _by_atc(self, written: str | int | None, doubt: MatchReason) -> CodeFinding:
        code = atc.compact(str(written)) if written else ""
        if atc.is_valid(code):
            return CodeFinding(MatchMethod.ATC_ONLY, code, None, False, MatchReason.ATC_GIVEN)
        return CodeFinding(MatchMethod.NONE, None, None, False, doubt)


def _codes_in(catalogue: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return the code of each row that has one, with its product and days; no day given is no limit."""
    days = {"first": ("valid_from", date.min), "last": ("valid_until", date.max)}
    limits = [
        (pl.col(column).fill_null(limit) if column in catalogue.columns else pl.lit(limit)).alias(name)
        for name, (column, limit) in days.items()
    ]
    told = [
        (pl.col(name) if name in catalogue.columns else pl.lit(None)).cast(pl.String).alias(name) for name in _MEDICINE
    ]
    return (
        catalogue.select(
            *limits,
            *told,
            code=gstandaard.compacted(pl.col(kind).cast(pl.String)),
            row=pl.int_range(pl.len()),
            product=pl.col("product_name").cast(pl.String),
        )
        .filter(pl.col("code").is_not_null())
        .select("code", "atc", "row", "product", "first", "last", *_MEDICINE[1:])
    )


def _index(codes: pl.DataFrame) -> dict[int, _Coded]:
    grouped = codes.group_by("code").agg(
        pl.col("atc").first(),
        pl.col("row").first(),
        is_one_product=pl.col("product").n_unique() == 1,
        is_one_atc=pl.col("atc").n_unique() == 1,
    )
    return {code: _Coded(*rest) for code, *rest in grouped.iter_rows()}


def _dated(codes: pl.DataFrame, kind: str) -> dict[int, list[_Valid]]:
    """Return the rows of the codes that stand for several things, at least one of them for a time."""
    # An article number names one product at a time; the wider codes name many at once, but one medicine.
    what = (*_MEDICINE, "product") if kind == "zi" else _MEDICINE
    several = (pl.struct(what).n_unique() > 1).over("code")
    has_days = ((pl.col("first") > date.min) | (pl.col("last") < date.max)).any().over("code")
    found: defaultdict[int, list[_Valid]] = defaultdict(list)
    for code, *rest in codes.filter(several & has_days).drop(_MEDICINE[1:]).iter_rows():
        found[code].append(_Valid(*rest))
    return dict(found)


def _days_of_change(dated: Mapping[str, Mapping[int, list[_Valid]]]) -> list[date]:
    """Return, in order, the days on which a code begins to name something else."""
    rows = [row for codes in dated.values() for history in codes.values() for row in history]
    ends = {row.last + timedelta(days=1) for row in rows if row.last < date.max}
    return sorted(ends | {row.first for row in rows if row.first > date.min})
