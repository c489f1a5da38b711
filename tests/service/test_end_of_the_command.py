"""The command ends at once, with all that it had to say handed over and the exit code that belongs to it."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

_COMMAND = [sys.executable, "-c", "from service.cli import run; run()"]


@pytest.mark.parametrize(
    ("words", "code", "said", "complained"),
    [
        (["--version"], 0, version("mijnstreek-formulary"), ""),
        (["check", "absent.csv"], 3, "", "absent.csv"),
        (["check", "absent.csv", "--no-such-option"], 2, "", "--no-such-option"),
    ],
)
def test_what_is_said_arrives_with_the_exit_code(
    tmp_path: Path, words: list[str], code: int, said: str, complained: str
) -> None:
    ended = subprocess.run([*_COMMAND, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert said in ended.stdout
    assert complained in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_reader_that_is_gone_is_no_traceback(tmp_path: Path) -> None:
    with subprocess.Popen([*_COMMAND, "--help"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as begun:
        assert begun.stdout is not None
        assert begun.stderr is not None
        begun.stdout.close()
        complained = begun.stderr.read().decode()
    assert begun.returncode != 0
    assert "Traceback" not in complained
