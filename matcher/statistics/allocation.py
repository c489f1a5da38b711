"""How a sum of money is divided without losing a cent."""

from collections.abc import Sequence


def allocate_cents(total_cents: int, weights: Sequence[int]) -> list[int]:
    """Divide a total over weights by largest remainder; the parts sum to the total exactly.

    Ties go to the largest weight, then to the first. A negative total is divided as its opposite. Weights are
    whole and not negative; where all are zero nothing can be divided and a total other than 0 raises ValueError.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or (whole == 0 and total_cents != 0):
        raise ValueError("weights must not be negative, and one must be positive")
    if whole == 0:
        return [0] * len(weights)
    sign, amount = (-1, -total_cents) if total_cents < 0 else (1, total_cents)
    parts = [amount * weight // whole for weight in weights]
    remainders = [amount * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: (-remainders[n], -weights[n], n))
    for n in order[: amount - sum(parts)]:
        parts[n] += 1
    return [sign * part for part in parts]
