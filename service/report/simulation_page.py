"""A simulation as one HTML page that opens offline and prints well, in the manner of `report.html`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from formulary import Language

from ..simulation import told
from . import formats
from .charts import thinned

if TYPE_CHECKING:
    from ..simulation import Simulated

_WIDTH, _HEIGHT, _LEFT, _FOOT, _TOP = 1000.0, 260.0, 10.0, 34.0, 18.0
_PARTS_OF_HUNDRED = 10


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: where it stands, how high it is, what it counts and what its axis says."""

    x: float
    y: float
    width: float
    height: float
    count: int
    low: int
    high: int
    is_good: bool = True


def render_simulation(simulated: "Simulated", language: Language) -> str:
    """Return the whole page as one HTML document; the same simulation gives the same bytes."""
    simulation = simulated.simulation
    page = _environment(language).get_template("simulation.html.j2")
    return page.render(
        language=str(language),
        region=simulated.rulebook.region,
        scheme=simulation.scheme,
        present=simulated.present,
        simulation=simulation,
        lead=told.lines(simulation, simulated.draft.period.name, simulated.present, language)[0],
        period=simulated.draft.period.name,
        parts=simulation.parts.rows(named=True),
        bars=bars_of(told.bins(simulation)),
        versus=told.versus(simulation),
        moves=moves_of(simulation.totals["difference"].drop_nulls().sort().to_list()),
        extremes=told.extremes(simulation),
        cliffs=told.cliff_rows(simulation),
        chance_told=told.chance_sentence(simulation, language),
        chance_parts=simulation.chance.parts.rows(named=True),
        chance_bars=bars_of(_of_hundred(simulation.chance.payees["wrong_permille"].to_list())),
        what_ifs=simulation.what_ifs.rows(named=True),
        width=_WIDTH,
        height=_HEIGHT,
        foot=_HEIGHT - _FOOT,
    )


def bars_of(bins: Sequence[tuple[int, int, int]]) -> list[Bar]:
    """Return a bar for each bin (from, to, count), the highest as high as the chart."""
    most = max((count for *_, count in bins), default=0) or 1
    wide = (_WIDTH - 2 * _LEFT) / max(len(bins), 1)
    room = _HEIGHT - _FOOT - _TOP
    return [
        Bar(
            x=_LEFT + n * wide + 1,
            y=_TOP + room * (1 - count / most),
            width=wide - 2,
            height=room * count / most,
            count=count,
            low=low,
            high=high,
        )
        for n, (low, high, count) in enumerate(bins)
    ]


def moves_of(differences: Sequence[int]) -> list[Bar]:
    """Return a bar for each difference, from the largest loss to the largest gain; many are thinned evenly."""
    shown = [row["difference"] for row in thinned([{"difference": each} for each in differences])]
    most = max((abs(each) for each in shown), default=0) or 1
    wide = (_WIDTH - 2 * _LEFT) / max(len(shown), 1)
    middle, room = (_HEIGHT - _FOOT + _TOP) / 2, (_HEIGHT - _FOOT - _TOP) / 2
    return [
        Bar(
            x=_LEFT + n * wide,
            y=middle - room * max(each, 0) / most,
            width=max(wide - 0.6, 0.6),
            height=room * abs(each) / most,
            count=each,
            low=0,
            high=0,
            is_good=each >= 0,
        )
        for n, each in enumerate(shown)
    ]


def _of_hundred(permilles: Sequence[int]) -> list[tuple[int, int, int]]:
    counts = [0] * _PARTS_OF_HUNDRED
    for permille in permilles:
        counts[min(permille // 100, _PARTS_OF_HUNDRED - 1)] += 1
    return [(10 * n, 10 * n + 10, count) for n, count in enumerate(counts)]


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__ or "service.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name, write in (("whole", formats.whole), ("euros", formats.euros)):
        written: Callable[..., Any] = write
        environment.filters[name] = partial(written, language=language)
    environment.globals["say"] = lambda code, **values: told.WORDS.say(code, language, **values)
    return environment
