"""A statement as an Excel workbook: the page, the arithmetic, and every line; texts stay texts, none is a formula."""

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..report.reward_steps import step_sentence
from ..spreadsheet import Cell, write_pages
from .view import Words

_WIDTHS = (30, 22, 34, 16, 16, 60)


def workbook_of(statement: Mapping[str, Any], view: Mapping[str, Any], words: Words) -> bytes:
    """Return the workbook; the same statement gives the same bytes."""
    out = io.BytesIO()
    sheets = {"SUMMARY": _summary(view), "STEPS": _steps(statement, words), "LINES": _lines(statement)}
    write_pages(out, view["title"], {words.say(f"SHEET_{name}"): rows for name, rows in sheets.items()}, _WIDTHS)
    return out.getvalue()


def _summary(view: Mapping[str, Any]) -> list[Sequence[Cell]]:
    parts = view["parts"]
    return [
        [view["title"]], [view["facts"]], *([banner] for banner in view["banners"]), *([each] for each in view["lead"]),
        [], parts["heads"], *parts["rows"], parts["total"], *view["adjustments"], [view["owed"], view["amount"]],
        [], [view["words"]["left_out"]], *view["left_out"], *([each] for each in view["bounds"]),
        [], [view["words"]["contest"]], *([each] for each in view["contest"]),
        [], *([each] for each in view["foot"]),
    ]  # fmt: skip


def _steps(statement: Mapping[str, Any], words: Words) -> list[Sequence[Cell]]:
    heads = ["part", "step", "sentence", "value", "limit", "euro"]
    rows: list[Sequence[Cell]] = [heads]
    for part in statement["parts"]:
        for step in part["steps"]:
            pairs = [_pair(step, kind) for kind in ("value", "limit")]
            cents = None if step["cents"] is None else Decimal(step["cents"]).scaleb(-2)
            rows.append([part["part"], step["step"], step_sentence(step, words.language), *pairs, cents])
    return rows


def _pair(step: Mapping[str, Any], kind: str) -> str:
    part, of = step[f"{kind}_numerator"], step[f"{kind}_denominator"]
    return "" if part is None else f"{part}" if of in (None, 1) else f"{part} / {of}"


def _lines(statement: Mapping[str, Any]) -> list[Sequence[Cell]]:
    rows = statement["lines"]
    return [list(rows[0]), *(list(row.values()) for row in rows)] if rows else []
