"""A service answers many at once: what one request asks never changes what another hears."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from string import ascii_uppercase
from threading import Barrier

import polars as pl

from matcher import Identifier, identifier
from matcher.identification import ANSWER

_AT_ONCE, _NAMES = 4, 2000


def _invented(dice: random.Random) -> str:
    return "".join(dice.choice("BCDFGLMNPRSTVZ") + dice.choice("AEIOU") for _ in range(6))


def _misspelt(name: str, dice: random.Random) -> str:
    place = dice.randrange(3, len(name))
    return name[:place] + dice.choice(ascii_uppercase) + name[place + 1 :]


def _answers(known: Identifier, labels: Sequence[str]) -> pl.DataFrame:
    return known.identify_frame(pl.DataFrame({"label": labels})).select(ANSWER.names())


def test_requests_at_the_same_time_hear_what_each_would_hear_alone() -> None:
    dice = random.Random(7)
    names = sorted({_invented(dice) for _ in range(_NAMES)})
    rows = [(f"{name} TABLET 10MG", f"C{n // 26 % 10}0AA{n % 90 + 10}", name) for n, name in enumerate(names)]
    catalogue = pl.DataFrame(rows, schema=["product_name", "atc", "substances"], orient="row")
    labels = [f"{_misspelt(name, dice)} tabl 10mg" for name in names for _ in range(3)]
    alone, together, begin = identifier(catalogue), identifier(catalogue), Barrier(_AT_ONCE)

    def _asked(_: int) -> pl.DataFrame:
        begin.wait()
        return _answers(together, labels)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        heard = list(pool.map(_asked, range(_AT_ONCE)))
    expected = _answers(alone, labels)
    assert (expected["decision"] == "MATCHED").any()
    assert [each.equals(expected) for each in heard] == [True] * _AT_ONCE
