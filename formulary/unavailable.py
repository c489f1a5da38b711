"""What could not be had at all, and when: shortages of single articles put together by the product list.

A published shortage speaks of an article (ZI number), a product (PRK) or a whole substance. Nobody is excused because
one article was short while another of the same medicine lay beside it. So a product is unavailable on the days on
which each of its articles on the market was short, and a substance on those on which each article of all its products
was. Forms are not told apart: while one form of a substance can be had, the substance can.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from .documents import Succession, SuccessionKind
from .frames import SHORTAGES
from .succession import current_codes, with_current_atc

_DAY = timedelta(days=1)
Code = str | int
Days = tuple[date, date]  # both inclusive; `date.max` is until further notice


@dataclass(frozen=True)
class _Article:
    """One row of the product list on the days it is on the market, and the days on which it was short."""

    on_market: Days
    short: tuple[Days, ...]


def unavailable(shortages: pl.DataFrame, catalogue: pl.DataFrame, succession: Sequence[Succession]) -> pl.DataFrame:
    """Return what could not be had at all, as `SHORTAGES` without ZI numbers: substances, and products (`prk`).

    `shortages` (`SHORTAGES`) carries the ATC codes that hold today. A whole substance is short as published, also
    where the product list does not know it, and so is a product. Sorted, and no two rows of one code share a day.
    """
    if shortages.is_empty():
        return SHORTAGES.to_frame()
    products = with_current_atc(catalogue, succession)
    published = _published(shortages)
    articles = {kind: _articles(kind, products, published) for kind in ("atc", "prk")}
    found = {
        (kind, code): [*days, *_all_short(articles[kind].get(code, ()))]
        for kind in ("atc", "prk")
        for code, days in {**dict.fromkeys(articles[kind], ()), **published[kind]}.items()
    }
    former = current_codes(succession, SuccessionKind.PRK)
    for before, now in former.items():  # a prescription may still name the product by its former number
        if ("prk", int(now)) in found:
            found["prk", int(before)] = [*found.get(("prk", int(before)), []), *found["prk", int(now)]]
    rows = [
        (code if kind == "atc" else None, code if kind == "prk" else None, None, first, _open(last))
        for (kind, code), days in found.items()
        for first, last in _joined(days)
    ]
    return pl.DataFrame(rows, schema=SHORTAGES, orient="row").sort("atc", "prk", "valid_from")


def _published(shortages: pl.DataFrame) -> dict[str, dict[Code, tuple[Days, ...]]]:
    """Return the days of each article, product and substance that a published row speaks of; the narrowest counts."""
    found: dict[str, dict[Code, tuple[Days, ...]]] = {"atc": {}, "prk": {}, "zi": {}}
    for atc, prk, zi, first, last in shortages.select(*SHORTAGES).iter_rows():
        kind, code = ("zi", zi) if zi is not None else ("prk", prk) if prk is not None else ("atc", atc)
        found[kind][code] = (*found[kind].get(code, ()), (first, last or date.max))
    return found


def _articles(
    kind: str, products: pl.DataFrame, published: dict[str, dict[Code, tuple[Days, ...]]]
) -> dict[Code, list[_Article]]:
    """Return the articles of each code that a shortage of one of them, or of all, may make unavailable."""
    touched = pl.any_horizontal(pl.col(name).is_in(list(days)) for name, days in published.items() if days)
    codes = products.filter(touched)[kind].drop_nulls().unique()
    listed: dict[Code, list[_Article]] = {}
    rows = products.filter(pl.col(kind).is_in(codes.implode()))
    for code, first, last, *names in rows.select(
        pl.col(kind).alias("code"), "valid_from", "valid_until", *published
    ).iter_rows():
        short = [days for name, own in zip(published, names, strict=True) for days in published[name].get(own, ())]
        article = _Article((first or date.min, last or date.max), tuple(short))
        listed.setdefault(code, []).append(article)
    return listed


def _all_short(articles: Sequence[_Article]) -> Iterator[Days]:
    """Give the stretches of days on which something was on the market and all of it was short."""
    days = [days for article in articles for days in (article.on_market, *article.short)]
    cuts = sorted({day for first, last in days for day in (first, _after(last))})
    for first, following in pairwise(cuts):
        offered = [article for article in articles if _holds(article.on_market, first)]
        if offered and all(any(_holds(each, first) for each in article.short) for article in offered):
            yield first, date.max if following == date.max else following - _DAY


def _joined(stretches: Iterable[Days]) -> Iterator[Days]:
    """Give the stretches in order of days; those that touch or overlap are one."""
    held: Days | None = None
    for first, last in sorted(stretches):
        if held is not None and first <= _after(held[1]):
            held = held[0], max(held[1], last)
            continue
        if held is not None:
            yield held
        held = first, last
    if held is not None:
        yield held


def _holds(days: Days, day: date) -> bool:
    return days[0] <= day <= days[1]


def _after(day: date) -> date:
    return day if day == date.max else day + _DAY


def _open(last: date) -> date | None:
    return None if last == date.max else last
