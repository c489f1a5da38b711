"""What can be typed to hand scores to other systems."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .help import HELP


def _option(name: str, help_name: str, metavar: str = "FILE") -> Any:
    return typer.Option(name, metavar=metavar, help=HELP[help_name], show_default=False)


def add_fhir_command(app: typer.Typer) -> None:
    """Add the command to the command `formulary`."""
    app.command("fhir", help=HELP["fhir"])(fhir)


def fhir(
    results: Annotated[Path, typer.Argument(metavar="DIR", help=HELP["results"], show_default=False)],
    out: Annotated[Path, _option("--out", "fhir_out")],
    owner: Annotated[str | None, _option("--owner", "fhir_owner", "AGB")] = None,
    period: Annotated[str | None, _option("--period", "period", "TEXT")] = None,
    indicator: Annotated[str | None, _option("--indicator", "indicator", "ID")] = None,
    base: Annotated[str | None, _option("--base", "fhir_base", "URL")] = None,
    rules: Annotated[Path | None, _option("--rules", "rules", "DIR")] = None,
    catalogue: Annotated[Path | None, _option("--catalogue", "catalogue")] = None,
    lang: Annotated[Literal["nl", "en"], typer.Option("--lang", help=HELP["lang"])] = "nl",
    as_json: Annotated[bool, typer.Option("--json", help=HELP["json"])] = False,
) -> None:
    """Write scores as FHIR resources."""
    from formulary import Language

    from ..batch import Order, period_of, rulebook_of
    from ..fhir import BASE, Asked, write_fhir
    from .show import show_answer, tell_sample

    order = Order([], rules, catalogue, language=Language(lang))
    named = None if period is None else period_of(period).name
    tell_sample(order, as_json=as_json)
    asked = Asked(named, indicator, owner, base or BASE, order.language)
    raise typer.Exit(show_answer(write_fhir(results, rulebook_of(order), asked, out), order.language, as_json=as_json))
