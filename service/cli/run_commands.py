"""What can be typed about reward runs: propose, adjust, approve, pay, look up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .help import HELP

if TYPE_CHECKING:
    from ..runs.manifest import Signature


def option(name: str, help_name: str, metavar: str = "FILE") -> Any:
    """Return an option with its help and no default to show."""
    return typer.Option(name, metavar=metavar, help=HELP[help_name], show_default=False)


RunName = Annotated[str, typer.Argument(metavar="RUN", help=HELP["run_name"], show_default=False)]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help=HELP["files"], show_default=False)]
Books = Annotated[Path, typer.Option("--books", metavar="DIR", help=HELP["books"], envvar="FORMULARY_BOOKS")]
By = Annotated[str, option("--by", "run_by", "NAME")]
Reason = Annotated[str, option("--reason", "run_reason", "TEXT")]
Payee = Annotated[str, option("--payee", "run_payee", "LEVEL:CODE")]
NewFolder = Annotated[Path, option("--out", "run_out", "DIR")]
Rules = Annotated[Path | None, option("--rules", "rules", "DIR")]
Catalogue = Annotated[Path | None, option("--catalogue", "catalogue")]
HeaderMap = Annotated[Path | None, option("--map", "map")]
Lang = Annotated[Literal["nl", "en"], typer.Option("--lang", help=HELP["lang"])]
Json = Annotated[bool, typer.Option("--json", help=HELP["json"])]
BOOKS = Path("formulary-books")

runs_app = typer.Typer(no_args_is_help=True, help=HELP["runs_app"], rich_markup_mode=None)


def add_run_commands(app: typer.Typer) -> None:
    """Add these commands to the command `formulary`."""
    app.add_typer(runs_app, name="runs")


@runs_app.command("propose", help=HELP["runs_propose"])
def propose(
    files: Files,
    scheme: Annotated[str, option("--scheme", "scheme", "ID")],
    period: Annotated[str, option("--period", "period", "PERIOD")],
    by: By,
    corrects: Annotated[str, option("--corrects", "run_corrects", "RUN")] = "",
    provisional: Annotated[bool, typer.Option("--provisional", help=HELP["run_provisional"])] = False,
    books: Books = BOOKS,
    rules: Rules = None,
    catalogue: Catalogue = None,
    header_map: HeaderMap = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Work out a run and put it forward."""
    from formulary import Language

    from ..batch import Order, period_of
    from ..runs.manifest import Asked
    from .runs import show_proposed

    order = Order(files, rules, catalogue, header_map, Language(lang))
    asked = Asked(scheme, period_of(period), corrects, provisional)
    raise typer.Exit(show_proposed(order, asked, books, signed_now(by), as_json=as_json))


@runs_app.command("show", help=HELP["runs_show"])
def show(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help=HELP["run_name"], show_default=False)] = "",
    books: Books = BOOKS,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Show the runs there are, or all of one."""
    from formulary import Language

    from .runs import show_run, show_runs

    language = Language(lang)
    shown = show_run(books, run, language, as_json=as_json) if run else show_runs(books, language, as_json=as_json)
    raise typer.Exit(shown)


@runs_app.command("adjust", help=HELP["runs_adjust"])
def adjust(
    run: RunName,
    payee: Payee,
    cents: Annotated[int, option("--cents", "run_cents", "CENTS")],
    reason: Reason,
    by: By,
    books: Books = BOOKS,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Add or take off by hand."""
    from ..runs.acts import Adjustment, adjust
    from .runs import show_entry

    entry = adjust(books, run, Adjustment(payee, cents, reason), signed_now(by))
    raise typer.Exit(show_entry(entry, lang, as_json=as_json))


@runs_app.command("approve", help=HELP["runs_approve"])
def approve(
    run: RunName,
    by: By,
    total: Annotated[int | None, option("--total", "run_total", "CENTS")] = None,
    books: Books = BOOKS,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Approve what somebody else proposed."""
    from ..runs.acts import approve
    from .runs import show_entry

    raise typer.Exit(show_entry(approve(books, run, signed_now(by), total), lang, as_json=as_json))


@runs_app.command("statements", help=HELP["runs_statements"])
def statements(
    run: RunName,
    out: NewFolder,
    payee: Annotated[list[str] | None, option("--payee", "run_payees", "LEVEL:CODE")] = None,
    forms: Annotated[str, option("--format", "run_formats", "FORMATS")] = "html",
    books: Books = BOOKS,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Write the statements of payees."""
    from formulary import Language

    from ..statements import write_statements
    from .runs import show_written

    wanted = [each.strip() for each in forms.split(",")]
    written = write_statements(books, run, out, payee or [], (wanted, Language(lang)))
    raise typer.Exit(show_written(written, out, lang, as_json=as_json))


@runs_app.command("export", help=HELP["runs_export"])
def export(
    run: RunName,
    accounts: Annotated[Path, option("--accounts", "run_accounts")],
    payer_name: Annotated[str, option("--payer-name", "run_payer_name", "NAME")],
    payer_iban: Annotated[str, option("--payer-iban", "run_payer_iban", "IBAN")],
    out: NewFolder,
    by: By,
    execute_on: Annotated[str | None, option("--execute-on", "run_execute_on", "DATE")] = None,
    sepa: Annotated[bool, typer.Option("--sepa/--no-sepa", help=HELP["run_sepa"])] = True,
    again: Annotated[bool, typer.Option("--again", help=HELP["run_again"])] = False,
    books: Books = BOOKS,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Pay an approved run."""
    from formulary import Language

    from ..payments import Payer, Wanted, export_run
    from .runs import day_of, show_exported

    signed = signed_now(by)
    payer = Payer(payer_name, payer_iban, day_of(execute_on or signed.at[:10]))
    wanted = Wanted(out, accounts, Language(lang), sepa, again)
    raise typer.Exit(show_exported(export_run(books, run, payer, wanted, signed), lang, as_json=as_json))


@runs_app.command("paid", help=HELP["runs_paid"])
def paid(run: RunName, by: By, books: Books = BOOKS, lang: Lang = "nl", as_json: Json = False) -> None:
    """Enter that the bank paid."""
    from ..runs.acts import mark_paid
    from .runs import show_entry

    raise typer.Exit(show_entry(mark_paid(books, run, signed_now(by)), lang, as_json=as_json))


@runs_app.command("rerun", help=HELP["runs_rerun"])
def rerun(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=HELP["run_folder"], show_default=False)],
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help=HELP["files"])] = None,
    rules: Rules = None,
    catalogue: Catalogue = None,
    header_map: HeaderMap = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Hold a run's folder against its id and, with its files, work it out again."""
    from formulary import Language

    from ..batch import Order
    from .runs import show_rerun

    order = Order(files or [], rules, catalogue, header_map, Language(lang))
    raise typer.Exit(show_rerun(folder, order, as_json=as_json))


def signed_now(by: str) -> "Signature":
    """Return a signature of this moment: the only clock that steps in the ledger know."""
    from ..runs.manifest import Signature

    return Signature(by, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
