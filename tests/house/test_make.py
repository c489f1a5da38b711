"""What `make demo` runs, works."""

import re
import sys
from pathlib import Path

import pytest

from service.cli import main
from tests.house.sources import ROOT


def test_the_command_of_make_demo_writes_its_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [command] = re.findall(r"\$\(BIN\)/formulary (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    words = command.replace("$(LANGUAGE)", "nl").split()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setattr(sys, "argv", ["formulary", *words, "--lines", "1000"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code or 0, (tmp_path / "formulary-demo" / "report.html").is_file()) == (0, True)
