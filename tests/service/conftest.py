"""One service for all tests that only ask it questions: warming the engine takes longer than answering."""

import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.cli import main

from .commands import RULES, Command, Ended
from .serving import serve


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return serve(tmp_path_factory.mktemp("serving"))


@pytest.fixture
def formulary(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Return the command, run in a folder of its own with a key of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.delenv("FORMULARY_RULES", raising=False)
    RULES.write(tmp_path / "rules")

    def run(*words: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["formulary", *map(str, words)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return Ended(code, told.out, told.err)

    return run
