"""What can be typed about reward schemes that are not in force: try one out."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .help import HELP


def _option(name: str, help_name: str, metavar: str = "FILE") -> Any:
    return typer.Option(name, metavar=metavar, help=HELP[help_name], show_default=False)


def add_scheme_commands(app: typer.Typer) -> None:
    """Add these commands to the command `formulary`."""
    app.command("simulate", help=HELP["simulate"])(simulate)


def simulate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=HELP["files"], show_default=False)],
    scheme: Annotated[Path, _option("--scheme", "simulate_scheme")],
    period: Annotated[str, _option("--period", "period", "TEXT")],
    against: Annotated[str | None, _option("--against", "simulate_against", "ID")] = None,
    out: Annotated[Path | None, _option("--out", "simulate_out", "DIR")] = None,
    draws: Annotated[int, typer.Option("--draws", min=10, max=100_000, help=HELP["draws"])] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help=HELP["seed"])] = 1,
    rules: Annotated[Path | None, _option("--rules", "rules", "DIR")] = None,
    catalogue: Annotated[Path | None, _option("--catalogue", "catalogue")] = None,
    header_map: Annotated[Path | None, _option("--map", "map")] = None,
    lang: Annotated[Literal["nl", "en"], typer.Option("--lang", help=HELP["lang"])] = "nl",
    as_json: Annotated[bool, typer.Option("--json", help=HELP["json"])] = False,
) -> None:
    """Try a draft scheme out on lines of the past."""
    from formulary import Language

    from ..batch import Order, period_of
    from ..simulation import Draft
    from .show import show_simulation

    order = Order(files, rules, catalogue, header_map, Language(lang))
    draft = Draft(scheme, period_of(period), against, draws, seed)
    raise typer.Exit(show_simulation(order, draft, out, as_json=as_json))
