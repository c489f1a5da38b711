"""Write a TOML document in one canonical form: values first, then tables, the conditions of a list one a line."""

import json
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(content: Mapping[str, Any]) -> str:
    """Return the document as TOML; reading it gives the same content."""
    return "".join(_table((), content)).lstrip("\n")


def _table(path: tuple[str, ...], content: Mapping[str, Any]) -> list[str]:
    """Return a table: what is said in one line first, because a line after a sub-table would belong to that."""
    inline = {key: value for key, value in content.items() if not _is_section(value, path)}
    lines = [f"{_key(key)} = {_value(value)}\n" for key, value in inline.items()]
    for key, value in content.items():
        if key not in inline:
            header = ".".join(_key(step) for step in (*path, key))
            for each in value:
                lines += [f"\n[[{header}]]\n", *_table((*path, key), each)]
    return lines


def _is_section(value: Any, path: tuple[str, ...]) -> bool:
    # Only lists of tables at the top get a header of their own; deeper ones read better inside their parent.
    return not path and isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for one character that JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return _list(value)
    return repr(value)


def _list(values: list[Any]) -> str:
    written = [_value(each) for each in values]
    if any(isinstance(each, Mapping) for each in values):
        return "[\n" + "".join(f"  {each},\n" for each in written) + "]"
    return f"[{', '.join(written)}]"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
