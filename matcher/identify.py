"""Which product each line is about, and how we know: every distinct piece of evidence is looked at once."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from formulary import bsn, conform

from .distinct import categorised, looked_up, numbered
from .enumerations import Decision
from .frames import CLEAN_LINES, IDENTIFIED_LINES, PRODUCT_COLUMNS, CleanLines, IdentifiedLines, with_texts
from .identifier import DAY, Identifier
from .possible import possible_codes

# What a later stop asks of a product; two labels of one product need not be judged twice.
_PRODUCT = ("decision", "match_reason", "matched_atc", "matched_form", "matched_device", "matched_strength",
            "possible_atc")  # fmt: skip
_ANSWER = [name for name in IDENTIFIED_LINES if name not in CLEAN_LINES]
_WORDS = with_texts(pl.Schema({name: IDENTIFIED_LINES[name] for name in _ANSWER}))


class Identified(NamedTuple):
    """The lines with what they are about, and in order of `product_no` what is said of each product."""

    lines: IdentifiedLines
    products: pl.DataFrame


def identify_products(
    lines: CleanLines, evidence: pl.DataFrame, identifier: Identifier, current_atc: Mapping[str, str]
) -> Identified:
    """Return every line with what its codes and label say it is; order and number of lines stay.

    `evidence` is what the lines say of their products, in order of its number (`Cleaned.evidence`).
    `current_atc` says which ATC codes were replaced by which: a line of any year carries the code that holds today.
    `matched_prk` is what the catalogue says of the product, else what the line says that was matched.
    """
    told_apart, number, pieces = _by_day(lines, evidence, identifier)
    answers = identifier.identify_frame(pieces).rename({"reason": "match_reason"})
    if current_atc:
        answers = answers.with_columns(pl.col("matched_atc").replace(dict(current_atc)))
    answers = answers.with_columns(possible_codes(answers, current_atc))
    # Labels are masked here, where every distinct one is looked at; the products told apart are numbered anew.
    product_no = (pl.struct(_PRODUCT).rank("dense") - 1).cast(pl.UInt32).alias("product_no")
    matched_prk = _matched_prk(pieces, answers, identifier.prk_of_product)
    told = pieces.select(bsn.masked(pl.col("label"))).hstack(
        answers.with_columns(product_no, matched_prk).select(_ANSWER).cast(_WORDS)
    )
    identified = told_apart.with_columns(looked_up(number, categorised(told)))
    products = told.select("product_no", *_PRODUCT).unique("product_no", keep="any").sort("product_no")
    return Identified(IdentifiedLines(conform(identified, IDENTIFIED_LINES)), products.drop("product_no"))


def _by_day(
    lines: pl.LazyFrame, evidence: pl.DataFrame, identifier: Identifier
) -> tuple[pl.LazyFrame, str, pl.DataFrame]:
    """Return the lines, the number of their evidence, and the evidence: with its day where a code has a history."""
    dated = evidence.select(identifier.is_dated(PRODUCT_COLUMNS)).to_series().arg_true()
    if dated.is_empty():
        return lines, "evidence_no", evidence
    day = pl.when(pl.col("evidence_no").is_in(dated.implode())).then(identifier.stretch_of()).alias("stretch")
    told_apart, pieces = numbered(lines.with_columns(day), ["evidence_no", "stretch"], "piece_no")
    return told_apart, "piece_no", evidence[pieces["evidence_no"]].with_columns(pieces["stretch"].alias(DAY))


def _matched_prk(evidence: pl.DataFrame, answers: pl.DataFrame, prk_of_product: Mapping[str, int]) -> pl.Series:
    by_name = answers["matched_product"].replace_strict(prk_of_product, default=None, return_dtype=pl.Int32)
    written = pl.when(answers["decision"] == Decision.MATCHED).then(evidence["prk"])
    return pl.select(pl.coalesce(by_name, written).alias("matched_prk")).to_series()
