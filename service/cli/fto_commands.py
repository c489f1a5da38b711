"""What can be typed for a meeting of a pharmacotherapy group."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .help import HELP


def _option(name: str, help_name: str, metavar: str = "FILE") -> Any:
    return typer.Option(name, metavar=metavar, help=HELP[help_name], show_default=False)


def add_fto_command(app: typer.Typer) -> None:
    """Add the command to the command `formulary`."""
    app.command("fto", help=HELP["fto"])(fto)


def fto(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help=HELP["advice_results"], show_default=False)],
    group: Annotated[str, _option("--group", "fto_group", "ID")],
    out: Annotated[Path, _option("--out", "fto_out")],
    period: Annotated[str | None, _option("--period", "period", "TEXT")] = None,
    blinded: Annotated[bool, typer.Option("--blinded", help=HELP["fto_blinded"])] = False,
    agreements: Annotated[Path | None, _option("--agreements", "fto_agreements")] = None,
    rules: Annotated[Path | None, _option("--rules", "rules", "DIR")] = None,
    lang: Annotated[Literal["nl", "en"], typer.Option("--lang", help=HELP["lang"])] = "nl",
    as_json: Annotated[bool, typer.Option("--json", help=HELP["json"])] = False,
) -> None:
    """Write what a group needs on the table for its meeting."""
    from formulary import Language

    from ..batch import Order, period_of, rulebook_of
    from ..fto import Asked, write_pack
    from .show import show_answer, tell_sample

    order = Order([], rules, language=Language(lang))
    tell_sample(order, as_json=as_json)
    named = None if period is None else period_of(period)
    asked = Asked(group, named, blinded, agreements, order.language)
    raise typer.Exit(show_answer(write_pack(results, rulebook_of(order), asked, out), order.language, as_json=as_json))
