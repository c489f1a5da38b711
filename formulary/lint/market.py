"""Suspicions between the rules and the product list: what is preferred but cannot be had, and codes that retired."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from ..circumstances import PREFERENCE_TABLE, SHORTAGE_TABLE
from ..documents import Advice, Entry, Indicator, Population, Succession, SuccessionKind, Unit
from ..rulebook import Rulebook
from ..segments import Edition
from ..succession import current_codes, with_current_atc
from .suspicion import Suspicion, some_of
from .versions import place_of


def market_suspicions(rulebook: Rulebook, today: date) -> Iterator[Suspicion]:
    """Give the entries, preferences and indicators that the product list contradicts."""
    products = with_current_atc(rulebook.catalogue, rulebook.circumstances.succession)
    still_on = [edition for edition in rulebook.editions if edition.last >= today]
    yield from _without_product(rulebook, still_on, (_codes(products), _codes(_on_market(products, today))))
    yield from _preferences(rulebook, today)
    yield from _shortages(rulebook, today)
    yield from _retired(rulebook, still_on, today)
    yield from _without_population(rulebook, products)
    yield from _without_daily_dose(rulebook, products)


def _without_product(
    rulebook: Rulebook, editions: list[Edition], codes: tuple[set[str], set[str]]
) -> Iterator[Suspicion]:
    known, on_market = codes
    current = current_codes(rulebook.circumstances.succession, SuccessionKind.ATC)
    for edition, entry, atc in _medicines(editions):
        code = current.get(atc, atc)
        values: dict[str, object] = {"substance": entry.substance, "atc": atc}
        if code not in known:
            yield Suspicion("ENTRY_WITHOUT_PRODUCT", place_of(edition, entry), values)
        elif code not in on_market and entry.advice is Advice.RECOMMENDED:
            yield Suspicion("ENTRY_OFF_MARKET", place_of(edition, entry), values)


def _medicines(editions: list[Edition]) -> Iterator[tuple[Edition, Entry, str]]:
    for edition in editions:
        for entry in edition.entries:
            if entry.atc is not None:
                yield edition, entry, entry.atc


def _codes(products: pl.DataFrame) -> set[str]:
    return set(products["atc"].drop_nulls())


def _on_market(products: pl.DataFrame, today: date) -> pl.DataFrame:
    return products.filter(pl.col("valid_until").is_null() | (pl.col("valid_until") >= today))


def _preferences(rulebook: Rulebook, today: date) -> Iterator[Suspicion]:
    """Give for each insurer the designated products that are not in the product list, or not on the market."""
    designated = _on_market(rulebook.circumstances.preferences, today)
    known = {
        "PREFERENCE_UNKNOWN": rulebook.catalogue,
        "PREFERENCE_OFF_MARKET": _on_market(rulebook.catalogue, today),
    }
    told: set[tuple[str, int]] = set()
    for code, products in known.items():
        missing = designated.join(products.drop_nulls("zi"), on="zi", how="anti").sort("insurer_uzovi", "zi")
        for (insurer,), rows in missing.group_by("insurer_uzovi", maintain_order=True):
            # What is not in the list at all is not on the market either; that is told once.
            numbers = [zi for zi in rows["zi"].unique().sort() if (str(insurer), zi) not in told]
            told |= {(str(insurer), zi) for zi in numbers}
            if numbers:
                values = {"insurer": insurer, "n": len(numbers), "numbers": some_of(numbers)}
                yield Suspicion(code, PREFERENCE_TABLE, values)


def _shortages(rulebook: Rulebook, today: date) -> Iterator[Suspicion]:
    """Give the articles and products that are said to be short and that the product list does not have."""
    said = _on_market(rulebook.circumstances.shortages, today)
    of_product = said.filter(pl.col("zi").is_null())
    for kind, named in (("zi", said), ("prk", of_product)):
        unknown = named.drop_nulls(kind).join(rulebook.catalogue.drop_nulls(kind), on=kind, how="anti")
        numbers = unknown[kind].unique().sort().to_list()
        if numbers:
            values = {"kind": kind.upper(), "n": len(numbers), "numbers": some_of(numbers)}
            yield Suspicion("SHORTAGE_UNKNOWN", SHORTAGE_TABLE, values)


def _retired(rulebook: Rulebook, editions: list[Edition], today: date) -> Iterator[Suspicion]:
    succession = rulebook.circumstances.succession
    retired = {each.former: each for each in succession if each.kind is SuccessionKind.ATC and each.since <= today}
    for edition, entry, atc in _medicines(editions):
        if atc in retired:
            yield _retired_code(place_of(edition, entry), retired[atc])
    for indicator in rulebook.indicators:
        for code in sorted(_codes_of(indicator) & set(retired)):
            yield _retired_code(f"indicators.toml, {indicator.id}", retired[code])


def _retired_code(place: str, move: Succession) -> Suspicion:
    return Suspicion("ATC_RETIRED", place, {"atc": move.former, "successor": move.successor, "day": move.since})


def _codes_of(indicator: Indicator) -> set[str]:
    population = indicator.population or Population()
    named = [population.atc, population.atc_except]
    named += [codes for each in indicator.conform for codes in (each.atc, each.atc_except)]
    return {code for codes in named for code in codes}


def _without_population(rulebook: Rulebook, products: pl.DataFrame) -> Iterator[Suspicion]:
    for indicator in rulebook.indicators:
        population = indicator.population
        if population is None or not population.atc:
            continue
        if not _spoken_of(population, products):
            place = f"indicators.toml, {indicator.id}"
            yield Suspicion("INDICATOR_WITHOUT_PRODUCT", place, {"groups": ", ".join(population.atc)})


def _without_daily_dose(rulebook: Rulebook, products: pl.DataFrame) -> Iterator[Suspicion]:
    known = _codes(rulebook.circumstances.daily_doses)
    for indicator in rulebook.indicators:
        if indicator.unit is Unit.DDD and indicator.population is not None:
            missing = sorted(_spoken_of(indicator.population, products) - known)
            values = {"n": len(missing), "names": some_of(missing)}
            if missing:
                yield Suspicion("DDD_MISSING", f"indicators.toml, {indicator.id}", values)


def _spoken_of(population: Population, products: pl.DataFrame) -> set[str]:
    """Return the codes of the product list that a population looks at."""
    groups, left_out = tuple(population.atc) or ("",), tuple(population.atc_except)
    return {code for code in _codes(products) if code.startswith(groups) and not code.startswith(left_out)}
