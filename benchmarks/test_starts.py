"""Tracing starts beside sorting the same lines by patient, substance and day; twenty lines a patient.

`pytest benchmarks/test_starts.py --lines 10000000` measures ten million lines of half a million patients.
"""

from typing import Any

import polars as pl
import pytest

from formulary import FirstIssueFlag
from matcher.frames import IDENTIFIED_LINES, IdentifiedLines
from matcher.trace import History, trace_starts

Benchmark = Any
HISTORY = History(365, FirstIssueFlag.TRACED)
_SUBSTANCES, _DAYS, _SPECIALISTS_PERCENT = 60, 1000, 7


@pytest.fixture(scope="module")
def identified(n_lines: int, tmp_path_factory: pytest.TempPathFactory) -> IdentifiedLines:
    """Lines that were identified, in a file: spread over patients, substances and days, the same in every run."""
    row = pl.int_range(n_lines, dtype=pl.UInt64)
    patient, substance, day, by = (row.hash(seed=seed) for seed in range(4))
    specialist = by % 100 < _SPECIALISTS_PERCENT
    told = {
        "patient_no": (patient % (n_lines // 20 + 1) + 1).cast(pl.UInt32),
        "matched_atc": pl.format("A{}", (substance % _SUBSTANCES).cast(pl.String).str.zfill(6)),
        "dispensed_on": pl.date(2024, 1, 1) + pl.duration(days=day % _DAYS),
        "prescriber_agb": pl.when(specialist).then(pl.lit("03000001")).otherwise(pl.lit("01000001")),
        "source": pl.lit("lines"),
    }
    file = tmp_path_factory.mktemp("starts") / "identified.parquet"
    pl.select([column.cast(IDENTIFIED_LINES[name]).alias(name) for name, column in told.items()]).write_parquet(file)
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in IDENTIFIED_LINES.items() if name not in told]
    return IdentifiedLines(pl.scan_parquet(file).with_columns(absent))


def test_sort_for_starts(benchmark: Benchmark, identified: IdentifiedLines, n_lines: int) -> None:
    by = ("patient_no", "matched_atc", "dispensed_on")
    ordered = benchmark(lambda: identified.select(by).with_row_index("row").sort(*by).collect())
    assert ordered.height == n_lines


def test_starts(benchmark: Benchmark, identified: IdentifiedLines, n_lines: int) -> None:
    traced = benchmark(lambda: trace_starts(identified, HISTORY).select("start", "specialist_start").collect())
    assert traced.height == n_lines
