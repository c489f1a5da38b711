"""How fast labels are named, beside the usual way: whole labels compared to every name of the catalogue."""

import random

import polars as pl
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import extractOne

from matcher import Identifier, identifier

_FORMS = ("TABLET", "TABLET MGA", "CAPSULE", "DRANK", "ZETPIL")
_FIRMS = ("SANDOZ", "TEVA", "MYLAN", "ACCORD", "CF", "PCH")
_SYLLABLES = ("ME", "TO", "PRO", "LOL", "CI", "TA", "RAN", "DI", "PI", "NE", "ZO", "XA", "VU", "KAR")


def _names(rng: random.Random, count: int) -> list[str]:
    """Return invented products in the pharmacy's style: the benchmark must not need anyone's data."""
    stems = ["".join(rng.sample(_SYLLABLES, 4)) for _ in range(count // 25)]
    made = {
        f"{rng.choice(stems)} {rng.choice(_FIRMS)} {rng.choice(_FORMS)} {rng.choice((5, 10, 20, 40, 100))}MG"
        for _ in range(count * 2)
    }
    return sorted(made)[:count]


def _dirty(name: str, rng: random.Random) -> str:
    """Return the name with one letter of its first word changed, in lower case, strength moved forward."""
    first, *rest = name.lower().split(" ")
    place = rng.randrange(1, len(first))
    return " ".join([first[:place] + rng.choice("abcdefgh") + first[place + 1 :], rest[-1], *rest[:-1]])


@pytest.fixture(scope="module")
def names() -> list[str]:
    return _names(random.Random(7), 20_000)


@pytest.fixture(scope="module")
def catalogue(names: list[str]) -> pl.DataFrame:
    # Every first word is one medicine; its code only has to be the same on all its rows.
    codes = [f"X{sum(map(ord, name.split(' ')[0])) % 90 + 10}AA{len(name.split(' ')[0]):02d}" for name in names]
    return pl.DataFrame({"product_name": names, "atc": codes})


@pytest.fixture(scope="module")
def labels(names: list[str]) -> list[str]:
    rng = random.Random(8)
    return sorted({_dirty(rng.choice(names), rng) for _ in range(20_000)})


@pytest.fixture(scope="module")
def warm(catalogue: pl.DataFrame) -> Identifier:
    return identifier(catalogue)


def test_index_of_20_000_products(benchmark: BenchmarkFixture, catalogue: pl.DataFrame) -> None:
    benchmark(identifier, catalogue)


def test_20_000_dirty_labels_with_their_index(
    benchmark: BenchmarkFixture, catalogue: pl.DataFrame, labels: list[str]
) -> None:
    frame = pl.DataFrame({"label": labels})
    answer = benchmark.pedantic(lambda: identifier(catalogue).identify_frame(frame), rounds=3)  # type: ignore[no-untyped-call]
    assert answer.height == len(labels)


def test_20_000_labels_seen_before(benchmark: BenchmarkFixture, catalogue: pl.DataFrame, labels: list[str]) -> None:
    frame = pl.DataFrame({"label": labels})
    first = identifier(catalogue)
    told = first.identify_frame(frame)
    again = benchmark(lambda: identifier(catalogue, first.learned).identify_frame(frame))
    assert again.equals(told)


def test_one_clean_label_warm(benchmark: BenchmarkFixture, warm: Identifier, names: list[str]) -> None:
    assert benchmark(warm, names[77]).matched_product == names[77]


def test_one_dirty_label_warm(benchmark: BenchmarkFixture, catalogue: pl.DataFrame, labels: list[str]) -> None:
    fresh = iter(labels)
    warm = identifier(catalogue)
    benchmark.pedantic(lambda: warm(next(fresh)), rounds=5_000)  # type: ignore[no-untyped-call]


def test_one_dirty_label_by_whole_label_similarity(
    benchmark: BenchmarkFixture, names: list[str], labels: list[str]
) -> None:
    fresh = iter(labels)
    benchmark.pedantic(lambda: extractOne(next(fresh).upper(), names, scorer=token_sort_ratio), rounds=50)  # type: ignore[no-untyped-call]
