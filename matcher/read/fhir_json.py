"""JSON of unknown origin as columns of a known shape: the quick way for what is sound, the careful way for the rest.

What does not fit the shape becomes null and what is no JSON object at all becomes a null row; nothing here fails.
polars bounds the depth of what it parses, and so does Python: JSON nested a hundred thousand deep is a null row.
"""

import json
from typing import Any

import polars as pl

_FEW = 64  # so many rows are read carefully when one of them is odd


def decoded(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return each text as a struct of this type; null where it is no JSON object."""
    try:
        found = texts.str.json_decode(dtype)
        # Two broken rows could be one sound object together.
        if len(found) == len(texts):
            return found
    except pl.exceptions.PolarsError:
        pass
    if len(texts) > _FEW:
        half = len(texts) // 2
        return pl.concat([decoded(texts[:half], dtype), decoded(texts[half:], dtype)])
    return pl.Series(texts.name, [fitted(parsed(text), dtype) for text in texts], dtype)


def parsed(text: str | None) -> Any:
    """Return the JSON value of a text, and nothing where it is none or nested too deep."""
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None


def fitted(value: Any, dtype: Any) -> Any:
    """Return a JSON value in the shape of a type: what does not fit is nothing, whatever it holds."""
    if isinstance(dtype, pl.Struct):
        return (
            {each.name: fitted(value.get(each.name), each.dtype) for each in dtype.fields}
            if isinstance(value, dict)
            else None
        )
    if isinstance(dtype, pl.List):
        return [fitted(each, dtype.inner) for each in value] if isinstance(value, list) else None
    if isinstance(value, bool):
        return str(value).lower()
    return _scalar(value)


def _scalar(value: Any) -> str | None:
    if isinstance(value, str):
        # Half a surrogate pair is no letter.
        return value.encode("utf-8", errors="replace").decode("utf-8")
    return str(value) if isinstance(value, int | float) else None
