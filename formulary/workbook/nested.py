"""A TOML document as rows of field and value, and back: `parts[1].bands[2].name`, `atc[]` for a list in one cell.

A list of texts stands in one cell, divided by `|`, as in the tables of a rules folder. An empty list is a field `x[]`
without a value, an empty table `x{}`; a text that is empty is written `""`, because an empty cell means "not given".
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from itertools import pairwise
from typing import Any

from .cells import Value

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STEP = re.compile(r'\.?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[A-Za-z0-9_-]+)|\[(?P<index>[1-9][0-9]{0,4})\])')
_MARKS = ("[]", "{}")

Step = str | int
Path = tuple[Step, ...]


class FieldInvalid(ValueError):
    """A field's name that cannot be read, or that contradicts another field."""


def flattened(content: Mapping[str, Any]) -> list[tuple[str, Value]]:
    """Return every field of a document with its value, in the document's order."""
    return [pair for key, value in content.items() for pair in _flattened(_key(key), value)]


def nested(fields: Iterable[tuple[str, Value]]) -> tuple[dict[str, Any], list[str]]:
    """Return the document that these fields make, and the names of the fields that do not fit in it."""
    content: dict[str, Any] = {}
    unfit = []
    for name, value in fields:
        try:
            path, value_read = _read(name, value)
            _put(content, path, value_read, name)
        except FieldInvalid:
            unfit.append(name)
    return content, unfit


def steps_of(name: str) -> Path:
    """Return the steps of a field's name; list places are numbers counting from 1.

    >>> steps_of("parts[1].indicator"), steps_of('grace."A.1"')
    (('parts', 1, 'indicator'), ('grace', 'A.1'))
    """
    steps: list[Step] = []
    at = 0
    while at < len(name):
        found = _STEP.match(name, at)
        if found is None:
            raise FieldInvalid(name)
        steps.append(_step(found))
        at = found.end()
    if not steps or isinstance(steps[0], int):
        raise FieldInvalid(name)
    return tuple(steps)


def _flattened(name: str, value: Any) -> list[tuple[str, Value]]:
    if isinstance(value, Mapping):
        if not value:
            return [(f"{name}{{}}", "")]
        return [pair for key, each in value.items() for pair in _flattened(f"{name}.{_key(key)}", each)]
    if isinstance(value, list):
        if all(isinstance(each, str) and _fits_list(each) for each in value):
            return [(f"{name}[]", "|".join(value))]
        return [pair for n, each in enumerate(value, 1) for pair in _flattened(f"{name}[{n}]", each)]
    return [(name, _written(value))]


def _fits_list(text: str) -> bool:
    return text != "" and text == text.strip() and "|" not in text and not text.startswith('"')


def _written(value: Any) -> Value:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if not value or value[0] == '"' else value
    if isinstance(value, time) or (isinstance(value, datetime) and value.tzinfo is not None):
        return value.isoformat()
    plain: Value = value
    return plain


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _step(found: re.Match[str]) -> Step:
    if found["index"] is not None:
        return int(found["index"])
    return found["bare"] if found["bare"] is not None else str(json.loads(f'"{found["quoted"]}"'))


def _read(name: str, value: Value) -> tuple[Path, Any]:
    mark = name[-2:]
    if mark == "{}":
        return steps_of(name[:-2]), {}
    if mark == "[]":
        return steps_of(name[:-2]), [part.strip() for part in str(value).split("|") if part.strip()]
    return steps_of(name), _unquoted(value) if isinstance(value, str) else value


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        quoted = json.loads(text)
    except ValueError:
        return text
    return quoted if isinstance(quoted, str) else text


def _put(content: dict[str, Any], path: Path, value: Any, name: str) -> None:
    """Set the value at its path; lists grow one place at a time, so that no row can be skipped unseen."""
    holder: Any = content
    for step, following in pairwise(path):
        holder = _within(holder, step, [] if isinstance(following, int) else {}, name)
    if _within(holder, path[-1], value, name) is not value:
        raise FieldInvalid(name)  # given twice


def _within(holder: Any, step: Step, missing: Any, name: str) -> Any:
    """Return what stands at this step, after putting `missing` there if there was nothing."""
    if isinstance(step, str) and isinstance(holder, dict):
        return holder.setdefault(step, missing)
    if isinstance(step, int) and isinstance(holder, list) and step <= len(holder) + 1:
        if step > len(holder):
            holder.append(missing)
        return holder[step - 1]
    raise FieldInvalid(name)
