"""The files that `check` leaves behind, each sorted on a total order, so that one input gives the same bytes."""

import json
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from formulary import Language, Sentences, bsn
from matcher import Decision, LinesRead, Outcome, RawLines, reason_sentences

from ..formula_text import safe_text
from .content import Content
from .page import Found, found_in, render_report
from .pdf import pdf_of
from .rejects_book import write_rejects_book
from .summary import Summary
from .words import Words
from .workbook import DEVIATIONS_MAX, write_workbook

if TYPE_CHECKING:
    from service.batch import Answer

_MATCHER = Sentences("matcher")
_EXCEL = "Excel"
_EXPLANATION = {Language.NL: "uitleg", Language.EN: "explanation"}
# The path has looked at these: a reference stays what it is, unless references prove to be people.
_REFERENCES = ("line_id", "reversal_of", "linked_to")


class Extra(StrEnum):
    """What is only made where it is asked for, because it takes time: every line as CSV, the report as PDF."""

    CSV = "CSV"
    PDF = "PDF"


def write_results(
    folder: Path, answer: "Answer", summary: Summary, language: Language, extras: Collection[Extra] = ()
) -> Found:
    """Write everything but `lines.parquet`, which the path itself wrote, into the folder; return what was found.

    Without typst there is no PDF, also where one is asked for.
    """
    assessment, words = answer.assessment, Words(language)
    with ThreadPoolExecutor(1) as aside:
        rejecting = aside.submit(rejected_lines, answer.read, assessment.troubled.invalid, language)
        found = found_in(assessment, answer.rulebook, words, DEVIATIONS_MAX)
    rejects, unsure = rejecting.result(), labels_to_review(assessment.troubled.unnamed, language)
    rejects.write_csv(folder / "rejects.csv", separator=_delimiter(answer.read))
    if any(file.format == _EXCEL for file in answer.read.files):
        write_rejects_book(folder / "rejects.xlsx", rejects, _headers(answer.read))
    unsure.with_columns(safe_text(pl.col("label")).alias("label")).write_csv(folder / "review.csv")
    assessment.scores.write_csv(folder / "adherence.csv", float_precision=6)
    if Extra.CSV in extras:
        assessment.lines.with_columns(safe_text(pl.col(pl.String())).name.keep()).sink_csv(folder / "lines.csv")
    found.compared.write(folder)
    found.fairness.write(folder)
    found.advice.write(folder)
    told = summary.as_json() | {"indicators": found.compared.worth_of_indicators()} | found.fairness.as_json()
    page = render_report(assessment, told, answer.rulebook, language, found)
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
    content = Content(told, answer.rulebook, found.seen, found.adherence, rejects, unsure, words)
    write_workbook(folder / "report.xlsx", content)
    if Extra.PDF in extras and (pdf := pdf_of(content)) is not None:
        (folder / "report.pdf").write_bytes(pdf)
    # Last, because its presence says that the folder is whole.
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    (folder / "summary.json").write_text(text, encoding="utf-8", newline="\n")
    return found


def rejected_lines(read: LinesRead, invalid: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Return the INVALID lines as they stood, under their own headers, with place, problem and sentence.

    `invalid` are the `INVALID_LINES` of the path. The patient is a pseudonym, a birth date its year, and a number that
    could be a BSN is masked, also among the references; columns that were not recognised are left out, because nobody
    knows what is in them.
    """
    key = ["source", "line_no"]
    safe = ("patient", "birth_year", *_REFERENCES)
    rejected = invalid.filter(pl.col("outcome") == Outcome.INVALID).select(*key, "problem", *safe)
    columns = _headers(read)
    # What the path has made safe is known already; patients and references are also what takes longest to read.
    raw = _raw_lines(read.lines, [ours for ours in columns if ours not in safe], rejected)
    sentences = _MATCHER.all(language)
    told = rejected.with_columns(pl.col("problem").cast(pl.String()))
    joined = told.join(raw, on=key, how="left", maintain_order="left")
    masked = [bsn.masked(pl.col(ours)).alias(ours) for ours in columns if ours not in safe]
    sentence = pl.col("problem").replace_strict(sentences, return_dtype=pl.String()).alias(_EXPLANATION[language])
    return joined.with_columns(*masked, sentence).select(
        *key, "problem", _EXPLANATION[language], *(pl.col(ours).alias(theirs) for ours, theirs in columns.items())
    )


def _headers(read: LinesRead) -> dict[str, str]:
    """Return the header of each column that any file has; of several files the first names it."""
    return {ours: theirs for file in reversed(read.files) for ours, theirs in file.columns.items()}


def labels_to_review(unnamed: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Return each label (of `UNNAMED`) that could not be named with certainty, those on most lines first."""
    unsure = unnamed.filter(pl.col("decision") != Decision.MATCHED)
    evidence = ["label", "zi", "hpk", "prk", "gpk", "atc"]
    told = unsure.group_by(*evidence, "decision", "match_reason").agg(pl.col("lines", "cost_cents").sum())
    sentence = pl.col("match_reason").replace_strict(reason_sentences(language), default=None, return_dtype=pl.String())
    order = ["lines", "cost_cents", *evidence]
    explained = told.with_columns(sentence.alias(_EXPLANATION[language]))
    return explained.sort(order, descending=[True, True, *[False] * len(evidence)], nulls_last=True)


def _raw_lines(raw: RawLines, columns: list[str], wanted: pl.DataFrame) -> pl.DataFrame:
    key = ["source", "line_no"]
    if wanted.is_empty():
        return raw.select(*key, *columns).head(0).collect()
    # By number first: of a thousand lines one is compared by its file too.
    of_number = raw.select(*key, *columns).filter(pl.col("line_no").is_in(wanted["line_no"].implode()))
    return of_number.join(wanted.lazy().select(key), on=key, how="semi").collect()


def _delimiter(read: LinesRead) -> str:
    # In the dialect of the sender's own file, so that the program that made it opens the rejects too.
    return next((file.delimiter for file in read.files if file.delimiter), ",")
