"""A worked case of a reward: a scheme, counts, what else is known, and what is owed, to the cent."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from formulary import (
    ATTENDANCE,
    BASELINES,
    ENROLMENT,
    MEMBERSHIPS,
    PARTICIPATION,
    Direction,
    Indicator,
    Scheme,
    Unit,
)
from formulary.scheme_checks import breaches_of
from matcher import ADHERENCE_SCORES, AdherenceScores, Rewarding
from matcher.reward import RewardFacts, reward_prescribers
from tests.tables import Row, rows_of

FOLDER = Path(__file__).parent / "rewards"
_SCHEME = {
    "id": "2026", "name": "Regeling", "source": "uitgewerkt voorbeeld",
    "in_force_from": date(2026, 1, 1), "in_force_until": date(2026, 12, 31)}  # fmt: skip
_QUARTERS = {"Q1": date(2026, 1, 1), "Q2": date(2026, 4, 1), "Q3": date(2026, 7, 1), "Q4": date(2026, 10, 1)}


@dataclass(frozen=True)
class Case:
    """One file of `tests/cases/rewards`."""

    name: str
    content: dict[str, Any]

    @property
    def scheme(self) -> Scheme:
        """Return the scheme of the case; what it does not name is as in every case."""
        return scheme_of({**_SCHEME, **self.content["scheme"]})

    @property
    def scores(self) -> AdherenceScores:
        """Return the counts."""
        return scores_of(_table(self.content["scores"]))

    @property
    def facts(self) -> RewardFacts:
        """Return what else is known."""
        tables = {name: _table(self.content.get(name, "")) for name in _FACTS}
        return RewardFacts(
            **{name: _FACTS[name](rows) for name, rows in tables.items()}, as_of=self.content.get("as_of")
        )

    @property
    def owed(self) -> list[tuple[str, str, int, str]]:
        """Return what the case says is owed: payee, part, cents, grounds."""
        return [(row["id"], row["part"], int(row["cents"].replace("_", "")), row["grounds"])
                for row in _table(self.content["owed"])]  # fmt: skip

    def rewarding(self) -> Rewarding:
        """Return what the engine says is owed."""
        return reward_prescribers(self.scores, self.scheme, self.facts)


def cases() -> dict[str, Case]:
    """Return every worked case, by name."""
    return {path.stem: Case(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
            for path in sorted(FOLDER.glob("*.toml"))}  # fmt: skip


def scheme_of(content: dict[str, Any]) -> Scheme:
    """Return a scheme that has nothing wrong in it."""
    scheme = Scheme.model_validate(content)
    named = {part.indicator: part for part in scheme.parts if part.indicator}
    known = {name: _indicator(name, is_cost=part.measure == "SAVINGS") for name, part in named.items()}
    assert list(breaches_of(scheme, known)) == []
    return scheme


def scores_of(rows: list[Row]) -> AdherenceScores:
    """Return scores with these counts; of prescribers over 2026, where a row says nothing else."""
    usual: dict[str, Any] = {"period": "2026", "level": "prescriber"}
    told = [{**usual, **row, "numerator": _number(row["numerator"]), "denominator": _number(row["denominator"])}
            for row in rows]  # fmt: skip
    return AdherenceScores(pl.DataFrame(told, schema=ADHERENCE_SCORES))


def _indicator(name: str, *, is_cost: bool) -> Indicator:
    return Indicator.model_validate(
        {"id": name, "name_nl": name, "name_en": name, "source": "voorbeeld", "composite": ["X"],
         "unit": Unit.COST if is_cost else Unit.LINES, "direction": Direction.NONE if is_cost else Direction.HIGHER}
    )  # fmt: skip


def _table(text: str) -> list[Row]:
    return rows_of(text)[0] if text.strip() else []


def _number(text: str) -> int:
    return int(text.replace("_", ""))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _memberships(rows: list[Row]) -> pl.DataFrame:
    told = [(row["level"], row["id"], row["part_of"], _day(row.get("from")) or date(2020, 1, 1), _day(row.get("until")))
            for row in rows]  # fmt: skip
    return pl.DataFrame(told, schema=MEMBERSHIPS, orient="row")


def _participation(rows: list[Row]) -> pl.DataFrame:
    told = [("2026", row["id"], _day(row["from"]), _day(row.get("until"))) for row in rows]
    return pl.DataFrame(told, schema=PARTICIPATION, orient="row")


def _enrolment(rows: list[Row]) -> pl.DataFrame:
    told = [(row["id"], f"2026-{quarter}", first, first, _number(row[quarter]))
            for row in rows for quarter, first in _QUARTERS.items() if row[quarter]]  # fmt: skip
    return pl.DataFrame(told, schema=ENROLMENT, orient="row")


def _attendance(rows: list[Row]) -> pl.DataFrame:
    """Return one row a meeting; `times` is how many meetings, one a month."""
    told = [
        (date(2026, month, 10), row["group"], row["id"]) for row in rows for month in range(1, int(row["times"]) + 1)
    ]
    return pl.DataFrame(told, schema=ATTENDANCE, orient="row")


def _baselines(rows: list[Row]) -> pl.DataFrame:
    told = [("2025", row.get("level", "prescriber"), row["id"], row["indicator"], _number(row["numerator"]),
             _number(row["denominator"])) for row in rows]  # fmt: skip
    return pl.DataFrame(told, schema=BASELINES, orient="row")


_FACTS = {
    "memberships": _memberships,
    "participation": _participation,
    "enrolment": _enrolment,
    "attendance": _attendance,
    "baselines": _baselines,
}
