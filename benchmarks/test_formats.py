"""How long the path takes from a claim file, over Parquet of the same lines in the same run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from formulary import Rulebook
from matcher import CANONICAL_COLUMNS, Identifier, Reading, Workplace, assess, read_lines
from service.demo_claims import claimable, with_services, write_claims

KEY = b"k" * 32


@pytest.fixture(scope="session")
def claims_file(lines_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A claim of the seeded lines that can be claimed, each medicine with its service."""
    folder = tmp_path_factory.mktemp("claims")
    lines = read_lines([lines_file], Reading(folder / "work", KEY)).lines.collect()
    return write_claims(with_services(claimable(lines)), folder / "claims.txt")


@pytest.fixture(scope="session")
def same_lines_file(claims_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lines of that claim as Parquet."""
    folder = tmp_path_factory.mktemp("same")
    lines = read_lines([claims_file], Reading(folder / "work", KEY)).lines.collect()
    known = [name for name in CANONICAL_COLUMNS if lines[name].dtype != pl.Null()]
    lines.select(known).write_parquet(folder / "lines.parquet")
    return folder / "lines.parquet"


def _path(file: Path, rulebook: Rulebook, warm: Identifier, folder: Path) -> Callable[[], int]:
    def _run() -> int:
        run = folder / str(len(list(folder.iterdir())))
        read = read_lines([file], Reading(run, KEY))
        return assess(read.lines, rulebook, None, Workplace(KEY, run / "lines.parquet", warm)).scores.height

    return _run


def test_path_from_parquet(
    benchmark: Any, same_lines_file: Path, rulebook: Rulebook, warm: Identifier, tmp_path: Path
) -> None:
    assert benchmark.pedantic(_path(same_lines_file, rulebook, warm, tmp_path), rounds=3, iterations=1) > 0


def test_path_from_claims(
    benchmark: Any, claims_file: Path, rulebook: Rulebook, warm: Identifier, tmp_path: Path
) -> None:
    assert benchmark.pedantic(_path(claims_file, rulebook, warm, tmp_path), rounds=3, iterations=1) > 0
