"""`formulary fto`: the pack of one group, written from a folder of results."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from formulary import Language, Level, Rulebook, Sentences
from matcher import AdherenceScores, KeptLines, Period, advice_of_days

from ..errors import UsageInvalid
from ..report.adherence import overall_indicator
from ..results import Results, ResultsUnusable, read_results, read_scores
from ..swap import swapped_file
from .agreements import read_agreements
from .content import Pack, pack_of
from .page import render_pack
from .positions import Members, labelled

_SENTENCES = Sentences(__package__)


@dataclass(frozen=True)
class Asked:
    """What is asked: which group, period (none: all there are together), agreements, and whether blinded."""

    group: str
    period: Period | None = None
    blinded: bool = False
    agreements: Path | None = None
    language: Language = Language.NL


@dataclass(frozen=True)
class Written:
    """Where the pack is and, where it is blinded, who each label is: for who leads the meeting, in no document."""

    file: Path
    key: Mapping[Level, Mapping[str, str]] = field(default_factory=dict)

    def as_json(self) -> Mapping[str, object]:
        """Return it for machines."""
        return {"file": str(self.file), "key": {str(level): dict(labels) for level, labels in self.key.items()}}

    def lines(self, language: Language) -> list[str]:
        """Return it for people."""
        told = [_SENTENCES.say("WRITTEN", language, file=self.file)]
        for level, labels in self.key.items():
            told.append(_SENTENCES.say(f"KEY_{level}", language))
            told += [f"  {label:>3}  {who}" for label, who in labels.items()]
        return told


def write_pack(results: Path, rulebook: Rulebook, asked: Asked, out: Path) -> Written:
    """Write the pack of a group; the same results, rules and agreements give the same bytes.

    Raises ResultsUnusable, AgreementsUnusable, and UsageInvalid where the results were made by other rules than these
    or hold nothing of the group or the period.
    """
    (scores, summary), found = read_scores(results), read_results(results)
    if summary["rules"]["sha256"] != rulebook.sha256:
        raise UsageInvalid("OTHER_RULES", str(results), rules=rulebook.region.name)
    chosen = _chosen(AdherenceScores(scores), asked)
    agreements = () if asked.agreements is None else read_agreements(asked.agreements, rulebook)
    periods = filter(None, map(Period.parse, set(chosen["period"])))
    members = Members.of(rulebook.circumstances.memberships, asked.group, max(period.last for period in periods))
    if asked.period is not None:
        found = _of_period(results, found, chosen, rulebook, asked.period)
    pack = pack_of(found, chosen, rulebook, members, agreements)
    pack = replace(pack, period="" if asked.period is None else asked.period.name)
    page = render_pack(pack, rulebook, asked.language, blinded=asked.blinded)
    with swapped_file(out) as beside:
        beside.write_text(page, encoding="utf-8", newline="\n")
    return Written(out, _key(pack, rulebook) if asked.blinded else {})


def _of_period(results: Path, found: Results, scores: AdherenceScores, rulebook: Rulebook, period: Period) -> Results:
    """Return the results with the switches and deviations of a period: tables hold those of all days."""
    file = results / "lines.parquet"
    if not file.is_file():
        raise ResultsUnusable("RESULTS_INCOMPLETE", str(results), file=file.name)
    lines = KeptLines(pl.scan_parquet(file))
    told = advice_of_days(lines, period, scores, rulebook, overall_indicator(rulebook))
    return replace(found, switches=told.switches, deviations=told.deviations)


def _chosen(scores: AdherenceScores, asked: Asked) -> AdherenceScores:
    groups = scores.filter(pl.col("level") == Level.GROUP)
    if asked.group not in groups["id"]:
        raise UsageInvalid("GROUP_UNKNOWN", asked.group, known=", ".join(sorted(set(groups["id"]))) or "–")
    if asked.period is None:
        return scores
    if asked.period.name not in scores["period"]:
        known = ", ".join(sorted(set(scores["period"])))
        raise UsageInvalid("PERIOD_NOT_COUNTED", asked.period.name, known=known)
    return AdherenceScores(scores.filter(pl.col("period") == asked.period.name))


def _key(pack: Pack, rulebook: Rulebook) -> dict[Level, dict[str, str]]:
    if pack.positions is None:
        return {}
    names = rulebook.circumstances.names or {}
    key = {}
    for each in pack.positions.standings:
        blind, open_ = (labelled(each, names, blinded=blinded) for blinded in (True, False))
        key[each.level] = {row["label"]: who["label"] for row, who in zip(blind, open_, strict=True)}
    return key
