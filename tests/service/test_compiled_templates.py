"""Templates are compiled once, kept where only their owner writes, and never missed where they cannot be kept."""

from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache

from service.report.compiled import kept_templates
from service.settings import templates_folder


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the place of what is kept between runs."""
    monkeypatch.setattr("service.settings.user_cache_path", lambda _: tmp_path)
    return tmp_path


def test_where_nothing_is_to_be_kept_nothing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMULARY_CACHE", "")
    assert kept_templates() is None


def test_a_folder_that_others_may_write_to_holds_no_code(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("FORMULARY_CACHE", str(place / "shared"))
    assert templates_folder() == place / "templates"


def test_where_no_folder_can_be_made_there_is_none(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setenv("FORMULARY_CACHE", "somewhere")
    (place / "templates").write_text("a file stands here")
    assert kept_templates() is None


def test_a_template_that_cannot_be_kept_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    def _full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setenv("FORMULARY_CACHE", "somewhere")
    monkeypatch.setattr(FileSystemBytecodeCache, "dump_bytecode", _full)
    kept = kept_templates()
    assert kept is not None
    kept.dump_bytecode(object())  # type: ignore[arg-type]
