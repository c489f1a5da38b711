"""Luck as an argument, and what it did: nothing here plays."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

# Gives so many rows and columns of even numbers from 0 to 1.
Luck = Callable[[int, int], "NDArray[float32]"]


@dataclass(frozen=True)
class Chance:
    """What chance makes of a scheme: means over the draws, and the range that nine draws in ten lie in.

    `wrong` payees are paid another band (or a tenth of a sliding scale more or less) than their true rate deserves;
    `over` and `under` are the cents paid too much and too little. `payees` says of each (`period`, `id`) in how many
    draws of a thousand that happens (`wrong_permille`), `parts` of each part how many payees (`wrong`).
    """

    draws: int
    wrong: int
    wrong_low: int
    wrong_high: int
    over: int
    under: int
    total: int
    total_low: int
    total_high: int
    true_total: int
    payees: pl.DataFrame
    parts: pl.DataFrame
