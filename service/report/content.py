"""What the workbook and the PDF tell, found once and in the words of one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from formulary import Rulebook
from matcher import Outcome, Overview

from . import formats
from .words import Words


@dataclass(frozen=True)
class Content:
    """Everything there is to tell: `summary` as `summary.json` has it, `adherence` as `adherence_of` returns it.

    `rejects` and `unsure` are the whole tables of `rejects.csv` and `review.csv`.
    """

    summary: Mapping[str, Any]
    rulebook: Rulebook
    seen: Overview
    adherence: Mapping[str, Any]
    rejects: pl.DataFrame
    unsure: pl.DataFrame
    words: Words

    @property
    def title(self) -> str:
        """Return what the report is called."""
        return f"{self.words.say('TITLE')} · {self.rulebook.region.name}"

    @property
    def extent(self) -> dict[str, Any]:
        """Return the first and last day of the lines, and how many prescribers and pharmacies there are."""
        return self.seen.extent.row(0, named=True)

    def facts(self) -> list[str]:
        """Return which days, who, which versions; where the region is invented, that first."""
        words, extent, whole = self.words, self.extent, self.whole
        told = [f"{words.say('INVENTED')} {words.say('INVENTED_MEANS')}"] if self.rulebook.region.invented else []
        if extent["first_day"]:
            first, last = (formats.day(extent[name], words.language) for name in ("first_day", "last_day"))
            told.append(words.say("DAYS", first=first, last=last))
        told.append(words.say("WHO", prescribers=whole(extent["prescribers"]), pharmacies=whole(extent["pharmacies"])))
        return [*told, words.say("VERSIONS", versions=", ".join(self.summary["rules"]["versions"]))]

    def headline(self) -> list[str]:
        """Return what share followed the formulary, and how far the unnamed products may move it."""
        adherent, judged, unnamed = self.counts()
        if not judged:
            return [self.words.say("NOTHING_JUDGED")]
        figure = f"{self.share(adherent, judged)} "
        told = [figure + self.words.say("HEADLINE", adherent=self.whole(adherent), judged=self.whole(judged))]
        if unnamed:
            low = self.share(adherent, judged + unnamed)
            high = self.share(adherent + unnamed, judged + unnamed)
            told.append(self.words.say("BOUNDS", n=self.whole(unnamed), low=low, high=high))
        return told

    def counts(self) -> tuple[int, int, int]:
        """Return how many lines are adherent, how many were judged, and how many have no certain product."""
        outcomes = self.summary["outcomes"]
        adherent = outcomes[Outcome.ADHERENT]
        return adherent, adherent + outcomes[Outcome.NON_ADHERENT], outcomes[Outcome.UNIDENTIFIED]

    def whole(self, number: int) -> str:
        """Return a whole number as people write it."""
        return formats.whole(number, self.words.language)

    def share(self, part: int, of: int) -> str:
        """Return a share of whole numbers as people write it."""
        return formats.share(part, of, self.words.language)
