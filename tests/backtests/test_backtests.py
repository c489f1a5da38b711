"""A run that a release recorded comes out the same by the software of now, byte for byte."""

import json
from pathlib import Path

import pytest

from service.runs.rerun import rerun
from tests.backtests.record import FOLDER, order_of

RELEASES = sorted(path.parent.parent for path in FOLDER.glob("*/run/run.json"))


@pytest.fixture(autouse=True)
def _key_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMULARY_CACHE", "")


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_a_recorded_run_comes_out_the_same_byte_for_byte(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(release / "key.txt"))
    differing = list(rerun(release / "run", order_of(release)).differing)
    assert differing == [], "not released yet? then `python -m tests.backtests.record`; else explain the change"


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_the_recorded_run_is_one_worth_repeating(release: Path) -> None:
    manifest = json.loads((release / "run" / "run.json").read_text(encoding="utf-8"))
    assert (manifest["payees"], manifest["total_cents"] > 0, manifest["software"]) == (4, True, release.name)


def test_there_is_a_recorded_run() -> None:
    assert RELEASES
