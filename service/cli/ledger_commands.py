"""What can be typed about disputes, and about the ledger behind all runs."""

from pathlib import Path
from typing import Annotated

import typer

from .help import HELP
from .run_commands import BOOKS, Books, By, Json, Lang, Payee, Reason, RunName, option, signed_now

disputes_app = typer.Typer(no_args_is_help=True, help=HELP["disputes_app"], rich_markup_mode=None)
ledger_app = typer.Typer(no_args_is_help=True, help=HELP["ledger_app"], rich_markup_mode=None)


def add_ledger_commands(app: typer.Typer) -> None:
    """Add these commands to the command `formulary`."""
    app.add_typer(disputes_app, name="disputes")
    app.add_typer(ledger_app, name="ledger")


@disputes_app.command("open", help=HELP["disputes_open"])
def open_dispute(
    run: RunName,
    payee: Payee,
    line: Annotated[str, option("--line", "run_line", "SOURCE:NUMBER")],
    reason: Reason,
    by: By,
    reference: Annotated[str, option("--reference", "run_reference", "TEXT")] = "",
    evidence: Annotated[list[Path] | None, option("--evidence", "run_evidence")] = None,
    books: Books = BOOKS,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Contest a line."""
    from ..runs.acts import Contested, contest
    from .runs import line_of, show_entry

    contested = Contested(payee, *line_of(line), reason, reference, evidence or [])
    raise typer.Exit(show_entry(contest(books, run, contested, signed_now(by)), lang, as_json=as_json))


@disputes_app.command("decide", help=HELP["disputes_decide"])
def decide_dispute(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=HELP["dispute_number"], show_default=False)],
    upheld: Annotated[bool, typer.Option("--uphold/--reject", help=HELP["dispute_uphold"], show_default=False)],
    reason: Reason,
    by: By,
    outcome: Annotated[str, option("--outcome", "ruling_outcome", "OUTCOME")] = "",
    attributed_to: Annotated[str, option("--attributed-to", "ruling_owner", "WHO")] = "",
    prescriber: Annotated[str, option("--prescriber", "ruling_prescriber", "AGB")] = "",
    books: Books = BOOKS,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Decide on a dispute."""
    from ..runs.acts import Ruling, decide
    from .runs import show_entry

    ruling = Ruling(upheld, reason, outcome, attributed_to, prescriber)
    raise typer.Exit(show_entry(decide(books, number, ruling, signed_now(by)), lang, as_json=as_json))


@disputes_app.command("list", help=HELP["disputes_list"])
def list_disputes(books: Books = BOOKS, lang: Lang = "nl", as_json: Json = False) -> None:
    """Show what was contested, and what was decided."""
    from formulary import Language

    from .runs import show_disputes

    raise typer.Exit(show_disputes(books, Language(lang), as_json=as_json))


@ledger_app.command("verify", help=HELP["ledger_verify"])
def verify(
    heads: Annotated[list[str] | None, option("--head", "ledger_head", "HEAD")] = None,
    books: Books = BOOKS,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Hold the ledger and every run in it against their hashes."""
    from formulary import Language

    from .runs import show_verified

    raise typer.Exit(show_verified(books, heads or [], Language(lang), as_json=as_json))


@ledger_app.command("show", help=HELP["ledger_show"])
def show_ledger(books: Books = BOOKS, lang: Lang = "nl", as_json: Json = False) -> None:
    """Show every entry."""
    from formulary import Language

    from .runs import show_entries

    raise typer.Exit(show_entries(books, Language(lang), as_json=as_json))
