"""What others may see of small counts."""

from collections.abc import Sequence


def suppress_small(counts: Sequence[int], minimum: int = 8, base: int = 5) -> list[int]:
    """Return counts fit to be seen by others: under `minimum` 0, the rest rounded to the nearest `base`, half up."""
    return [0 if count < minimum else (2 * count + base) // (2 * base) * base for count in counts]
