"""`formulary advice RESULTS`: what one prescriber or practice could best do otherwise, and the lines behind it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from formulary import MEMBERSHIPS, Language, Level, Rulebook, Sentences
from matcher import KeptLines, lines_of_switch, total_saving

from ..advice import switch_sentence
from ..errors import UsageInvalid
from ..report.formats import day, euros
from ..results import Results, read_results

_SENTENCES = Sentences("service")
Rules = Callable[[], Rulebook]  # read only where they are needed


@dataclass(frozen=True)
class AdviceShown:
    """The switches of one prescriber or practice and, where asked, the lines behind each."""

    level: Level
    id: str
    switches: Sequence[Mapping[str, Any]]
    behind: Mapping[int, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the rows of `switches.csv`, each with its lines where those were asked for."""
        told = [
            {**row, "behind": self.behind[row["rank_no"]]} if row["rank_no"] in self.behind else row
            for row in self.switches
        ]
        return {f"{self.level}_agb": self.id, "switches": told}

    def lines(self, language: Language) -> list[str]:
        """Return a sentence a switch, the lines behind it under it, and what all of them save together."""
        if not self.switches:
            return [_SENTENCES.say("ADVICE_NONE", language, id=self.id)]
        told = [_SENTENCES.say("ADVICE_FOR", language, id=self.id)]
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
                "prescriber": row["prescriber_agb"],
            }
            code = "SWITCH_LINE" if self.level is Level.PRESCRIBER else "SWITCH_LINE_OF_PRACTICE"
            yield _SENTENCES.say(code, language, **told, source=row["source"], line_no=row["line_no"])


def advice_for(results: Path, whose: tuple[Level, str], rules: Rules, *, with_lines: bool) -> AdviceShown:
    """Return what the results advise a prescriber or practice.

    Raises UsageInvalid where the results hold nothing of it or, where the rules have to say who was in a practice on
    the day of a line, were made by other rules than these.
    """
    found, (level, id_) = read_results(results), whose
    if not found.knows(level, id_):
        raise UsageInvalid(f"{level}_UNKNOWN".upper(), id_)
    switches = found.switches_of(level, id_)
    if not with_lines:
        return AdviceShown(level, id_, switches)
    lines = KeptLines(pl.scan_parquet(results / "lines.parquet"))
    memberships = MEMBERSHIPS.to_frame() if level is Level.PRESCRIBER else _memberships(results, found, rules())
    behind = {
        row["rank_no"]: lines_of_switch(lines, whose, (row["matched_atc"], row["preferred"]), memberships).rows(
            named=True
        )
        for row in switches
    }
    return AdviceShown(level, id_, switches, behind)


def _memberships(results: Path, found: Results, rulebook: Rulebook) -> pl.DataFrame:
    if found.rules["sha256"] != rulebook.sha256:
        raise UsageInvalid("OTHER_RULES", str(results), rules=rulebook.region.name)
    return rulebook.circumstances.memberships
