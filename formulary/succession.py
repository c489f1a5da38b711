"""Codes that were replaced: a medicine keeps its identity when its code moves."""

from collections.abc import Sequence
from typing import TypeVar

import polars as pl

from .documents import Condition, Indicator, Population, Succession, SuccessionKind

AnyRule = TypeVar("AnyRule", Condition, Population)


def current_codes(succession: Sequence[Succession], kind: SuccessionKind) -> dict[str, str]:
    """Return for each former code the code that holds today, followed to its end."""
    following = {each.former: each.successor for each in succession if each.kind is kind}
    return {former: _last(former, following) for former in following}


def with_current_atc(frame: pl.DataFrame, succession: Sequence[Succession]) -> pl.DataFrame:
    """Return a frame whose former ATC codes are replaced by those that hold today."""
    current = current_codes(succession, SuccessionKind.ATC)
    return frame.with_columns(pl.col("atc").replace(current)) if current else frame


def with_current_groups(indicator: Indicator, succession: Sequence[Succession]) -> Indicator:
    """Return an indicator that names medicines by the codes that hold today, as lines do."""
    current = current_codes(succession, SuccessionKind.ATC)
    if not current or indicator.population is None:
        return indicator
    conform = [
        _renamed(each, current).model_copy(update={"together_with": [current.get(c, c) for c in each.together_with]})
        for each in indicator.conform
    ]
    return indicator.model_copy(update={"population": _renamed(indicator.population, current), "conform": conform})


def _renamed(rule: AnyRule, current: dict[str, str]) -> AnyRule:
    groups = {name: [current.get(code, code) for code in getattr(rule, name)] for name in ("atc", "atc_except")}
    return rule.model_copy(update=groups)


def _last(code: str, following: dict[str, str]) -> str:
    seen = {code}
    while code in following and following[code] not in seen:  # a ring ends where it closes
        code = following[code]
        seen.add(code)
    return code
