"""`report.html`: one page that opens anywhere, prints well, and answers a pharmacist's questions in their order."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from formulary import Language, Rulebook
from matcher import Assessment, Outcome, Overview, overview

from . import formats
from .adherence import adherence_of, overall_indicator
from .advice import Advice
from .charts import stacked_bar
from .compared import Compared
from .compiled import kept_templates
from .fairness import Fairness
from .words import Words

_SHOWN = 10  # deviations and labels; the workbook and the tables hold more


class Found(NamedTuple):
    """What stands out, what comparing shows, whether it is fair and what to do: asked once, for all reports."""

    seen: Overview
    compared: Compared
    fairness: Fairness
    advice: Advice
    adherence: Mapping[str, Any]


def found_in(assessment: Assessment, rulebook: Rulebook, words: Words, limit: int) -> Found:
    """Return what is found, with at most so many deviations and labels; what has a name has it in these words."""
    # None of these asks another: while polars adds up lines for one, Python is at work for the next.
    with ThreadPoolExecutor() as pool:
        compared = pool.submit(Compared.of, assessment, rulebook)
        fairness = pool.submit(Fairness.of, assessment, rulebook)
        seen = pool.submit(overview, assessment.facts, assessment.troubled, rulebook.substances, limit)
        advice = pool.submit(Advice.of, assessment, rulebook)
        scores = adherence_of(assessment.scores, rulebook, words)
    return Found(seen.result(), compared.result(), fairness.result(), advice.result(), scores)


def render_report(
    assessment: Assessment,
    summary: Mapping[str, Any],
    rulebook: Rulebook,
    language: Language,
    found: Found | None = None,
) -> str:
    """Return the whole report as one HTML document; the same assessment gives the same bytes.

    `summary` is what `summary.json` says. Its seconds are not shown: they differ between two runs. What was `found`
    is worked out from the assessment unless it was before.
    """
    words = Words(language)
    seen, compared, fairness, advice, adherence = found or found_in(assessment, rulebook, words, _SHOWN)
    overall = overall_indicator(rulebook)
    names = {each.id: words.name_of(each) for each in rulebook.indicators}
    page = environment_of(words).get_template("report.html.j2")
    return page.render(
        language=str(language),
        summary=summary,
        rulebook=rulebook,
        bar=stacked_bar(summary["outcomes"]),
        extent=seen.extent.row(0, named=True),
        reasons=seen.reasons.rows(named=True),
        deviations=_with_bars(seen.deviations.head(_SHOWN).rows(named=True)),
        unsure=seen.unsure.head(_SHOWN).rows(named=True),
        problems=seen.problems.rows(named=True),
        no_version=seen.days_without_version.row(0, named=True),
        outcomes=list(Outcome),
        **adherence,
        **compared.told(rulebook, overall.id if overall else None, names, language),
        **fairness.told(overall.id if overall else None),
        **advice.told(),
    )


def _with_bars(deviations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    most = max((row["lines"] for row in deviations), default=1)
    return [row | {"percent": 100 * row["lines"] / most} for row in deviations]


def environment_of(words: Words) -> Environment:
    """Return what fills in the templates, in the words of one language."""
    environment = Environment(
        loader=PackageLoader(__package__ or "service.report"),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=kept_templates(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("whole", "percentage", "euros", "amount", "day"):
        write: Callable[..., str] = getattr(formats, name)
        environment.filters[name] = partial(write, language=words.language)
    environment.filters["forms"] = words.preferred
    environment.filters["note"] = words.note
    environment.globals["share"] = partial(formats.share, language=words.language)
    environment.globals["say"] = words.say
    return environment
