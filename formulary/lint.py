"""What is legal in a rule book but suspicious: told, never refused."""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from .errors import _SENTENCES
from .rulebook import Rulebook
from .sentences import Language
from .versions import gaps


@dataclass(frozen=True)
class Suspicion:
    """Something a committee should look at, with its place and the values its sentence names."""

    code: str
    place: str
    values: dict[str, object] = field(default_factory=dict)

    def sentence(self, language: Language = Language.EN) -> str:
        """Return the place and the sentence, in the language asked for."""
        return f"{self.place}: {_SENTENCES.say(self.code, language, **self.values)}"


def lint(rulebook: Rulebook, today: date) -> list[Suspicion]:
    """Return every suspicion about a rule book; `today` decides which reviews are overdue."""
    return [
        *_days_without_version(rulebook),
        *_entries_without_product(rulebook),
        *_opposite_advice(rulebook),
        *_several_first_choices(rulebook),
        *_overdue_reviews(rulebook, today),
    ]


def _days_without_version(rulebook: Rulebook) -> list[Suspicion]:
    return [
        Suspicion("DAYS_WITHOUT_VERSION", "formulary", {"first": first, "last": last})
        for first, last in gaps(rulebook.calendar)
    ]


def _entries_without_product(rulebook: Rulebook) -> list[Suspicion]:
    orphans = (
        rulebook.entries.filter(~pl.col("by_grace"))
        .join(rulebook.catalogue, on="atc", how="anti")
        .unique(["formulary_version", "entry_id"], maintain_order=True)
    )
    return [
        Suspicion("ENTRY_WITHOUT_PRODUCT", _place_of(row), {"substance": row["substance"], "atc": row["atc"]})
        for row in orphans.iter_rows(named=True)
    ]


def _opposite_advice(rulebook: Rulebook) -> list[Suspicion]:
    choice = ["formulary_version", "indication", "atc"]
    opposite = (
        _each_entry(rulebook)
        .group_by(choice, maintain_order=True)
        .agg(pl.col("advice").n_unique().alias("advices"), pl.col("entry_id", "substance").first())
        .filter(pl.col("advices") > 1)
    )
    return [
        Suspicion(
            "OPPOSITE_ADVICE",
            _place_of(row),
            {"substance": row["substance"], "indication": row["indication"]},
        )
        for row in opposite.iter_rows(named=True)
    ]


def _several_first_choices(rulebook: Rulebook) -> list[Suspicion]:
    place = ["formulary_version", "indication"]
    firsts = _each_entry(rulebook).filter((pl.col("rank") == 1) & (pl.col("step").fill_null(1) == 1))
    several = (
        firsts.unique([*place, "entry_id"], maintain_order=True)
        .group_by(place, maintain_order=True)
        .agg(pl.col("substance"), pl.col("entry_id").first())
        .filter(pl.col("substance").list.len() > 1)
    )
    return [
        Suspicion(
            "SEVERAL_FIRST_CHOICES",
            _place_of(row),
            {"indication": row["indication"], "substances": ", ".join(row["substance"])},
        )
        for row in several.iter_rows(named=True)
    ]


def _overdue_reviews(rulebook: Rulebook, today: date) -> list[Suspicion]:
    return [
        Suspicion("REVIEW_OVERDUE", f"indicators.toml, {indicator.id}", {"day": indicator.review_on})
        for indicator in rulebook.indicators
        if indicator.review_on is not None and indicator.review_on < today
    ]


def _each_entry(rulebook: Rulebook) -> pl.DataFrame:
    """Return each entry of each version once, however many stretches of days it holds on."""
    own = rulebook.entries.filter(~pl.col("by_grace"))
    return own.unique(["formulary_version", "entry_id"], keep="first", maintain_order=True)


def _place_of(row: dict[str, object]) -> str:
    return f"formulary/{row['formulary_version']}/entries.csv, {row['entry_id']}"
