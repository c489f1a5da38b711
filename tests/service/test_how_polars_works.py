"""What polars reads when it is imported is said before that, and where the user said something, that stays."""

import os
import subprocess
import sys

import pytest

_SETTINGS = {"POLARS_IDEAL_MORSEL_SIZE": "250000", "_RJEM_MALLOC_CONF": "dirty_decay_ms:10000,narenas:"}
_COMMAND = f"""
import os, sys
from service.cli import main
print("polars" in sys.modules)
sys.argv = ["formulary", "--version"]
try:
    main()
except SystemExit:
    print(*(os.environ[name] for name in {list(_SETTINGS)}), sep="\\n")
"""


@pytest.mark.parametrize("own", [{}, {"POLARS_IDEAL_MORSEL_SIZE": "1000"}, {"_RJEM_MALLOC_CONF": "narenas:3"}])
def test_polars_is_told_how_to_work_before_it_is_imported(own: dict[str, str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS} | own
    ran = subprocess.run([sys.executable, "-c", _COMMAND], env=environment, capture_output=True, text=True, check=True)
    is_imported, _, *told = ran.stdout.splitlines()
    assert is_imported == "False"
    for found, asked in zip(told, (_SETTINGS | own).values(), strict=True):
        assert found.startswith(asked)
