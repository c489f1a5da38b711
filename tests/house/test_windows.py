"""Nothing that only POSIX has stands on the way of whoever works under Windows."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.errors import OutputUnusable
from service.swap import swapped_file, swapped_folder
from tests.house.sources import sources

_ONLY_POSIX = frozenset({"crypt", "fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"})
_CALLS = frozenset(
    {
        "O_DIRECTORY", "O_NOFOLLOW", "SIGALRM", "SIGKILL", "chown", "fchmod", "fork", "getuid", "killpg", "mkfifo",
        "setsid", "symlink", "symlink_to",
    }
)  # fmt: skip


def _guarded(tree: ast.Module) -> Iterator[ast.AST]:
    """Give what runs only where the platform has it: behind `sys.platform`, or behind `except ImportError`."""
    for node in ast.walk(tree):
        is_asked = isinstance(node, ast.If) and "sys.platform" in ast.unparse(node.test)
        is_tried = isinstance(node, ast.Try) and any("ImportError" in ast.unparse(each) for each in node.handlers)
        if is_asked or is_tried:
            yield from ast.walk(node)


def _only_posix(tree: ast.Module) -> Iterator[str]:
    guarded = set(_guarded(tree))
    for node in ast.walk(tree):
        if node in guarded:
            continue
        if isinstance(node, ast.Import):
            yield from {name.name for name in node.names} & _ONLY_POSIX
        elif isinstance(node, ast.ImportFrom):
            yield from {node.module or ""} & _ONLY_POSIX
        elif isinstance(node, ast.Attribute):
            yield from {node.attr} & _CALLS


def test_no_package_needs_what_only_posix_has() -> None:
    assert [(source.path, name) for source in sources() for name in _only_posix(source.tree)] == []


def test_what_only_posix_has_is_found_where_it_is_not_guarded() -> None:
    text = "import fcntl\nfrom resource import x\nos.fork()\ntry:\n    import pwd\nexcept ImportError:\n    pass\n"
    assert list(_only_posix(ast.parse(text))) == ["fcntl", "resource", "fork"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_letter_that_the_code_page_does_not_know_ends_no_command(tmp_path: Path, encoding: str) -> None:
    lines = "regelnummer;afleverdatum;voorschrijver;etiket\n1;05-01-2026;01012345;Œmeprazol → ≥20MG\n"
    (tmp_path / "regels→.csv").write_text(lines, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()", "check", "regels→.csv", "--show-map"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "FORMULARY_KEY_FILE": str(tmp_path / "key")},
    )
    assert ended.returncode == 0
    assert "Œmeprazol → ≥20MG" in ended.stdout.decode("utf-8")


def _in_use(self: Path, target: Path) -> Path:
    raise PermissionError(13, "Access is denied", str(self), None, str(target))


def test_results_that_are_open_in_another_program_are_left_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with swapped_folder(tmp_path / "out") as folder:
        (folder / "summary.json").write_text("first")
    monkeypatch.setattr(Path, "replace", _in_use)
    with pytest.raises(OutputUnusable) as refused, swapped_folder(tmp_path / "out") as folder:
        (folder / "summary.json").write_text("second")
    assert refused.value.code == "OUTPUT_IN_USE"
    assert (tmp_path / "out" / "summary.json").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_that_is_open_in_another_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "replace", _in_use)
    with pytest.raises(OutputUnusable) as refused, swapped_file(tmp_path / "out.csv") as beside:
        beside.write_text("x")
    assert refused.value.code == "OUTPUT_IN_USE"
