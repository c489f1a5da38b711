"""What identification costs per label, warm; what a second run costs; and how both grow with the catalogue.

    python benchmarks/warm.py

The products are invented and seeded, so nobody's data is needed. Every name of theirs is another word, so that hardly
a word of a label was met before: the hardest there is. What real names take is told by `peers.py`.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterable
from itertools import pairwise

import polars as pl
from test_matching_speed import _dirty, _names

from matcher import identifier

_LABELS = 20_000


def catalogue_of(names: list[str]) -> pl.DataFrame:
    """Return a catalogue of these names; every first word is one medicine."""
    codes = [f"X{sum(map(ord, name.split(' ')[0])) % 90 + 10}AA{len(name.split(' ')[0]):02d}" for name in names]
    return pl.DataFrame({"product_name": names, "atc": codes})


def median_microseconds(known: Callable[[str], object], labels: Iterable[str]) -> float:
    """Return the median time of one label that was not asked before."""
    times = []
    for label in labels:
        start = time.perf_counter_ns()
        known(label)
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times) / 1000


def cpu_seconds(count: int) -> tuple[float, float, float]:
    """Return the cpu seconds of an index of so many products, of as many dirty labels, and of the same again."""
    names = _names(random.Random(7), count)
    rng = random.Random(8)
    labels = pl.DataFrame({"label": sorted({_dirty(rng.choice(names), rng) for _ in range(_LABELS)})})
    catalogue = catalogue_of(names)
    marks = [time.process_time()]
    first = identifier(catalogue)
    marks.append(time.process_time())
    first.identify_frame(labels)
    marks.append(time.process_time())
    identifier(catalogue, first.learned).identify_frame(labels)
    marks.append(time.process_time())
    index, work, again = (end - start for start, end in pairwise(marks))
    return index, work, again


def main() -> None:
    """Measure and print."""
    names = _names(random.Random(7), 20_000)
    rng = random.Random(9)
    clean = [name.lower() for name in rng.sample(names, 2_000)]
    dirty = [_dirty(name, rng) for name in rng.sample(names, 2_000)]
    known = identifier(catalogue_of(names))
    print(f"one label, warm, median: clean {median_microseconds(known, clean):.0f} us (at most 10)")
    print(f"                         dirty {median_microseconds(known, dirty):.0f} us (at most 100)")
    cpu_seconds(1_000)  # what is read once per process is no part of growth
    for count in (20_000, 50_000, 100_000, 200_000):
        index, work, again = cpu_seconds(count)
        print(
            f"{count:>7} products: index {1e6 * index / count:.0f} us a product, {1e6 * work / _LABELS:.0f} us a dirty "
            f"label, a second run {again / (index + work):.1%} of the first (under 10 %)"
        )


if __name__ == "__main__":
    main()
