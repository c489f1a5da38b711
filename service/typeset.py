"""PDF laid out by typst: a layout and what it says in, the pages out; no clock in them, and no font of the machine.

The pages follow PDF/UA-1, so that they can be read aloud. typst is an extra (`report`): without it there is no PDF.
"""

import json
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any


def typeset(package: str, layout: str, view: Mapping[str, Any], drawings: Mapping[str, str]) -> bytes | None:
    """Return the PDF of a layout (`templates/` of a package) that reads `view.json`; nothing where typst is missing.

    `drawings` are SVG texts by the file name under which the layout shows them. The same view gives the same bytes.
    """
    try:
        import typst
    except ImportError:
        return None
    with tempfile.TemporaryDirectory(prefix="formulary-") as folder:
        source = Path(folder) / layout
        source.write_text(files(package).joinpath(f"templates/{layout}").read_text(encoding="utf-8"), encoding="utf-8")
        for name, text in {"view.json": json.dumps(view, ensure_ascii=False), **drawings}.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        made = typst.compile(str(source), root=folder, timestamp=0, ignore_system_fonts=True, pdf_standards="ua-1")
    return bytes(made)
