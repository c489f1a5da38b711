"""`formulary advice RESULTS --prescriber AGB`: what one prescriber could best do otherwise, and the lines behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from formulary import Language, Level, Sentences
from matcher import KeptLines, lines_of_switch, total_saving

from ..advice import switch_sentence
from ..errors import UsageInvalid
from ..report.formats import day, euros
from ..results import read_results

_SENTENCES = Sentences("service")


@dataclass(frozen=True)
class AdviceShown:
    """The switches of one prescriber and, where asked, the lines behind each."""

    prescriber_agb: str
    switches: Sequence[Mapping[str, Any]]
    behind: Mapping[int, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the rows of `switches.csv`, each with its lines where those were asked for."""
        told = [
            {**row, "behind": self.behind[row["rank_no"]]} if row["rank_no"] in self.behind else row
            for row in self.switches
        ]
        return {"prescriber_agb": self.prescriber_agb, "switches": told}

    def lines(self, language: Language) -> list[str]:
        """Return a sentence a switch, the lines behind it under it, and what all of them save together."""
        if not self.switches:
            return [_SENTENCES.say("ADVICE_NONE", language, id=self.prescriber_agb)]
        told = [_SENTENCES.say("ADVICE_FOR", language, id=self.prescriber_agb)]
        for row in self.switches:
            told.append(f"  {row['rank_no']}. {switch_sentence(row, language)}")
            told += [f"       {line}" for line in self._lines_behind(row["rank_no"], language)]
        saved = total_saving(row["yearly_saving_cents"] for row in self.switches)
        return [*told, _SENTENCES.say("ADVICE_TOTAL", language, amount=euros(saved, language))]

    def _lines_behind(self, rank_no: int, language: Language) -> Iterator[str]:
        for row in self.behind.get(rank_no, []):
            told = {
                "day": day(row["dispensed_on"], language),
                "product": row["matched_product"] or "–",
                "quantity": "–" if row["quantity"] is None else f"{row['quantity'].normalize():f}",
                "patient": row["patient"] or "–",
            }
            yield _SENTENCES.say("SWITCH_LINE", language, **told, source=row["source"], line_no=row["line_no"])


def advice_for(results: Path, prescriber_agb: str, *, with_lines: bool) -> AdviceShown:
    """Return what the results advise a prescriber; raises UsageInvalid where they hold nothing of it."""
    found = read_results(results)
    if not found.scores_of(prescriber_agb, None, None):
        raise UsageInvalid("PRESCRIBER_UNKNOWN", prescriber_agb)
    switches = found.switches_of(Level.PRESCRIBER, prescriber_agb)
    if not with_lines:
        return AdviceShown(prescriber_agb, switches)
    lines = KeptLines(pl.scan_parquet(results / "lines.parquet"))
    behind = {
        row["rank_no"]: lines_of_switch(lines, prescriber_agb, row["matched_atc"], row["preferred"]).rows(named=True)
        for row in switches
    }
    return AdviceShown(prescriber_agb, switches, behind)
