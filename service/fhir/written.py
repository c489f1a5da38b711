"""The scores of a folder of results as one FHIR file: a Bundle, or NDJSON with a resource on every line."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from formulary import Language, Level, Rulebook, Sentences, Unit

from ..errors import UsageInvalid
from ..results import read_scores
from ..swap import swapped_file
from .addresses import BASE, Addresses
from .measures import measure_of
from .reports import Made, Seen, report_of

EVERYBODY = "all"
_NDJSON = ".ndjson"
_ADDRESS = re.compile(r"https?://[^\s/|?#]+(?:/[^\s|?#]*)?")
_SENTENCES = Sentences(__package__)


@dataclass(frozen=True)
class Asked:
    """What is asked: which period and indicator (none: all), for whose eyes, under which addresses.

    `owner` is the code of who will read it, whose own numbers are exact, or `all` for who owns them all.
    """

    period: str | None = None
    indicator: str | None = None
    owner: str | None = None
    base: str = BASE
    language: Language = Language.NL


@dataclass(frozen=True)
class Written:
    """How many resources were written, and where."""

    file: Path
    measures: int
    reports: int
    rounded: int

    def as_json(self) -> Mapping[str, object]:
        """Return it for machines."""
        counts = {"measures": self.measures, "measure_reports": self.reports, "rounded": self.rounded}
        return {"file": str(self.file), **counts}

    def lines(self, language: Language) -> list[str]:
        """Return it for people."""
        told = [_SENTENCES.say("WRITTEN", language, file=self.file, measures=self.measures, reports=self.reports)]
        return [*told, *([_SENTENCES.say("ROUNDED", language, n=self.rounded)] if self.rounded else [])]


def write_fhir(results: Path, rulebook: Rulebook, asked: Asked, out: Path) -> Written:
    """Write the scores in a folder of results as FHIR; the same results give the same bytes.

    Raises ResultsUnusable where these are no results, and UsageInvalid where they were made by other rules than
    these: the definitions would not be those that were counted by.
    """
    scores, summary = read_scores(results)
    if summary["rules"]["sha256"] != rulebook.sha256:
        raise UsageInvalid("OTHER_RULES", str(results), rules=rulebook.region.name)
    if not _ADDRESS.fullmatch(asked.base):
        raise UsageInvalid("FHIR_BASE_INVALID", asked.base)
    chosen = _chosen(scores, rulebook, asked)
    addresses = Addresses(asked.base.rstrip("/"), rulebook.sha256)
    wanted = [each for each in rulebook.indicators if each.id in set(chosen["indicator"])]
    measures = [measure_of(each, rulebook, addresses, asked.language) for each in wanted]
    made = Made(summary["software"], summary["rules"], tuple(file["sha256"] for file in summary["files"]))
    reports = (
        report_of(row, rulebook, addresses, made, _seen(row["id"], asked.owner)) for row in chosen.iter_rows(named=True)
    )
    with swapped_file(out) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        for text in _written(measures, reports, addresses, as_lines=out.suffix.lower() == _NDJSON):
            file.write(text)
    rounded = sum(_seen(id_, asked.owner) is Seen.ROUNDED for id_ in chosen["id"])
    return Written(out, len(measures), chosen.height, rounded)


def _chosen(scores: pl.DataFrame, rulebook: Rulebook, asked: Asked) -> pl.DataFrame:
    """Return the scores that are asked for and may be seen, in an order of their own.

    Another prescriber is not shown to a reader who is one; what has no counts is not shown rounded.
    """
    if asked.indicator is not None:
        rulebook.indicator(asked.indicator)
    wanted = {"period": asked.period, "indicator": asked.indicator}
    chosen = scores.filter(**{name: value for name, value in wanted.items() if value is not None})
    if asked.owner != EVERYBODY:
        amounts = [each.id for each in rulebook.indicators if each.unit in (Unit.COST, Unit.DDD)]
        own = pl.col("id") == pl.lit(asked.owner, pl.String)
        chosen = chosen.filter(own.fill_null(value=False) | ~pl.col("indicator").is_in(amounts))
        if asked.owner is not None:
            chosen = chosen.filter(own | (pl.col("level") != Level.PRESCRIBER))
    return chosen.sort("period", "level", "id", "indicator")


def _seen(id_: str, owner: str | None) -> Seen:
    return Seen.EXACTLY if owner in (EVERYBODY, id_) else Seen.ROUNDED


def _written(
    measures: list[dict[str, Any]], reports: Iterator[dict[str, Any]], addresses: Addresses, *, as_lines: bool
) -> Iterator[str]:
    resources = chain(measures, reports)
    if as_lines:
        for each in resources:
            yield _text(each) + "\n"
        return
    yield '{"resourceType":"Bundle","type":"collection","entry":['
    for n, each in enumerate(resources):
        address = f"{addresses.base}/{each['resourceType']}/{each['id']}"
        yield (",\n" if n else "\n") + _text({"fullUrl": address, "resource": each})
    yield "\n]}\n"


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
