"""A statement as PDF, laid out by typst: no clock in it, so that the same statement gives the same bytes."""

import json
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import UsageInvalid
from ..report import formats
from .view import Words

_LINES_MAX = 400  # of the lines behind it: what is more is for the screen and the workbook, not for paper


def pdf_of(view: Mapping[str, Any], words: Words) -> bytes:
    """Return the PDF, tagged for reading aloud; raises UsageInvalid where typst is not installed."""
    try:
        import typst
    except ImportError as error:
        raise UsageInvalid("PDF_NOT_INSTALLED", "html") from error
    rows = view["lines"]["rows"]
    cut = "" if len(rows) <= _LINES_MAX else words.say("LINES_CUT", n=formats.whole(_LINES_MAX, words.language))
    content = {**view, "lines": {**view["lines"], "rows": rows[:_LINES_MAX], "cut": cut}}
    layout = files(__package__).joinpath("templates/statement.typ").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="formulary-") as folder:
        source = Path(folder) / "statement.typ"
        source.write_text(layout, encoding="utf-8")
        (Path(folder) / "view.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return bytes(typst.compile(str(source), root=folder, timestamp=0, ignore_system_fonts=True))
