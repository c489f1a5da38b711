"""A statement as one HTML page: opens offline, prints on one sheet with its lines behind it, readable aloud."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def html_of(view: Mapping[str, Any]) -> str:
    """Return the page; the same view gives the same bytes."""
    return _environment().get_template("statement.html.j2").render(view)


@cache
def _environment() -> Environment:
    # The styles are those of the report: one house, one look.
    loader = ChoiceLoader([PackageLoader("service.statements"), PackageLoader("service.report")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
