"""The words of Dutch product labels as data: each list says in README.md where it comes from."""

import csv
from functools import cache
from importlib.resources import files


@cache
def rows_of(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one list of the vocabulary, every cell as text."""
    text = files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def words_of(name: str) -> frozenset[str]:
    """Return the first column of one list of the vocabulary."""
    return frozenset(row["word"] for row in rows_of(name))
