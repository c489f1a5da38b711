"""Changes and their effect in the words of the reader, a row at a time: what a terminal and a page both show."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import polars as pl

from formulary import Change, ChangeKind, Indicator, Language, Level, Rulebook, Sentences, Unit

from ..report import formats
from .door import Comparison

WORDS = Sentences(__package__)
_REPORT = Sentences("service.report")
_SPOKEN = re.compile(r"\b(NOT_RECOMMENDED|RECOMMENDED|step|rank|true|false)\b")
_FEW = 3  # causes and indicators named beside one prescriber


def version_name(rulebook: Rulebook, language: Language) -> str:
    """Return the name of the version compared, with what it is where it was not adopted."""
    version = rulebook.calendar[0]
    return WORDS.say(f"VERSION_{version.status}", language, version=version.version)


def change_groups(changes: Sequence[Change], language: Language) -> list[dict[str, Any]]:
    """Return the changes a kind at a time: its title, and a sentence and a reason for each."""
    return [
        {
            "kind": str(kind),
            "title": WORDS.say(f"KIND_{kind}", language),
            "told": [_told(each, language) for each in of],
        }
        for kind, of in groupby(changes, key=lambda change: change.kind)
    ]


def outcome_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the lines per outcome before and after, with the difference."""
    assert comparison.effect is not None
    rows = comparison.effect.outcomes.rows(named=True)
    return [{**row, "difference": row["after"] - row["before"]} for row in rows]


def line_rows(comparison: Comparison, language: Language) -> list[dict[str, Any]]:
    """Return which medicines move, from what to what, on how many lines; those on most lines first."""
    assert comparison.effect is not None
    reasons = _changes_by_id(comparison.changes)
    return [
        {
            **row,
            "substance": _name_of(row),
            "was": _judged(row, "before", language),
            "becomes": _judged(row, "after", language),
            "because": [_told(change, language)["sentence"] for change in reasons.get(row["entry_id"] or "", [])],
        }
        for row in comparison.effect.lines.rows(named=True)
    ]


def indicator_rows(comparison: Comparison, language: Language) -> list[dict[str, Any]]:
    """Return what each indicator of the region was and becomes, with the number of prescribers who move on it."""
    assert comparison.effect is not None
    scores = comparison.effect.scores
    movers = scores.filter(pl.col("level") == Level.PRESCRIBER).group_by("indicator").len()
    moved = dict(movers.iter_rows())
    names = _indicator_names(comparison, language)
    rows = scores.filter(pl.col("level") == Level.REGION).rows(named=True)
    return [
        {
            **_score(row, _units(comparison), language),
            "name": names.get(row["indicator"], ""),
            "prescribers": moved.get(row["indicator"], 0),
        }
        for row in rows
    ]


def prescriber_rows(comparison: Comparison, language: Language) -> list[dict[str, Any]]:
    """Return each prescriber for whom something moves: on which indicators, by which medicines, and the reward."""
    assert comparison.effect is not None
    effect = comparison.effect
    scores = _by(effect.scores.filter(pl.col("level") == Level.PRESCRIBER), "id")
    units = _units(comparison)
    rewards, causes = _by(effect.rewards, "id"), _by(effect.causes, "prescriber_agb")
    # Whoever moves on an indicator alone, because its definition changed, moves too.
    everyone = sorted({*causes, *scores, *rewards}, key=lambda id_: (-_lines_of(causes.get(id_, [])), id_))
    return [
        {
            "id": id_,
            "lines": _lines_of(causes.get(id_, [])),
            "scores": [_score(row, units, language) for row in _largest(scores.get(id_, []), units)],
            "causes": [(_name_of(row), row["lines"]) for row in causes.get(id_, [])[:_FEW]],
            "cents": sum(row["reward_cents_after"] - row["reward_cents_before"] for row in rewards.get(id_, [])),
        }
        for id_ in everyone
    ]


def reward_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return whose reward moves, per indicator, the largest difference first."""
    assert comparison.effect is not None
    return comparison.effect.rewards.rows(named=True)


def points(per_mille: int | None, language: Language) -> str:
    """Return a difference of rates in percentage points with its sign; without both rates a dash."""
    if per_mille is None:
        return "–"
    sign = "+" if per_mille > 0 else "-" if per_mille < 0 else "±"
    mark = "," if language is Language.NL else "."
    return f"{sign}{abs(per_mille) // 10}{mark}{abs(per_mille) % 10}"


def signed(number: int, language: Language) -> str:
    """Return a whole number with its sign."""
    return f"{'+' if number > 0 else ''}{formats.whole(number, language)}"


def _told(change: Change, language: Language) -> dict[str, str]:
    code = f"SAY_{change.kind}"
    if code not in WORDS:
        code = "SAY_OF_ENTRY" if change.indication else "SAY_OF_RULE"
    *within, last = change.field.split(".") if change.field else [""]
    name = WORDS.say(f"FIELD_{last}", language) if f"FIELD_{last}" in WORDS else last
    field = ", ".join([*within, name])
    values = {"old": _value(change, change.old, language), "new": _value(change, change.new, language)}
    said = {"id": change.id, "substance": change.substance, "indication": change.indication, "field": field}
    return {"id": change.id, "sentence": WORDS.say(code, language, **said, **values), "reason": change.reason}


def _value(change: Change, text: str, language: Language) -> str:
    """Return a published value as people say it: amounts in euros, dosage forms and advice in words."""
    if not text:
        return WORDS.say("NO_PLACE" if change.kind is ChangeKind.RANK_CHANGED else "NOTHING", language)
    if change.field.endswith("reward_cents"):
        return formats.euros(int(text), language)
    if change.field == "form":
        return ", ".join(_REPORT.say(f"FORM_{form}", language) for form in text.split(", "))
    return _SPOKEN.sub(lambda found: WORDS.say(f"WORD_{found[0]}", language), text)


def _name_of(row: Mapping[str, Any]) -> str:
    name = str(row["substance"])
    # A medicine without a name in any table goes by its code, which is written in capitals.
    return name if name == row["matched_atc"] else name.lower()


def _judged(row: Mapping[str, Any], side: str, language: Language) -> str:
    outcome, reason = row[f"outcome_{side}"], row[f"reason_{side}"]
    return WORDS.say(f"OUTCOME_{outcome}", language, reason=WORDS.say(f"REASON_{reason}", language))


def _score(row: Mapping[str, Any], units: Mapping[str, Unit], language: Language) -> dict[str, Any]:
    unit = units.get(row["indicator"], Unit.LINES)
    sides = {
        side: WORDS.say(
            "SCORE",
            language,
            numerator=formats.amount(row[f"numerator_{side}"], unit, language),
            denominator=formats.amount(row[f"denominator_{side}"], unit, language),
            rate=formats.share(row[f"numerator_{side}"], row[f"denominator_{side}"], language),
        )
        for side in ("before", "after")
    }
    return {"indicator": row["indicator"], **sides, "points": points(row["points_per_mille"], language)}


def _largest(scores: Sequence[Mapping[str, Any]], units: Mapping[str, Unit]) -> Sequence[Mapping[str, Any]]:
    # By lines rather than points: one line of two is fifty points, and says little. Cents and doses come after.
    def place(row: Mapping[str, Any]) -> tuple[bool, int]:
        moved = abs(row["numerator_after"] - row["numerator_before"])
        return units.get(row["indicator"]) in (Unit.COST, Unit.DDD), -moved

    return sorted(scores, key=place)[:_FEW]


def _units(comparison: Comparison) -> dict[str, Unit]:
    return {each.id: each.unit for book in (comparison.old, comparison.new) for each in book.indicators}


def _lines_of(causes: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["lines"] for row in causes)


def _by(frame: pl.DataFrame, name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.rows(named=True):
        found.setdefault(row[name], []).append(row)
    return found


def _changes_by_id(changes: Sequence[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.id, []).append(change)
    return found


def _indicator_names(comparison: Comparison, language: Language) -> dict[str, str]:
    every: list[Indicator] = [*comparison.old.indicators, *comparison.new.indicators]
    return {each.id: each.name_nl if language is Language.NL else each.name_en for each in every}
