"""Workbooks for tests: .xlsx as a pharmacy exports it, the same with anything odd in its parts, and .ods by hand."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from xml.sax.saxutils import escape

import xlsxwriter  # type: ignore[import-untyped]

Cell = str | int | float | date | None
HEAD = ("Regelnummer", "Afleverdatum", "Voorschrijver", "ATC-code", "Hoeveelheid")
LINE: tuple[Cell, ...] = (1, date(2026, 1, 5), 1012345, "A02BC01", 30)


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Cell]]], hidden: Sequence[str] = (), *, date_1904: bool = False
) -> bytes:
    """Return a workbook; a day is written as Excel writes days."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "date_1904": date_1904}) as book:
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
            for n, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(n, column, datetime.combine(cell, time()), day)
                    elif cell is not None:
                        sheet.write(n, column, cell)
    return content.getvalue()


def altered(content: bytes, part: str, alter: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one of its parts changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            text = old.read(each)
            new.writestr(each.filename, alter(text) if each.filename == part else text)
    return changed.getvalue()


def with_rows(rows: str) -> bytes:
    """Return a workbook of which the sheet holds this XML below the header."""
    return altered(
        xlsx({"Blad1": [HEAD]}),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace(b"</sheetData>", rows.encode() + b"</sheetData>"),
    )


def ods(rows: Sequence[Sequence[Cell]], more: str = "") -> bytes:
    """Return an OpenDocument spreadsheet with one sheet."""
    table = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = f'<table:table table:name="Blad1">{table}{more}</table:table>'
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", text)
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
    return content.getvalue()


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
