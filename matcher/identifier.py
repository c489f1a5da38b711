"""Naming the product of a line: by its codes, by its label, or by both where they agree; never by a guess."""

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from threading import Lock

import polars as pl

from .aliases import standing_decisions
from .enumerations import Decision, MatchMethod
from .identification import ANSWER, EVIDENCE, LEARNED, Identification, agreed, frame_of, nothing, of_row
from .ladder import CODE_COLUMNS, CodeFinding, CodeLadder
from .products import Products
from .reader import LabelReader
from .reasons import MatchReason
from .substances import Substances
from .written import as_date

DAY = "dispensed_on"
_FEW = 256  # labels; for fewer, dictionaries are quicker than frames
_LABELS_MAX, _LEARNED_MAX = 1 << 16, 1 << 20  # answers kept, so that a service that runs for months stays as it is
_NEWS_MAX = 64  # times that a few labels are learned; a service asks a few for ever, a run once


class Identifier:
    """The catalogue, indexed and warm: names one product or a whole frame of lines."""

    def __init__(
        self, catalogue: pl.DataFrame, known: pl.DataFrame | None = None, aliases: pl.DataFrame | None = None
    ) -> None:
        """Index the catalogue; `product_name` and `atc` are required, the interface's other columns may be absent.

        `known` is what was learned of it before (`LEARNED`); `aliases` is what people decided (`ALIASES`).
        """
        self._catalogue = catalogue
        self._aliases = aliases
        self._ladder = CodeLadder(catalogue)
        self._by_label: dict[str, Identification] = {}
        self._by_code: dict[CodeFinding, Identification] = {}
        self._learned = LEARNED.to_frame() if known is None else known.select(LEARNED.names()).cast(LEARNED)
        self._news: list[pl.DataFrame] = []
        # What a word means is known once all words that came with it are: whoever asks meanwhile waits.
        self._turn = Lock()
        if self._learned.is_empty():
            # Who begins knowing nothing needs all of it; who begins warm may never need it.
            _ = self._reader

    @cached_property
    def _substances(self) -> Substances:
        return Substances.of_vocabulary()

    @cached_property
    def _products(self) -> Products:
        return Products(self._catalogue, self._substances)

    @cached_property
    def _reader(self) -> LabelReader:
        products = self._products
        standing = None if self._aliases is None else standing_decisions(self._aliases, self._catalogue)
        return LabelReader(self._substances, products, standing)

    def __call__(
        self, label: str | None = None, dispensed_on: date | None = None, **codes: str | int | None
    ) -> Identification:
        """Name the product of one line; codes are `zi`, `hpk`, `prk`, `gpk` and `atc`, as text or number."""
        with self._turn:
            by_label = self._of_label(label) if label else None
            if not codes:
                return by_label or nothing(MatchReason.NO_LABEL)
            return self._combined(self._ladder.find(codes, dispensed_on), by_label)

    @cached_property
    def prk_of_product(self) -> dict[str, int]:
        """The PRK of each product name that has one, and one only."""
        if "prk" not in self._catalogue.columns:
            return {}
        prk = pl.col("prk").cast(pl.Int32, strict=False)
        named = self._catalogue.select("product_name", prk.alias("prk")).drop_nulls().unique()
        return dict(named.filter(pl.col("product_name").is_unique()).iter_rows())

    @property
    def learned(self) -> pl.DataFrame:
        """What identification has learned of labels so far (`LEARNED`), to begin warm with another time."""
        if self._news:
            news = pl.concat(self._news).unique(EVIDENCE, keep="last", maintain_order=True)
            fresh = news.join(self._learned, on=EVIDENCE, how="anti", nulls_equal=True, maintain_order="left")
            self._learned, self._news = pl.concat([self._learned, fresh]).tail(_LEARNED_MAX), []
        return self._learned

    @property
    def dated_codes(self) -> dict[str, frozenset[int]]:
        """The codes, per kind, that name another product on another day: only these need the day to decide."""
        return self._ladder.dated_codes

    def is_dated(self, columns: Collection[str]) -> pl.Expr:
        """Tell of each row with these columns whether what its codes name depends on the day."""
        return self._ladder.is_dated(columns)

    def stretch_of(self, day: str = DAY) -> pl.Expr:
        """Return the first of the days since when every code names what it names on the day in this column.

        Days of one stretch need no telling apart: there are as many as the catalogue had changes.
        """
        return self._ladder.stretch_of(day)

    def identify_frame(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Name the product of every line: the same rows in the same order with the answer's columns added.

        A column `dispensed_on` (dates or text) decides where a code named another product on another day.
        """
        keys = [name for name in EVIDENCE if name in lines.columns]
        days = [as_date(DAY) if lines.schema[DAY] == pl.String else pl.col(DAY)] if DAY in lines.columns else []
        asked = lines.select(pl.col(keys).cast(pl.String), *days)
        asked = asked.with_columns(self._day_where_it_decides(asked))
        distinct = asked.unique(maintain_order=True)
        with self._turn, _collector_at_rest():
            answered = self._answers(distinct)
        if distinct.height < asked.height:
            on = distinct.columns
            found = distinct.hstack(answered)
            answered = asked.join(found, on=on, how="left", nulls_equal=True, maintain_order="left", validate="m:1")
        return lines.with_columns(answered.select(ANSWER.names()))

    def _day_where_it_decides(self, asked: pl.DataFrame) -> list[pl.Expr]:
        # A day beside every line would make every line distinct.
        if DAY not in asked.columns:
            return []
        return [pl.when(self.is_dated(asked.columns)).then(self.stretch_of()).alias(DAY)]

    def _answers(self, distinct: pl.DataFrame) -> pl.DataFrame:
        """Return the answer for every row, in its order; evidence seen before is not looked at again."""
        given = [pl.col(name).replace("", None) for name in EVIDENCE if name in distinct.columns]
        absent = [pl.lit(None, pl.String()).alias(name) for name in EVIDENCE if name not in distinct.columns]
        day = pl.lit(None, pl.Date()).alias(DAY) if DAY not in distinct.columns else pl.col(DAY)
        rows = distinct.select(*given, *absent, day).select(*EVIDENCE, DAY).with_row_index("place")
        is_few = rows.height <= _FEW and self._has_read
        undated = rows.filter(pl.col(DAY).is_null())
        known = undated.drop(DAY).join(LEARNED.to_frame() if is_few else self.learned, on=EVIDENCE, nulls_equal=True)
        new = rows if known.is_empty() else rows.join(known, on="place", how="anti", maintain_order="left")
        told = self._worked_out(new)
        # What a label alone says was learned when it was read; what a day decides is not learned.
        with_codes = pl.any_horizontal(pl.col(CODE_COLUMNS).is_not_null())
        self._learn(told.filter(with_codes).join(undated, on="place", how="semi"))
        answered = told if known.is_empty() else pl.concat([known, told]).sort("place")
        return answered.select(ANSWER.names())

    @property
    def _has_read(self) -> bool:
        """Tell whether the catalogue was taken apart already: until then it is cheaper to remember."""
        return "_reader" in self.__dict__

    def _learn(self, told: pl.DataFrame) -> None:
        if told.height > _FEW:
            self._learned = pl.concat([self.learned, told.select(LEARNED.names())]).tail(_LEARNED_MAX)
        elif told.height and len(self._news) < _NEWS_MAX:
            self._news.append(told.select(LEARNED.names()))

    def _worked_out(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `place`, evidence and answer of every row: by its label alone where it has no code."""
        is_coded = pl.any_horizontal(pl.col(CODE_COLUMNS).is_not_null())
        coded, plain = rows.filter(is_coded), rows.filter(~is_coded)
        by_label = self._of_labels(rows["label"])
        if plain["label"].equals(by_label["label"].head(plain.height)):
            # Each label stands in one row and was not met before: the answers are in the order of the rows.
            answered = plain.hstack(by_label.head(plain.height).drop("label"))
        else:
            answered = plain.join(by_label, on="label", how="left", nulls_equal=True, maintain_order="left")
        if coded.is_empty():
            return answered.drop(DAY)
        told = coded.hstack(frame_of(self._of_coded(coded, by_label)))
        return pl.concat([answered, told]).sort("place").drop(DAY)

    def _of_coded(self, coded: pl.DataFrame, by_label: pl.DataFrame) -> list[Identification]:
        asked = by_label.join(coded, on="label", how="semi")
        said = {label: of_row(row) for label, *row in asked.iter_rows()}
        return [
            self._combined(self._ladder.find(dict(zip(CODE_COLUMNS, written, strict=True)), day), said.get(label))
            for day, label, *written in coded.select(DAY, "label", *CODE_COLUMNS).iter_rows()
        ]

    def _of_labels(self, labels: pl.Series) -> pl.DataFrame:
        """Return each distinct label with its answer, and what is said where there is none."""
        distinct = labels.unique(maintain_order=True).drop_nulls().to_frame("label")
        none = pl.DataFrame({"label": [None]}, schema={"label": pl.String()})
        silent = none.hstack(frame_of([nothing(MatchReason.NO_LABEL)]))
        is_few = distinct.height <= _FEW and self._has_read
        learned = LEARNED.to_frame() if is_few else self.learned
        of_labels = learned.filter(pl.all_horizontal(pl.col(CODE_COLUMNS).is_null())).drop(CODE_COLUMNS)
        known = of_labels.join(distinct, on="label", how="semi")
        new = distinct if known.is_empty() else distinct.join(known, on="label", how="anti", maintain_order="left")
        told = new.hstack(self._of_new(new["label"]))
        self._learn(told.with_columns(pl.lit(None, pl.String()).alias(name) for name in CODE_COLUMNS))
        return pl.concat([known, told, silent])

    def _of_new(self, labels: pl.Series) -> pl.DataFrame:
        """Return what labels say that were not read before."""
        if len(labels) > _FEW:
            return self._reader.of_all(labels)
        return frame_of([self._of_label(label) for label in labels.to_list()])

    def _of_label(self, label: str) -> Identification:
        known = self._by_label.get(label)
        if known is None:
            if len(self._by_label) >= _LABELS_MAX:
                self._by_label.clear()
            known = self._by_label[label] = self._reader.of(label)
        return known

    def _combined(self, found: CodeFinding, by_label: Identification | None) -> Identification:
        if found.method == MatchMethod.NONE:
            return self._by_doubt(found.reason, by_label)
        answer = self._by_code.get(found)
        if answer is None:
            answer = self._by_code[found] = self._of_code(found)
        return agreed(answer, by_label, self._substances) if answer.matched_atc else answer

    def _of_code(self, found: CodeFinding) -> Identification:
        if not found.atc:
            return nothing(MatchReason.NO_ATC)
        row = None if found.row is None else self._products.rows[found.row]
        own = row.medicine.substances if row else self._substances.set_of_code.get(found.atc, frozenset())
        return self._reader.by_code(found, row, own)

    @staticmethod
    def _by_doubt(doubt: MatchReason, by_label: Identification | None) -> Identification:
        if by_label is not None:
            return by_label
        if doubt == MatchReason.CODE_AMBIGUOUS:
            return nothing(doubt)._replace(decision=Decision.REVIEW)
        return nothing(doubt)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python's cycle collector from walking over every label known, time and again; we make no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():
                # What was made stays long: put it with what is old at once, not after a walk for each generation.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def identifier(
    catalogue: pl.DataFrame, known: pl.DataFrame | None = None, aliases: pl.DataFrame | None = None
) -> Identifier:
    """Return the warm, in-memory form of identification for one catalogue (columns of the interface, section 3).

    `known` is what an identifier of the same catalogue and aliases learned before (`Identifier.learned`).
    """
    with _collector_at_rest():
        return Identifier(catalogue, known, aliases)


__all__ = ["ANSWER", "Identification", "Identifier", "identifier"]
