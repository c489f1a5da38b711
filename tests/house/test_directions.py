"""Arrows run down, through the front door; stops do not know each other; one library, one room."""

import pytest

from tests.house.sources import PACKAGES, sources

MAY_IMPORT = {"formulary": set(), "matcher": {"formulary"}, "service": {"formulary", "matcher"}}
STOPS = ("clean", "identify", "trace", "judge", "attribute", "uphold", "count", "score", "reward")
# A library and the rooms that may use it.
ROOMS = {
    "rapidfuzz": ("matcher/similarity/",),
    "scipy": ("matcher/statistics/", "matcher/reward/chance.py", "matcher/simulation/levels.py"),
    "numpy": ("matcher/statistics/", "matcher/similarity/", "matcher/simulation/", "service/simulation/"),
    "fastapi": ("service/",),
    "starlette": ("service/",),
    "typer": ("service/cli/",),
    "rich": ("service/",),
    "jinja2": ("service/report/", "service/statements/", "service/pages/"),
    "sepaxml": ("service/payments/sepa.py",),
    "uvicorn": ("service/",),
    "platformdirs": ("service/settings.py",),
    "tomllib": (
        "formulary/",
        "matcher/read/headers.py",
        "matcher/read/layout.py",
        "matcher/read/fhir_shapes.py",
        "matcher/reasons.py",
        "service/",
    ),
}
READS_FILES = (
    "scan_csv",
    "read_csv",
    "scan_parquet",
    "read_parquet",
    "scan_lines",
    "read_excel",
    "read_bytes",
    "read_text",
)
FILE_ROOMS = (
    "formulary/load.py", "formulary/folder.py", "formulary/catalogue.py", "formulary/sentences.py",
    "formulary/importers/", "formulary/workbook", "matcher/read/", "matcher/vocabulary/", "matcher/reasons.py",
    "service/", "matcher/identification_cache.py")  # fmt: skip


def test_packages_import_only_downwards() -> None:
    wrong = [
        (source.path, name)
        for source in sources()
        for name in source.imports()
        if (top := name.split(".")[0]) in PACKAGES and top not in MAY_IMPORT[source.package] | {source.package}
    ]
    assert wrong == []


def test_packages_import_each_other_through_the_front_door() -> None:
    wrong = [
        (source.path, name)
        for source in sources()
        for name in source.imports()
        if "." in name and name.split(".")[0] in MAY_IMPORT[source.package]
    ]
    assert wrong == []


def test_no_stop_imports_another_stop() -> None:
    stops = {f"matcher.{stop}" for stop in STOPS}
    wrong = [
        (source.path, name)
        for source in sources()
        if source.module in stops
        for name in source.imports()
        if name in stops
    ]
    assert wrong == []


def test_only_assess_knows_the_order_of_the_stops() -> None:
    stops = {f"matcher.{stop}" for stop in STOPS}
    knows = {source.path for source in sources() for name in source.imports() if name in stops}
    assert knows == {"matcher/assess.py"}


def test_no_file_is_in_an_import_circle() -> None:
    modules = {source.module for source in sources()}
    asks = {
        source.module: {
            name for name in source.imports(while_running=True) if name in modules and name != source.module
        }
        for source in sources()
        if not source.path.endswith("__init__.py")
    }
    while leaves := [module for module, others in asks.items() if not others & asks.keys()]:
        for leaf in leaves:
            del asks[leaf]
    assert asks == {}


@pytest.mark.parametrize("library", ROOMS)
def test_one_library_is_used_in_one_room(library: str) -> None:
    users = {source.path for source in sources() if library in {name.split(".")[0] for name in source.imports()}}
    assert [path for path in sorted(users) if not path.startswith(ROOMS[library])] == []


def test_files_are_read_in_the_rooms_that_are_for_it() -> None:
    wrong = [
        (source.path, call)
        for source in sources()
        for call in READS_FILES
        if f".{call}(" in source.text and not source.path.startswith(FILE_ROOMS)
    ]
    # The path scans what it has itself just written: the kept lines.
    assert [each for each in wrong if each != ("matcher/facts.py", "scan_parquet")] == []
