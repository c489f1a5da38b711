"""Every command in the README works as it stands there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from formulary import sample_folder
from service.demo import make_demo_lines
from service.demo_formats import DemoFormat, in_format
from tests.house.sources import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVES = ("serve", "--install-completion")  # runs until someone stops it, or changes the reader's shell


def _commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    plain = [line.partition(" #")[0].removeprefix("$ ").removeprefix(".venv/bin/").strip() for line in lines]
    return [line for line in plain if line.startswith("formulary ") and not set(SERVES) & set(line.split())]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder as a reader has it: lines of the demo under every name the README uses, and what it describes."""
    folder = tmp_path_factory.mktemp("reader")
    lines = make_demo_lines(sample_folder(), folder / "lines.csv", lines=2000)
    for name in {word for line in _commands() for word in shlex.split(line) if word.endswith(".csv")}:
        (folder / name).write_bytes(lines.read_bytes())
    for name in {word for line in _commands() for word in shlex.split(line) if word.endswith(".ap304.txt")}:
        in_format(lines, DemoFormat.AP304).rename(folder / name)
    for name in {word for line in _commands() for word in shlex.split(line) if word.endswith(".ndjson")}:
        in_format(lines, DemoFormat.FHIR).rename(folder / name)
    shutil.copytree(sample_folder(), folder / "mijnregio")
    shutil.copy(sample_folder() / "catalogue.csv", folder / "artikelen.csv")
    described = re.findall(r"```\n# (\S+\.toml)\n(.*?)```", README, re.DOTALL)
    for name, content in described:
        (folder / name).write_text(content, encoding="utf-8")
    own = "Uitgereikt op;Wie schreef voor;etiket\n05-01-2026;01012345;OMEPRAZOL CAPSULE MSR 20MG\n"
    (folder / "eigen.csv").write_text(own, encoding="utf-8")
    return folder


def test_every_command_of_the_readme_works(reader: Path) -> None:
    failed = []
    for command in _commands():
        words = [sys.executable, "-c", "from service.cli import main; main()", *shlex.split(command)[1:]]
        environment = {**os.environ, "FORMULARY_KEY_FILE": str(reader / "key"), "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(words, cwd=reader, env=environment, capture_output=True, text=True, check=False)
        if ended.returncode not in (0, 1):
            failed.append((command, ended.returncode, ended.stderr[-300:]))
    assert failed == []
