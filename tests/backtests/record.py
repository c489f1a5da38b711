"""Record the run of the version that is about to be released: `python -m tests.backtests.record`.

A recorded run of a released version is never recorded anew: where it comes out otherwise, that is a change to explain.
"""

import os
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from matcher import Period
from service.batch import Order
from service.report.summary import DISTRIBUTION
from service.runs.manifest import Asked, Signature
from service.runs.propose import propose_run

FOLDER = Path(__file__).parent


def order_of(release: Path) -> Order:
    """Return what the run of a release was made of."""
    return Order([release / "lines.csv"], release / "rules")


def record(release: Path) -> str:
    """Work the run out by the software of now, put it into its folder, and return its id."""
    os.environ.update(FORMULARY_KEY_FILE=str(release / "key.txt"), FORMULARY_CACHE="")
    period = Period.parse("2026")
    assert period is not None
    with tempfile.TemporaryDirectory() as books:
        signed = Signature("Recorder", "2027-02-01T12:00:00Z")
        run = propose_run(order_of(release), Asked("2026", period), Path(books), signed).run
        shutil.rmtree(release / "run", ignore_errors=True)
        shutil.copytree(run.path, release / "run")
    return run.id


if __name__ == "__main__":
    sys.stdout.write(record(FOLDER / version(DISTRIBUTION)) + "\n")
