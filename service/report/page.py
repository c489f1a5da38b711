"""`report.html`: one page that opens anywhere, prints well, and answers a pharmacist's questions in their order."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from formulary import FormClass, Indicator, Language, Level, PopulationLines, Rulebook, Sentences, Unit
from matcher import Assessment, Outcome, over_all_periods, overview

from . import formats
from .charts import Stands, caterpillar, stacked_bar, stands, thinned
from .compared import Compared

_REPORT, _MATCHER = Sentences("service.report"), Sentences("matcher")
_FORMS = re.compile("|".join(sorted(FormClass, key=len, reverse=True)))


def render_report(
    assessment: Assessment,
    summary: Mapping[str, Any],
    rulebook: Rulebook,
    language: Language,
    compared: Compared | None = None,
) -> str:
    """Return the whole report as one HTML document; the same assessment gives the same bytes.

    `summary` is what `summary.json` says. Its seconds are not shown: they differ between two runs. What is `compared`
    is worked out from the assessment unless it was before.
    """
    shown = compared or Compared.of(assessment, rulebook)
    overall = overall_indicator(rulebook)
    names = {each.id: _name_of(each, language) for each in rulebook.indicators}
    seen = overview(assessment.lines, rulebook.substances)
    page = _environment(language).get_template("report.html.j2")
    return page.render(
        language=str(language),
        summary=summary,
        rulebook=rulebook,
        bar=stacked_bar(summary["outcomes"]),
        extent=seen.extent.row(0, named=True),
        reasons=seen.reasons.rows(named=True),
        deviations=_with_bars(seen.deviations.rows(named=True)),
        unsure=seen.unsure.rows(named=True),
        problems=seen.problems.rows(named=True),
        no_version=seen.days_without_version.row(0, named=True),
        outcomes=list(Outcome),
        **_adherence(assessment, rulebook, language),
        **shown.told(rulebook, overall.id if overall else None, names),
    )


def overall_indicator(rulebook: Rulebook) -> Indicator | None:
    """Return the indicator that speaks for the whole: the first that counts all lines, else the first there is."""
    return next(iter([*filter(_counts_all_lines, rulebook.indicators), *rulebook.indicators]), None)


def _counts_all_lines(indicator: Indicator) -> bool:
    population = indicator.population
    return population is not None and population.lines is PopulationLines.ALL and indicator.unit is Unit.LINES


def _adherence(assessment: Assessment, rulebook: Rulebook, language: Language) -> dict[str, Any]:
    indicator = overall_indicator(rulebook)
    if indicator is None:
        return {"indicator": None}
    scores, region = assessment.scores, over_all_periods(assessment.scores, Level.REGION, indicator.id)
    judged = [row for row in region.rows(named=True) if row["denominator"]]
    if not judged:
        return {"indicator": None}
    mean = judged[0]["rate"]
    everyone = over_all_periods(scores, Level.PRESCRIBER, indicator.id).rows(named=True)
    charted = [row for row in everyone if row["denominator"] >= indicator.denominator_min]
    return {
        "indicator": indicator,
        "indicator_name": _name_of(indicator, language),
        "region": judged[0],
        "prescribers": everyone,
        "listed": thinned(everyone),
        "charted": charted,
        "counts": {kind: sum(stands(row, mean) is kind for row in charted) for kind in Stands},
        "chart": caterpillar(charted, mean) if charted else None,
        "stands_of": lambda row: stands(row, mean),
        "all_indicators": _per_indicator(assessment, rulebook, language),
        "periods": _per_period(assessment, indicator),
    }


def _per_indicator(assessment: Assessment, rulebook: Rulebook, language: Language) -> list[dict[str, Any]]:
    return [
        {"id": each.id, "name": _name_of(each, language), "direction": each.direction, "unit": each.unit, **row}
        for each in rulebook.indicators
        for row in over_all_periods(assessment.scores, Level.REGION, each.id).drop("id").rows(named=True)
    ]


def _per_period(assessment: Assessment, indicator: Indicator) -> list[dict[str, Any]]:
    return [
        row
        for row in assessment.scores.rows(named=True)
        if row["level"] == Level.REGION and row["indicator"] == indicator.id and row["denominator"]
    ]


def _name_of(indicator: Indicator, language: Language) -> str:
    return indicator.name_nl if language is Language.NL else indicator.name_en


def _with_bars(deviations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    most = max((row["lines"] for row in deviations), default=1)
    return [row | {"percent": 100 * row["lines"] / most} for row in deviations]


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__ or "service.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("whole", "percentage", "euros", "amount", "day"):
        write: Callable[..., str] = getattr(formats, name)
        environment.filters[name] = partial(write, language=language)
    environment.filters["forms"] = partial(forms_in_words, language=language)
    environment.globals["share"] = partial(formats.share, language=language)
    environment.globals["say"] = partial(_say, language)
    return environment


def _say(language: Language, code: str, **values: object) -> str:
    sentences = _REPORT if code in _REPORT else _MATCHER
    return sentences.say(code, language, **values)


def forms_in_words(text: str, language: Language) -> str:
    """Return the preferred choice with its dosage forms in words instead of codes."""
    start, bracket, forms = text.partition("(")
    return start + bracket + _FORMS.sub(lambda found: _REPORT.say(f"FORM_{found[0]}", language), forms)
