"""`report.pdf`: the report in short, to hand over or to put with the minutes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from matcher import Outcome

from ..spreadsheet import Cell
from ..typeset import typeset
from . import formats
from .account import account_rows
from .content import Content
from .page import environment_of

_DEVIATIONS = 10
_CHART = "chart.svg"
# In a page the styles of the page dress the chart; on its own it brings those that it needs.
_CHART_STYLE = """<style>
text { font-family: "Libertinus Serif"; font-size: 15px; fill: #4a5863; }
.mean-label { fill: #1b2329; font-weight: bold; }
.grid { stroke: #e4e8eb; stroke-width: 1; } .mean { stroke: #1b2329; stroke-width: 1.5; stroke-dasharray: 6 4; }
line.above { stroke: #0b6b5d; stroke-width: 1.6; } path.above { fill: #0b6b5d; }
line.below { stroke: #b4500b; stroke-width: 1.6; } path.below { fill: #b4500b; }
line.around { stroke: #7b8893; stroke-width: 1.6; } circle.around { fill: #fff; stroke: #56636d; stroke-width: 1.6; }
</style>"""


def pdf_of(content: Content) -> bytes | None:
    """Return the PDF; nothing where typst is not installed. The same content gives the same bytes."""
    drawings = {} if _chart(content) is None else {_CHART: chart_of(content)}
    return typeset(__package__ or "service.report", "report.typ", view_of(content), drawings)


def _chart(content: Content) -> Any:
    return content.adherence["chart"] if content.adherence["indicator"] else None


def chart_of(content: Content) -> str:
    """Return the chart of the prescribers as an SVG file of its own."""
    draw = environment_of(content.words).get_template("charts.html.j2").module
    say, told = content.words.say, _told(content)
    svg = str(draw.caterpillar(_chart(content), told, say("REGION_MEAN", mean=_mean(content)), say("CHART_AXIS")))  # type: ignore[attr-defined]
    start, end, rest = svg.replace("&nbsp;", "\N{NO-BREAK SPACE}").partition(">")
    return start.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"') + end + _CHART_STYLE + rest


def view_of(content: Content) -> dict[str, Any]:
    """Return every text of the pages, in their order."""
    say, adherent_judged = content.words.say, content.counts()
    return {
        "language": str(content.words.language),
        "title": content.title,
        "kicker": say("TITLE"),
        "region": content.rulebook.region.name,
        "facts": content.facts(),
        "figure": content.share(*adherent_judged[:2]),
        "lead": content.headline(),
        "outcome": _outcomes(content),
        "deviations": _deviations(content),
        "prescribers": _prescribers(content),
        "attention": _attention(content),
        "account": _account(content),
        "foot": [
            say("REPEATABLE", software=content.summary["software"]),
            say("FOOT", software=content.summary["software"]),
        ],
    }


def _table(title: str, note: str, heads: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"title": title, "note": note, "heads": heads, "rows": rows}


def _outcomes(content: Content) -> dict[str, Any]:
    say, outcomes, lines = content.words.say, content.summary["outcomes"], content.summary["lines"]
    rows = [[say(each), say(f"{each}_MEANS"), content.whole(outcomes[each]), content.share(outcomes[each], lines)]
            for each in Outcome]  # fmt: skip
    total = [say("COL_TOTAL"), "", content.whole(lines), content.share(lines, lines)]
    heads = [say(code) for code in ("COL_OUTCOME", "COL_MEANS", "COL_LINES", "COL_SHARE")]
    return _table(say("OUTCOME"), say("OUTCOME_TABLE"), heads, [*rows, total])


def _deviations(content: Content) -> dict[str, Any]:
    words = content.words
    rows = [
        [
            f"{row['product']} ({row['matched_atc']})",
            words.preferred(row["preferred"]) if row["preferred"] else words.say("NO_PREFERRED"),
            content.whole(row["lines"]),
            formats.euros(row["cost_cents"], words.language) if row["cost_cents"] else "–",
        ]
        for row in content.seen.deviations.head(_DEVIATIONS).rows(named=True)
    ]
    heads = [words.say(code) for code in ("COL_DISPENSED", "COL_PREFERRED", "COL_LINES", "COL_COST")]
    note = words.say("DEVIATIONS_TABLE") if rows else words.say("NO_DEVIATIONS")
    return _table(words.say("DEVIATIONS"), note, heads, rows)


def _prescribers(content: Content) -> dict[str, Any]:
    say = content.words.say
    if _chart(content) is None:
        return {"title": say("PRESCRIBERS"), "lead": [say("NO_PRESCRIBERS")], "chart": "", "alt": "", "name": ""}
    counts = {str(kind).lower(): content.whole(n) for kind, n in content.adherence["counts"].items()}
    lead = [say("PRESCRIBERS_LEAD", **_range(content)), say("PRESCRIBERS_STANDS", **counts), say("SHEET_INTERVAL")]
    name = content.adherence["indicator_name"]
    return {"title": say("PRESCRIBERS"), "lead": lead, "chart": _CHART, "alt": _told(content), "name": name}


def _told(content: Content) -> str:
    return content.words.say("CHART_TITLE", **_range(content))


def _range(content: Content) -> Mapping[str, str]:
    charted, language = content.adherence["charted"], content.words.language
    low, high = (formats.percentage(charted[place]["rate"], language) for place in (0, -1))
    return {"n": content.whole(len(charted)), "low": low, "high": high, "mean": _mean(content)}


def _mean(content: Content) -> str:
    region = content.adherence["region"]
    return content.share(region["numerator"], region["denominator"])


def _attention(content: Content) -> dict[str, Any]:
    say, outcomes = content.words.say, content.summary["outcomes"]
    told = [say("PROBLEMS", n=content.whole(outcomes["INVALID"]))] if outcomes["INVALID"] else []
    told += [f"{content.whole(row['lines'])} × {say(row['problem'])}" for row in content.seen.problems.rows(named=True)]
    told += [say("UNSURE", n=content.whole(outcomes["UNIDENTIFIED"]))] if outcomes["UNIDENTIFIED"] else []
    return {"title": say("ATTENTION"), "told": told or [say("NO_ATTENTION")]}


def _account(content: Content) -> dict[str, Any]:
    rows = [[str(row[0]), _with_days(row, content), str(row[-1] or "")] for row in account_rows(content)]
    heads = [content.words.say("COL_WHAT"), content.words.say("COL_NAME"), "SHA-256"]
    return _table(content.words.say("READ"), content.words.say("RULES_TABLE"), heads, rows)


def _with_days(row: tuple[Cell, ...], content: Content) -> str:
    """Return the name of what had a part, with the days on which it holds."""
    name, first, last = row[1:4]
    if not isinstance(first, date):
        return str(name)
    language = content.words.language
    until = formats.day(last, language) if isinstance(last, date) else content.words.say("UNTIL_FURTHER")
    return f"{name}: {formats.day(first, language)} – {until}"
