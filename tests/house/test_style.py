"""The countable points of the style sheet."""

import ast
import re

import pytest

from tests.house.sources import Source, sources

EMPTY_NAMES = {"utils", "helpers", "common", "core", "base", "manager", "misc"}
UNREPEATABLE = ("datetime.now", "datetime.today", "date.today", "utcnow", "os.environ", "getenv", "secrets", "uuid4")
UNREPEATABLE_MODULES = {"random", "secrets", "time", "uuid", "os"}
ATC_CODE = re.compile(r"[A-Z]\d\d[A-Z]{2}\d\d")
SHOWS_EXAMPLES = {"service/responses.py"}  # what the documentation of the API shows
LONGEST_FILE, LONGEST_FUNCTION = 400, 80
below_service = [source for source in sources() if source.package != "service"]


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [source.path for source in sources() if source.path.split("/")[-1].removesuffix(".py") in EMPTY_NAMES] == []


def test_every_module_says_what_its_room_is_for() -> None:
    assert [source.path for source in sources() if not ast.get_docstring(source.tree)] == []


def test_every_public_function_says_what_comes_out() -> None:
    silent = [
        f"{source.path}: {function.name}"
        for source in sources()
        for function in source.offered()
        if not function.name.startswith("_") and not ast.get_docstring(function)
    ]
    assert silent == []


def test_every_function_has_a_return_type() -> None:
    untyped = [
        f"{source.path}: {function.name}"
        for source in sources()
        for function in source.functions()
        if function.returns is None
    ]
    assert untyped == []


def test_no_file_is_longer_than_anyone_reads() -> None:
    assert [(source.path, source.length) for source in sources() if source.length > LONGEST_FILE] == []


def test_no_function_is_longer_than_a_screen() -> None:
    sizes = [
        (f"{source.path}: {function.name}", (function.end_lineno or 0) - function.lineno + 1)
        for source in sources()
        for function in source.functions()
    ]
    assert [each for each in sizes if each[1] > LONGEST_FUNCTION] == []


@pytest.mark.parametrize("word", UNREPEATABLE)
def test_nothing_below_the_service_asks_the_clock_the_environment_or_luck(word: str) -> None:
    assert [source.path for source in below_service if re.search(rf"\b{re.escape(word)}\b", _code(source))] == []


def test_nothing_below_the_service_imports_what_cannot_be_repeated() -> None:
    wrong = [
        (source.path, name) for source in below_service for name in source.imports() if name in UNREPEATABLE_MODULES
    ]
    assert wrong == []


def _code(source: Source) -> str:
    return "\n".join(line.partition("#")[0] for line in source.text.splitlines())


def test_no_medicine_stands_in_code() -> None:
    wrong = [(source.path, text) for source in sources() for text in source.texts() if ATC_CODE.search(text)]
    assert [path for path, _ in wrong if path not in SHOWS_EXAMPLES] == []


def test_a_front_door_lists_what_it_offers_in_order_and_defines_nothing() -> None:
    doors = [source for source in sources() if source.path in ("formulary/__init__.py", "matcher/__init__.py")]
    allowed = (ast.Expr, ast.ImportFrom, ast.Assign)
    assert [door.path for door in doors if not all(isinstance(node, allowed) for node in door.tree.body)] == []
