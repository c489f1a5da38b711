"""What can be typed about results that are there: what to do otherwise."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from .help import HELP

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help=HELP["advice_results"], show_default=False)]
Lang = Annotated[Literal["nl", "en"], typer.Option("--lang", help=HELP["lang"])]


def add_advice_commands(app: typer.Typer) -> None:
    """Add these commands to the command `formulary`."""
    app.command("advice", help=HELP["advice"])(advice)


def advice(
    results: Results,
    prescriber: Annotated[
        str, typer.Option("--prescriber", metavar="AGB", help=HELP["advice_prescriber"], show_default=False)
    ] = "",
    practice: Annotated[
        str, typer.Option("--practice", metavar="AGB", help=HELP["advice_practice"], show_default=False)
    ] = "",
    lines: Annotated[bool, typer.Option("--lines", help=HELP["advice_lines"])] = False,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="DIR", help=HELP["rules"], show_default=False)
    ] = None,
    lang: Lang = "nl",
    as_json: Annotated[bool, typer.Option("--json", help=HELP["json"])] = False,
) -> None:
    """Show what one prescriber or practice could best do otherwise."""
    from formulary import Language, Level

    from ..batch import Order, rulebook_of
    from ..errors import UsageInvalid
    from .advice import advice_for
    from .show import show_answer

    if bool(prescriber) == bool(practice):
        raise UsageInvalid("ADVICE_FOR_WHOM", str(results))
    whose = (Level.PRESCRIBER, prescriber) if prescriber else (Level.PRACTICE, practice)
    order = Order([], rules, language=Language(lang))
    found = advice_for(results, whose, lambda: rulebook_of(order), with_lines=lines)
    raise typer.Exit(show_answer(found, Language(lang), as_json=as_json))
