"""How many lines polars works through at a time is asked for before it is imported, and the user's own number stays."""

import os
import subprocess
import sys

import pytest

_SETTING = "POLARS_IDEAL_MORSEL_SIZE"
_COMMAND = f"""
import os, sys
from service.cli import main
print("polars" in sys.modules)
sys.argv = ["formulary", "--version"]
try:
    main()
except SystemExit:
    print(os.environ["{_SETTING}"])
"""


@pytest.mark.parametrize(("own", "used"), [({}, "250000"), ({_SETTING: "1000"}, "1000")])
def test_the_command_asks_for_many_lines_at_a_time(own: dict[str, str], used: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != _SETTING} | own
    ran = subprocess.run([sys.executable, "-c", _COMMAND], env=environment, capture_output=True, text=True, check=True)
    is_imported, *_, asked = ran.stdout.splitlines()
    assert (is_imported, asked) == ("False", used)
