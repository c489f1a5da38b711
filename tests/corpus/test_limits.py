"""No malformed file takes more than ten seconds of one core, or more than a GiB of memory."""

import json
import subprocess
import sys

import pytest

_PEAK_MIB, _N_FILES = 1_024, 900


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of one process")
def test_no_malformed_file_takes_too_long_or_too_much() -> None:
    ended = subprocess.run([sys.executable, "-m", "tests.corpus.limits"], capture_output=True, text=True, check=False)
    # The last name is of the file that was being read when the process was ended for taking too long.
    assert ended.returncode == 0, ended.stderr[-2_000:]
    told = json.loads(ended.stdout)
    assert told["peak_mib"] < _PEAK_MIB
    assert told["files"] >= _N_FILES
    assert 300 < told["read"] < told["files"]
