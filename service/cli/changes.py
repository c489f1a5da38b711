"""`formulary changes OLD NEW`: what a new version says otherwise and, on given lines, whose score that moves."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from formulary import Language
from matcher import Outcome

from ..changes import Comparison, compare_rules, told
from ..errors import ExitCode
from ..report.changes_page import render_changes
from ..report.formats import euros, whole
from ..swap import swapped_file

_SHOWN = 15  # rows of each part of the effect; the page and JSON have them all
_WORDS = told.WORDS


def show_changes(
    rules: tuple[str, str], files: list[Path], html: Path | None, language: Language, *, as_json: bool
) -> ExitCode:
    """Show what the second of two rules (each FOLDER or FOLDER@VERSION) says otherwise, and what that does to lines."""
    comparison = compare_rules(*rules, files, language)
    if html is not None:
        with swapped_file(html) as beside:
            beside.write_text(render_changes(comparison, language), encoding="utf-8", newline="\n")
    if as_json:
        print(json.dumps(comparison.as_json(), ensure_ascii=False, indent=2, default=str))
        return ExitCode.DONE
    print("\n".join(change_lines(comparison, language)))
    if html is not None:
        print(f"\n{_WORDS.say('HTML_WRITTEN', language, file=html)}")
    return ExitCode.DONE


def change_lines(comparison: Comparison, language: Language) -> list[str]:
    """Return what a committee reads: every change with its reason, then what moves, by whom and by which medicine."""
    (old, new), books = comparison.names, (comparison.old, comparison.new)
    versions = {
        side: told.version_name(book, language)
        for side, book in zip(("old_version", "new_version"), books, strict=True)
    }
    lines = [_WORDS.say("COMPARED", language, old=old, new=new, **versions)]
    if not comparison.changes:
        lines += ["", _WORDS.say("NO_CHANGES", language)]
    for group in told.change_groups(comparison.changes, language):
        lines += ["", f"{group['title']} ({whole(len(group['told']), language)})", *_group_lines(group, language)]
    return lines if comparison.effect is None else [*lines, *_effect_lines(comparison, language)]


def _group_lines(group: dict[str, Any], language: Language) -> Iterator[str]:
    for each in group["told"]:
        yield f"  {each['sentence']} [{each['id']}]"
        if each["reason"]:
            yield f"    {_WORDS.say('REASON', language, reason=each['reason'])}"


def _effect_lines(comparison: Comparison, language: Language) -> list[str]:
    effect = comparison.effect
    assert effect is not None  # asked for only where there is one
    read, moved = (int(count) for count in (effect.outcomes["before"].sum(), effect.lines["lines"].sum()))
    lead = _WORDS.say("EFFECT_LEAD", language, read=whole(read, language), moved=whole(moved, language))
    before, after = (euros(cents, language) for cents in effect.reward_cents)
    parts = {
        "MEDICINES": [_line_move(row, language) for row in told.line_rows(comparison, language)],
        "INDICATORS": [_indicator_move(row, language) for row in told.indicator_rows(comparison, language)],
        "PRESCRIBERS": [_prescriber_move(row, language) for row in told.prescriber_rows(comparison, language)],
        "REWARDS": [_reward_move(row, language) for row in told.reward_rows(comparison)],
    }
    lines = ["", _WORDS.say("EFFECT", language), f"  {lead}", f"  {_WORDS.say('EFFECT_MEANS', language)}"]
    lines += [f"  {_outcome_move(row, language)}" for row in told.outcome_rows(comparison) if row["difference"]]
    for title, rows in parts.items():
        lines += ["", _WORDS.say(title, language)]
        if title == "REWARDS":
            lines += [f"  {_WORDS.say('REWARDS_LEAD', language, before=before, after=after)}"]
            lines += [f"  {_WORDS.say('REWARDS_MEAN', language)}"]
        lines += _some(rows, "NO_MOVES" if title == "MEDICINES" else f"NO_{title}", language)
    return lines


def _some(rows: Sequence[str], none: str, language: Language) -> Iterator[str]:
    if not rows:
        yield f"  {_WORDS.say(none, language)}"
    for row in rows[:_SHOWN]:
        yield f"  {row}"
    if len(rows) > _SHOWN:
        yield f"  {_WORDS.say('MORE', language, n=whole(len(rows) - _SHOWN, language))}"


def _outcome_move(row: dict[str, Any], language: Language) -> str:
    name = _WORDS.say(f"NAME_{Outcome(row['outcome'])}", language)
    counts = {side: whole(row[side], language) for side in ("before", "after")}
    return _WORDS.say(
        "OUTCOME_MOVE", language, name=name, difference=told.signed(row["difference"], language), **counts
    )


def _line_move(row: dict[str, Any], language: Language) -> str:
    said = {name: row[name] for name in ("substance", "was", "becomes")}
    sentence = _WORDS.say("LINE_MOVE", language, lines=f"{whole(row['lines'], language):>6}", **said)
    return f"{sentence} [{row['entry_id']}]" if row["entry_id"] else sentence


def _indicator_move(row: dict[str, Any], language: Language) -> str:
    return _WORDS.say("INDICATOR_MOVE", language, **row)


def _prescriber_move(row: dict[str, Any], language: Language) -> str:
    sentence = _WORDS.say("PRESCRIBER_MOVE", language, id=row["id"], lines=whole(row["lines"], language))
    if row["causes"]:
        causes = ", ".join(f"{name} ({whole(lines, language)})" for name, lines in row["causes"])
        sentence += _WORDS.say("PRESCRIBER_CAUSES", language, causes=causes)
    scores = [_WORDS.say("PRESCRIBER_SCORE", language, **score) for score in row["scores"]]
    return "\n      ".join([sentence, *scores])


def _reward_move(row: dict[str, Any], language: Language) -> str:
    amounts = {side: euros(row[f"reward_cents_{side}"], language) for side in ("before", "after")}
    return _WORDS.say("REWARD_MOVE", language, id=row["id"], part=row["part"], **amounts)
