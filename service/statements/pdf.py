"""A statement as PDF, laid out by typst: no clock in it, so that the same statement gives the same bytes."""

from collections.abc import Mapping
from typing import Any

from ..errors import UsageInvalid
from ..report import formats
from ..typeset import typeset
from .view import Words

_LINES_MAX = 400  # of the lines behind it: what is more is for the screen and the workbook, not for paper


def pdf_of(view: Mapping[str, Any], words: Words) -> bytes:
    """Return the PDF, tagged for reading aloud; raises UsageInvalid where typst is not installed."""
    rows = view["lines"]["rows"]
    cut = "" if len(rows) <= _LINES_MAX else words.say("LINES_CUT", n=formats.whole(_LINES_MAX, words.language))
    content = {**view, "lines": {**view["lines"], "rows": rows[:_LINES_MAX], "cut": cut}}
    made = typeset(__package__ or "service.statements", "statement.typ", content, {})
    if made is None:
        raise UsageInvalid("PDF_NOT_INSTALLED", "html")
    return made
