"""What a statement says, in facts and numbers: all of it from the run's folder and its entries in the ledger."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from matcher import Book, Entry, Outcome, RunAccount, years_reached

from ..runs.acts import lines_of, owed_cents
from ..runs.contents import AMOUNTS_MOVED, LEFT_OUT, REWARDS, SCORES, STEPS
from ..runs.folder import Run

_STEP_NUMBERS = ("value_numerator", "value_denominator", "limit_numerator", "limit_denominator", "cents")
_LINE_FACTS = ("source", "line_no", "line_id", "dispensed_on", "patient", "matched_product", "label", "matched_atc",
               "indicator", "counted_as", "amount", "outcome", "reason", "preferred", "attributed_to",
               "formulary_version", "entry_id")  # fmt: skip


def statement_of(run: Run, book: Book, payee: str) -> dict[str, Any]:
    """Return the statement of one payee: amounts in cents, rates as pairs, codes for what has a sentence.

    It names the last entry about the run as the head of the ledger: other entries do not change a statement.
    """
    account = book.runs[run.id]
    level, _, id_ = payee.partition(":")
    lines = lines_of(run, payee)
    return {
        "payee": {"payee": payee, "level": level, "id": id_, "name": run.rules["names"].get(id_, "")},
        "region": {name: run.rules["region"].get(name, "") for name in ("id", "name", "invented")},
        "scheme": {name: run.rules["scheme"][name] for name in ("id", "name", "source")},
        "days": {name: run.about[name] for name in ("period", "first_day", "last_day")},
        **_amounts(run, account, payee),
        "parts": [_part(run, row) for row in _own(run, REWARDS, level, id_)],
        "scores": _scores(run, level, id_),
        "left_out": _left_out(run, lines, level, id_),
        "lines": [{name: row[name] for name in _LINE_FACTS} for row in lines.rows(named=True)],
        "contest_until": str(account.contest_until),
        "disputes": _disputes(book, run.id, payee),
        "run": _provenance(run, account, book),
    }


def _amounts(run: Run, account: RunAccount, payee: str) -> dict[str, Any]:
    mine = [entry for entry in account.adjustments if entry.body["payee"] == payee]
    moved = run.table(AMOUNTS_MOVED)
    before = run.rows_of(AMOUNTS_MOVED, payee=payee).rows(named=True) if moved.height else []
    return {
        "computed_cents": run.owed_cents()[payee],
        "adjustments": [
            {"cents": entry.body["cents"], "reason": entry.body["reason"], "by": entry.by, "at": entry.at}
            for entry in mine
        ],
        "owed_cents": owed_cents(run, account)[payee],
        "before_cents": int(before[0]["before_cents"]) if before else None,
    }


def _own(run: Run, name: str, level: str, id_: str) -> Sequence[dict[str, Any]]:
    return run.rows_of(name, level=level, id=id_).rows(named=True)


def _part(run: Run, row: Mapping[str, Any]) -> dict[str, Any]:
    steps = [step for step in _own(run, STEPS, row["level"], row["id"]) if step["part"] == row["part"]]
    part = {name: row[name] for name in ("part", "indicator", "band", "grounds")}
    numbers = {name: _whole(row[name]) for name in ("numerator", "denominator", "threshold_percent", "reward_cents")}
    told = [{"step": step["step"], **{name: _whole(step[name]) for name in _STEP_NUMBERS}} for step in steps]
    return {**part, **numbers, "steps": told, "chance": _chance(run, {**part, **numbers})}


def _chance(run: Run, part: Mapping[str, Any]) -> list[dict[str, int]]:
    """Return what chance does to the thresholds beside this score: that which was reached, and the next one up.

    Only where the score itself is held against thresholds; a true share a point below or above says how far chance
    reaches. `years` is out of 100: in how many the threshold is reached.
    """
    thresholds, lines = _thresholds(run, part["part"]), part["denominator"]
    if not lines or not thresholds or part["grounds"] not in ("BAND_REACHED", "BELOW_BANDS"):
        return []
    reached = part["threshold_percent"] or 0
    above = [each for each in thresholds if each > reached]
    beside = [(reached, reached - 1)] if reached else []
    beside += [(min(above), min(min(above) + 1, 100))] if above else []
    return [
        {
            "threshold_percent": threshold,
            "true_percent": true,
            "denominator": lines,
            "needed": -(-threshold * lines // 100),
            "numerator": part["numerator"],
            "years": years_reached(threshold, lines, true),
        }
        for threshold, true in beside
    ]


def _thresholds(run: Run, name: str) -> list[int]:
    parts = [
        part for part in run.rules["scheme"]["parts"] if name in (part.get("part"), part.get("indicator"))
        and part.get("measure", "RATE") == "RATE" and part.get("certainty", "POINT") == "POINT"
    ]  # fmt: skip
    return sorted(int(band["threshold_percent"]) for part in parts for band in part.get("bands", []))


def _scores(run: Run, level: str, id_: str) -> list[dict[str, Any]]:
    counted = ("numerator", "denominator", "excepted", "excluded", "unidentified")
    known = {each["id"]: each for each in run.rules["indicators"]}
    return [
        {
            "indicator": row["indicator"],
            "name_nl": known[row["indicator"]]["name_nl"],
            "name_en": known[row["indicator"]]["name_en"],
            **{name: _whole(row[name]) for name in counted},
        }
        for row in _own(run, SCORES, level, id_)
    ]


def _left_out(run: Run, lines: pl.DataFrame, level: str, id_: str) -> list[dict[str, Any]]:
    """Return what did not count and why: exceptions from the payee's own lines; the rest only per prescriber."""
    excepted = lines.filter(pl.col("counted_as") == Outcome.EXCEPTED).unique(["source", "line_no"])
    told = excepted.group_by("reason", "attributed_to").agg(pl.len().alias("lines")).sort("reason", "attributed_to")
    rows = [{"outcome": "EXCEPTED", **row} for row in told.rows(named=True)]
    if level != "prescriber":
        unnamed = lines.filter(pl.col("counted_as") == Outcome.UNIDENTIFIED).height
        return [*rows, *([{"outcome": "UNIDENTIFIED", "reason": "", "attributed_to": "", "lines": unnamed}] if unnamed
                         else [])]  # fmt: skip
    own = run.rows_of(LEFT_OUT, prescriber_agb=id_).rows(named=True)
    rest = [
        {"outcome": row["outcome"], "reason": row["reason"], "attributed_to": "", "lines": _whole(row["lines"])}
        for row in own
    ]
    return [*rows, *rest]


def _disputes(book: Book, run_id: str, payee: str) -> list[dict[str, Any]]:
    mine = [each for each in book.disputes_of(run_id) if each.opening.body["payee"] == payee]
    return [
        {
            "number": each.number,
            "line": f"{each.line[0]}:{each.line[1]}",
            "reason": each.opening.body["reason"],
            "decided": each.decision is not None,
            "upheld": each.is_upheld,
            "why": "" if each.decision is None else each.decision.body["reason"],
        }
        for each in mine
    ]


def _provenance(run: Run, account: RunAccount, book: Book) -> dict[str, Any]:
    last = _last_entry(account, book)
    return {
        "id": run.id,
        "state": str(account.state),
        "corrects": account.corrects,
        "provisional": bool(run.about["provisional"]),
        "proposed_by": account.proposal.by,
        "approved_by": account.approval.by if account.approval else "",
        "head": f"{last.seq}:{last.hash}",
        "rules": run.about["rules"]["sha256"],
        "versions": run.about["rules"]["versions"],
        "inputs": [{name: file[name] for name in ("name", "sha256", "lines")} for file in run.about["inputs"]],
        "software": run.about["software"],
    }


def _last_entry(account: RunAccount, book: Book) -> Entry:
    disputes = [entry for each in book.disputes.values() for entry in (each.opening, each.decision)]
    own = [*account.adjustments, account.proposal, account.approval, account.export, account.payment,
           *(entry for entry in disputes if entry is not None and entry.run == account.id)]  # fmt: skip
    return max((entry for entry in own if entry is not None), key=lambda entry: entry.seq)


def _whole(written: str | None) -> int | None:
    return None if written in (None, "") else int(written)
