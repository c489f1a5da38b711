"""The comparison as one HTML page that opens offline and prints well, in the manner of `report.html`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from formulary import Language

from ..changes import Comparison, told
from . import formats


def render_changes(comparison: Comparison, language: Language) -> str:
    """Return the whole page as one HTML document; the same comparison gives the same bytes."""
    page = _environment(language).get_template("changes.html.j2")
    return page.render(
        language=str(language),
        names=comparison.names,
        versions=[told.version_name(book, language) for book in (comparison.old, comparison.new)],
        region=comparison.new.region,
        groups=told.change_groups(comparison.changes, language),
        n_changes=len(comparison.changes),
        effect=_effect(comparison, language),
    )


def _effect(comparison: Comparison, language: Language) -> dict[str, Any] | None:
    if comparison.effect is None:
        return None
    before, after = comparison.effect.reward_cents
    return {
        "outcomes": told.outcome_rows(comparison),
        "lines": told.line_rows(comparison, language),
        "indicators": told.indicator_rows(comparison, language),
        "prescribers": told.prescriber_rows(comparison, language),
        "rewards": told.reward_rows(comparison),
        "cents": {"before": before, "after": after},
        "read": comparison.effect.outcomes["before"].sum(),
        "moved": comparison.effect.lines["lines"].sum(),
    }


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__ or "service.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name, write in (("whole", formats.whole), ("euros", formats.euros), ("signed", told.signed)):
        written: Callable[..., str] = write
        environment.filters[name] = partial(written, language=language)
    environment.globals["say"] = lambda code, **values: told.WORDS.say(code, language, **values)
    return environment
