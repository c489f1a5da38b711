"""The lines that a command prints for people: short, aligned, and with the sum that closes first."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from formulary import Language, Sentences, Unit
from matcher import Outcome

from ..batch import Checked
from ..report.formats import amount, euros, percentage, share, whole
from ..report.words import Words

_SERVICE, _MATCHER = Sentences("service"), Sentences("matcher")
_WIDTH = 10
_ONE_BY_ONE = (Unit.LINES, Unit.PATIENTS)


def digest_lines(checked: Checked, out: Path, language: Language) -> list[str]:
    """Return what a pharmacist reads in one look: the sum, the score, the deviations, the rejects, the report."""
    say, words = _sayer(language), Words(language)
    summary = checked.summary
    names = ", ".join(file.name for file in summary.files)
    lines = [
        say("READ", lines=whole(summary.lines, language), files=names),
        *_outcome_lines(summary.outcomes, language),
    ]
    if alike := checked.oddities.get("ALIKE_IN_FILES"):
        lines += ["", words.say("ODDITY_ALIKE_IN_FILES", n=whole(alike, language))]
    overall = checked.overall
    if overall is not None:
        lines += ["", *_adherence_lines(overall, language)]
    if checked.deviations:
        lines += ["", say("TOP_DEVIATIONS")]
        lines += [
            "  "
            + say(
                "DEVIATION",
                lines=f"{whole(row['lines'], language):>7}",
                product=row["product"],
                preferred=words.preferred(row["preferred"]),
            )
            for row in checked.deviations
            if row["preferred"]
        ]
    if summary.doses and sum(summary.doses.values()):
        lines += ["", *_dose_lines(summary.doses, language)]
    lines += _rejected_lines(summary.problems, out, language)
    return [*lines, "", say("WRITTEN", report=out / "report.html")]


def _dose_lines(doses: Mapping[str, int], language: Language) -> list[str]:
    """Return of how many lines the daily doses are known, and for each reason of how many they are not."""
    known = whole(doses.get("KNOWN", 0), language)
    lines = [_SERVICE.say("DOSES", language, known=known, lines=whole(sum(doses.values()), language))]
    gaps = [(_MATCHER.say(gap, language), whole(n, language)) for gap, n in doses.items() if gap != "KNOWN"]
    return lines + [f"{n:>{_WIDTH}}  {reason}" for reason, n in gaps]


def score_lines(rows: Sequence[Mapping[str, Any]], units: Mapping[str, Unit], language: Language) -> list[str]:
    """Return a table of scores: who, indicator, numerator, denominator, rate, interval, bounds and percentile.

    Only what is counted one by one has an interval and bounds: cents and doses are no independent trials.
    """
    heads = ("ID", "PART", "NUMERATOR", "DENOMINATOR", "RATE", "INTERVAL", "BOUNDS", "PERCENTILE")
    table = [[_SERVICE.say(f"COLUMN_{head}", language) for head in heads]]
    table += [
        [
            row["id"],
            row["indicator"],
            amount(row["numerator"], units[row["indicator"]], language),
            amount(row["denominator"], units[row["indicator"]], language),
            share(row["numerator"], row["denominator"], language),
            *(
                _range(row[low], row[high], language) if units[row["indicator"]] in _ONE_BY_ONE else "–"
                for low, high in (("interval_low", "interval_high"), ("lowest", "highest"))
            ),
            "–" if row["percentile"] is None else whole(round(row["percentile"]), language),
        ]
        for row in rows
    ]
    return aligned(table)


def reward_lines(rows: Sequence[Mapping[str, Any]], scheme: str, period: str, language: Language) -> list[str]:
    """Return a table of rewards with their grounds, and the total."""
    heads = ("ID", "PART", "NUMERATOR", "DENOMINATOR", "RATE", "AMOUNT", "GROUNDS")
    table = [[_SERVICE.say(f"COLUMN_{head}", language) for head in heads]]
    table += [
        [
            row["id"],
            row["part"],
            *_counted(row, language),
            euros(row["reward_cents"], language),
            _grounds(row, language),
        ]
        for row in rows
    ]
    total = euros(sum(row["reward_cents"] for row in rows), language)
    payees = len({row["id"] for row in rows})
    told = _SERVICE.say("REWARD_TOTAL", language, scheme=scheme, period=period, payees=payees, total=total)
    return [*aligned(table), "", told]


def _counted(row: Mapping[str, Any], language: Language) -> list[str]:
    """Return numerator, denominator and rate; dashes for a part that counts no lines, such as a maximum."""
    if row["denominator"] is None:
        return ["–"] * 3
    numerator, denominator = row["numerator"], row["denominator"]
    return [whole(numerator, language), whole(denominator, language), share(numerator, denominator, language)]


def _outcome_lines(outcomes: Mapping[str, int], language: Language) -> list[str]:
    total = sum(outcomes.values())
    return [
        f"{whole(outcomes[outcome], language):>{_WIDTH}}  {share(outcomes[outcome], total, language):>7}  "
        f"{_MATCHER.say(outcome, language)}"
        for outcome in Outcome
    ]


def _adherence_lines(overall: Mapping[str, Any], language: Language) -> list[str]:
    say = _sayer(language)
    told = [
        say(
            "ADHERENCE",
            denominator=whole(overall["denominator"], language),
            rate=share(overall["numerator"], overall["denominator"], language),
            low=percentage(overall["interval_low"], language),
            high=percentage(overall["interval_high"], language),
        )
    ]
    unknown = overall["unidentified"]
    if unknown:
        possible = overall["denominator"] + unknown
        low = share(overall["numerator"], possible, language)
        high = share(overall["numerator"] + unknown, possible, language)
        told.append(
            say("NOT_COUNTED_ONE" if unknown == 1 else "NOT_COUNTED", n=whole(unknown, language), low=low, high=high)
        )
    return told


def _rejected_lines(problems: Mapping[str, int], out: Path, language: Language) -> list[str]:
    if not problems:
        return []
    rejected = whole(sum(problems.values()), language)
    told = ["", _SERVICE.say("REJECTED", language, n=rejected, file=out / "rejects.csv")]
    ordered = sorted(problems.items(), key=lambda item: (-item[1], item[0]))
    return told + [f"{whole(n, language):>{_WIDTH}}  {_MATCHER.say(problem, language)}" for problem, n in ordered]


def _grounds(row: Mapping[str, Any], language: Language) -> str:
    told = _MATCHER.say(row["grounds"], language)
    return told if row["band"] is None else f"{told}: {row['band']} ({row['threshold_percent']} %)"


def _range(low: float | None, high: float | None, language: Language) -> str:
    return "–" if low is None else f"{percentage(low, language)} - {percentage(high, language)}"


def aligned(table: list[list[str]], texts: int = 2) -> list[str]:
    """Return the rows of a table with their cells under each other; the first columns are texts, the others numbers."""
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    return [
        "  ".join(
            cell.ljust(width) if n < texts else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def _sayer(language: Language) -> Any:
    return lambda code, **values: _SERVICE.say(code, language, **values)
