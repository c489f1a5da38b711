"""Two sets of rules by name, and files of lines: what is said otherwise, and what that does to those lines."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from formulary import Change, Language, Rulebook, Suspicion, changes_between, in_force_always, lint, load_rulebook
from matcher import Assessment, Effect, Reading, Workplace, effect_of, identifier, idle_thresholds, read_lines, rejudged

from ..progress import Working
from ..settings import pseudonym_key


@dataclass(frozen=True)
class Comparison:
    """Both rule books, each with the version compared in force always, what differs, and what moves on the lines.

    `names` are the two as they were typed; without lines there is no `effect`.
    """

    names: tuple[str, str]
    old: Rulebook
    new: Rulebook
    changes: tuple[Change, ...]
    effect: Effect | None

    def as_json(self) -> dict[str, Any]:
        """Return everything under its name; counts are whole numbers, rewards whole cents."""
        sides = zip(("old", "new"), self.names, (self.old, self.new), strict=True)
        rules = {
            side: {
                "name": name,
                "version": book.calendar[0].version,
                "status": str(book.calendar[0].status),
                "sha256": book.sha256,
            }
            for side, name, book in sides
        }
        changes = [asdict(change) for change in self.changes]
        return {**rules, "changes": changes, "effect": None if self.effect is None else _effect_as_json(self.effect)}


def compare_rules(old: str, new: str, files: Sequence[Path], language: Language) -> Comparison:
    """Return what `new` says otherwise than `old` and, with files of lines, what moves on those lines.

    Each is a rules folder, of which the newest adopted version is taken, or `FOLDER@VERSION`, also of a draft.
    """
    with Working(language) as working, ExitStack() as stack:
        working.on("WORKING_READ")
        before, after = rules_named(old), rules_named(new)
        changes = changes_between(before, after)
        effect = None
        if files:
            workspace = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="formulary-")))
            was, becomes = _assessed(files, (before, after), workspace, working)
            effect = effect_of(was, becomes, after.substances)
        return Comparison((old, new), before, after, changes, effect)


def rules_named(text: str) -> Rulebook:
    """Return a rules folder, or the one version of it that is named after an @, as if it had always been in force."""
    folder, at, version = text.rpartition("@")
    # A folder may have an @ in its own name: what is there as it was typed is meant as it was typed.
    if Path(text).is_dir() or not at:
        folder, version = text, ""
    return in_force_always(load_rulebook(Path(folder)), version or None)


def suspicions_on_lines(rulebook: Rulebook, today: date, files: Sequence[Path], language: Language) -> list[Suspicion]:
    """Return every suspicion about a rule book, with the thresholds that tell nobody apart on the lines of the files.

    Only the newest scheme is looked at: earlier ones have been paid.
    """
    suspicions = lint(rulebook, today)
    if not files or not rulebook.schemes:
        return suspicions
    with Working(language) as working, tempfile.TemporaryDirectory(prefix="formulary-") as workspace:
        (assessment,) = _assessed(files, (rulebook,), Path(workspace), working)
    newest = max(rulebook.schemes, key=lambda scheme: (scheme.in_force_from, scheme.id))
    return suspicions + idle_thresholds(assessment.scores, newest)


def _assessed(
    files: Sequence[Path], rulebooks: Sequence[Rulebook], workspace: Path, working: Working
) -> list[Assessment]:
    working.on("WORKING_READ")
    key = pseudonym_key()
    read = read_lines(files, Reading(workspace, key))
    working.on("WORKING_ASSESS")
    # Named once, by the newest product list: a product that is named otherwise is no change of the rules.
    known = identifier(rulebooks[-1].catalogue)
    with read.watched():
        assessed = [
            rejudged(read.lines, rulebook, Workplace(key, workspace / f"lines-{number}.parquet", known))
            for number, rulebook in enumerate(rulebooks)
        ]
    read.check_unchanged()
    return assessed


def _effect_as_json(effect: Effect) -> dict[str, Any]:
    frames: dict[str, pl.DataFrame] = {
        "outcomes": effect.outcomes,
        "lines": effect.lines,
        "causes": effect.causes,
        "scores": effect.scores,
        "rewards": effect.rewards,
    }
    before, after = effect.reward_cents
    totals = {"before": before, "after": after}
    return {**{name: frame.rows(named=True) for name, frame in frames.items()}, "reward_cents": totals}
