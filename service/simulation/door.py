"""From files and a draft scheme to what the draft would have done, and the folder that holds it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulary import Language, Rulebook, Scheme, load_scheme
from matcher import AdherenceScores, Luck, Period, RewardFacts, Simulation, simulate

from ..batch import Goal, Order, assessed_files, rulebook_of
from ..swap import swapped_folder
from . import told

FILES = ("simulation.html", "summary.json", "amounts.csv", "steps.csv")


@dataclass(frozen=True)
class Draft:
    """What is to be tried out: the file of the draft, the period of its lines, and how often chance is played.

    `against` is the scheme to compare with; without it the newest of the region that is in force in the period.
    """

    file: Path
    period: Period
    against: str | None = None
    draws: int = 1000
    seed: int = 1


@dataclass(frozen=True)
class Simulated:
    """What a draft would have done, for machines and for people."""

    draft: Draft
    rulebook: Rulebook
    present: Scheme | None
    simulation: Simulation
    page: Path | None = None

    def as_json(self) -> Mapping[str, Any]:
        """Return the whole of it: amounts in cents, chances in thousandths."""
        return told.as_json(self.simulation, self.draft.period.name, self.present)

    def lines(self, language: Language) -> list[str]:
        """Return what a person reads first."""
        said = told.lines(self.simulation, self.draft.period.name, self.present, language)
        return [*said, *([] if self.page is None else ["", told.WORDS.say("SIMULATED", language, page=self.page)])]


def simulate_files(order: Order, draft: Draft, out: Path | None = None) -> Simulated:
    """Work a draft scheme out over the lines of files, and write page, numbers and steps into `out` where it is given.

    Raises RulesInvalid with every fault of the draft before a line is read.
    """
    rulebook = rulebook_of(order)
    scheme = load_scheme(draft.file, rulebook)
    present = rulebook.scheme(draft.against) if draft.against else _present(rulebook, draft.period)
    with assessed_files(order, Goal(draft.period)) as answer:
        scores = AdherenceScores(answer.assessment.scores)
    facts = RewardFacts.of(rulebook.circumstances)
    simulation = simulate(scores, (scheme, present), facts, _luck(draft.seed), draft.draws)
    page = None if out is None else out / FILES[0]
    simulated = Simulated(draft, rulebook, present, simulation, page)
    if out is not None:
        with swapped_folder(out, [*order.files, draft.file]) as folder:
            _write(folder, simulated, order.language)
    return simulated


def _present(rulebook: Rulebook, period: Period) -> Scheme | None:
    """Return the newest scheme of the region that is in force on a day of the period."""
    in_force = [each for each in rulebook.schemes if period.within(each.in_force_from, each.in_force_until)]
    return max(in_force, key=lambda scheme: (scheme.in_force_from, scheme.id), default=None)


def _luck(seed: int) -> Luck:
    """Return a source of even numbers from 0 to 1, the same ones for the same seed."""
    generator = np.random.default_rng(seed)

    def drawn(rows: int, columns: int) -> NDArray[np.float32]:
        return generator.random((rows, columns), dtype=np.float32)

    return drawn


def _write(folder: Path, simulated: Simulated, language: Language) -> None:
    from ..report.simulation_page import render_simulation

    simulation = simulated.simulation
    page = render_simulation(simulated, language)
    (folder / FILES[0]).write_text(page, encoding="utf-8", newline="\n")
    content = json.dumps(simulated.as_json(), ensure_ascii=False, indent=2, default=str)
    (folder / FILES[1]).write_text(content + "\n", encoding="utf-8", newline="\n")
    simulation.rewarding.rewards.write_csv(folder / FILES[2])
    simulation.rewarding.steps.write_csv(folder / FILES[3])
