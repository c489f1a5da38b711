"""`report.xlsx`: what the page tells, as tables to sort and filter; long ones are cut and say where all is.

The workbook is passed on, so it shows no content of refused lines: their place and problem lead to `rejects.csv`.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from formulary import Unit
from matcher import Outcome

from ..spreadsheet import Cell, Column, Kind, Sheet, write_book
from .account import account_sheet
from .content import Content
from .words import Words

# Writing a cell costs some 15 microseconds: with these a report of a whole country is made as fast as a small one.
DEVIATIONS_MAX, REJECTS_MAX, UNSURE_MAX, PRESCRIBERS_MAX = 200, 400, 200, 400
_COUNTED = ("numerator", "denominator")
_LIMITS = ("interval_low", "interval_high")


def write_workbook(out: Path, content: Content) -> None:
    """Write the report as a workbook; the same content gives the same bytes."""
    write_book(out, content.title, report_sheets(content), content.words.language)


def report_sheets(content: Content) -> list[Sheet]:
    """Return the sheets in the order in which they are read."""
    return [
        _summary(content),
        *([_prescribers(content), _indicators(content)] if content.adherence["indicator"] else []),
        _deviations(content),
        _rejects(content),
        _unsure(content),
        account_sheet(content),
    ]


def _summary(content: Content) -> Sheet:
    words, outcomes, lines = content.words, content.summary["outcomes"], content.summary["lines"]
    columns = _columns(words, COL_OUTCOME=Kind.TEXT, COL_MEANS=Kind.TEXT, COL_LINES=Kind.WHOLE, COL_SHARE=Kind.SHARE)
    rows = [
        (words.say(each), words.say(f"{each}_MEANS"), outcomes[each], _rate(outcomes[each], lines)) for each in Outcome
    ]
    notes = [*content.facts(), "", *content.headline()]
    foot = (words.say("COL_TOTAL"), None, lines, _rate(lines, lines))
    return Sheet(words.say("SHEET_SUMMARY"), content.title, notes, columns, rows, foot)


def _prescribers(content: Content) -> Sheet:
    words, told = content.words, content.adherence
    kinds = {
        "COL_PRESCRIBER": Kind.TEXT, "COL_NAME": Kind.TEXT, "COL_NUMERATOR": Kind.WHOLE, "COL_DENOMINATOR": Kind.WHOLE,
        "COL_RATE": Kind.SHARE, "COL_LOW": Kind.SHARE, "COL_HIGH": Kind.SHARE, "COL_EXCEPTED": Kind.WHOLE,
        "COL_UNIDENTIFIED": Kind.WHOLE, "COL_STANDS": Kind.TEXT,
    }  # fmt: skip
    names = content.rulebook.circumstances.names or {}
    rows = [
        (
            row["id"],
            names.get(row["id"]),
            *(row[name] for name in _COUNTED),
            _rate(row["numerator"], row["denominator"]),
            *(_known(row[name]) for name in _LIMITS),
            row["excepted"],
            row["unidentified"],
            _stands(row, told, words),
        )
        for row in told["prescribers"][:PRESCRIBERS_MAX]
    ]
    notes = [words.say("EVERYONE_TABLE", name=told["indicator_name"]), words.say("SHEET_INTERVAL")]
    notes += _cut(content, len(told["prescribers"]), PRESCRIBERS_MAX, "adherence.csv")
    return Sheet(words.say("PRESCRIBERS_SHORT"), words.say("EVERYONE"), notes, _columns(words, **kinds), rows)


def _stands(row: Mapping[str, Any], told: Mapping[str, Any], words: Words) -> str:
    if row["denominator"] < told["indicator"].denominator_min:
        return words.say("TOO_FEW_LINES")
    return words.say(f"SHORT_{told['stands_of'](row)}")


def _indicators(content: Content) -> Sheet:
    words = content.words
    kinds = {
        "COL_INDICATOR": Kind.TEXT, "COL_NAME": Kind.TEXT, "COL_DIRECTION": Kind.TEXT, "COL_UNIT": Kind.TEXT,
        "COL_NUMERATOR": Kind.WHOLE, "COL_DENOMINATOR": Kind.WHOLE, "COL_RATE": Kind.SHARE, "COL_LOW": Kind.SHARE,
        "COL_HIGH": Kind.SHARE,
    }  # fmt: skip
    rows = [
        (
            row["id"],
            row["name"],
            words.say(f"DIRECTION_{row['direction']}"),
            words.say(f"UNIT_{row['unit']}"),
            *(_amount(row[name], row["unit"]) for name in _COUNTED),
            _rate(row["numerator"], row["denominator"]),
            # Cents and doses are no independent trials: chance says nothing simple about them.
            *(_known(row[name]) if row["unit"] not in (Unit.DDD, Unit.COST) else None for name in _LIMITS),
        )
        for row in content.adherence["all_indicators"]
    ]
    return Sheet(
        words.say("SHEET_INDICATORS"),
        words.say("INDICATORS"),
        [words.say("INDICATORS_TABLE"), words.say("SHEET_INTERVAL")],
        _columns(words, **kinds),
        rows,
    )


def _deviations(content: Content) -> Sheet:
    words, found = content.words, content.seen.deviations
    kinds = {
        "COL_DISPENSED": Kind.TEXT, "COL_ATC": Kind.TEXT, "COL_PREFERRED": Kind.TEXT, "COL_REASON": Kind.TEXT,
        "COL_LINES": Kind.WHOLE, "COL_COST": Kind.EUROS, "COL_PRESCRIBERS": Kind.WHOLE,
    }  # fmt: skip
    rows = [
        (
            row["product"],
            row["matched_atc"],
            words.preferred(row["preferred"]) if row["preferred"] else words.say("NO_PREFERRED"),
            words.say(row["reason"]),
            row["lines"],
            Decimal(row["cost_cents"]).scaleb(-2),
            row["prescribers"],
        )
        for row in found.head(DEVIATIONS_MAX).rows(named=True)
    ]
    notes = [words.say("DEVIATIONS_TABLE"), words.say("COST_MEANS")]
    if found.height >= DEVIATIONS_MAX:
        notes.append(words.say("SHEET_MOST", n=content.whole(DEVIATIONS_MAX), file="lines.parquet"))
    return Sheet(words.say("DEVIATIONS_SHORT"), words.say("DEVIATIONS"), notes, _columns(words, **kinds), rows)


def _rejects(content: Content) -> Sheet:
    words, rejects = content.words, content.rejects
    shown = rejects.head(REJECTS_MAX).select("source", "line_no", "problem").rows(named=True)
    rows = [(row["source"], row["line_no"], words.say(row["problem"])) for row in shown]
    notes = [words.say("PROBLEMS", n=content.whole(rejects.height)), words.say("PROBLEMS_LEAD")]
    notes += _cut(content, rejects.height, REJECTS_MAX, "rejects.csv")
    columns = _columns(words, COL_FILE=Kind.TEXT, COL_LINE=Kind.WHOLE, COL_PROBLEM=Kind.TEXT)
    return Sheet(words.say("SHEET_REJECTS"), words.say("SHEET_REJECTS_TITLE"), notes, columns, rows)


def _unsure(content: Content) -> Sheet:
    words, unsure = content.words, content.unsure
    codes = ("zi", "hpk", "prk", "gpk", "atc")
    rows = [
        (
            row["label"],
            _said(f"{code.upper()} {row[code]}" for code in codes if row[code] is not None),
            words.say(f"DECISION_{row['decision']}"),
            row[unsure.columns[-1]],
            row["lines"],
        )
        for row in unsure.head(UNSURE_MAX).rows(named=True)
    ]
    notes = [
        words.say("UNSURE", n=content.whole(content.summary["outcomes"][Outcome.UNIDENTIFIED])),
        words.say("UNSURE_LEAD"),
        *_cut(content, unsure.height, UNSURE_MAX, "review.csv"),
    ]
    columns = _columns(
        words,
        COL_LABEL=Kind.TEXT, COL_CODES=Kind.TEXT, COL_DECISION=Kind.TEXT, COL_WHY=Kind.TEXT, COL_LINES=Kind.WHOLE,
    )  # fmt: skip
    return Sheet(words.say("SHEET_UNSURE"), words.say("SHEET_UNSURE_TITLE"), notes, columns, rows)


def _columns(words: Words, **kinds: Kind) -> list[Column]:
    return [Column(words.say(code), kind) for code, kind in kinds.items()]


def _cut(content: Content, there: int, shown: int, file: str) -> Sequence[str]:
    """Return the sentence that says how much of a table is left out and where it is."""
    if there <= shown:
        return ()
    return (content.words.say("SHEET_CUT", shown=content.whole(shown), n=content.whole(there), file=file),)


def _rate(part: int, of: int) -> Cell:
    return part / of if of else None


def _amount(number: int, unit: Unit) -> Cell:
    """Return what an indicator counted as its reader counts it: lines, patients, daily doses, euros."""
    match unit:
        case Unit.COST:
            return Decimal(number).scaleb(-2)
        case Unit.DDD:
            return Decimal(number).scaleb(-3)
        case _:
            return number


def _known(limit: float | None) -> Cell:
    return None if limit is None else round(limit, 6)


def _said(parts: Iterable[str]) -> str | None:
    return ", ".join(parts) or None
