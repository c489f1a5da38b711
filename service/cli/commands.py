"""What can be typed, with its help; everything heavy is imported only when a command runs."""

import gc
import os
import sys
import traceback
from dataclasses import replace
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .advice_commands import add_advice_commands
from .fhir_commands import add_fhir_command
from .fto_commands import add_fto_command
from .help import HELP, language_of
from .ledger_commands import add_ledger_commands
from .rule_commands import add_rule_commands
from .run_commands import add_run_commands
from .scheme_commands import add_scheme_commands

if TYPE_CHECKING:
    from ..batch import Order

_RESULTS = "formulary-results"
_MADE_BETWEEN_WALKS = 100_000  # objects, before the collector looks for what nobody needs
# What polars reads when it is imported. How many lines it hands on from one step to the next, as far as a file has them
# in one piece: each handful costs what Python has to say of it once. And how its allocator (jemalloc; not under
# Windows) treats memory that is free again: kept for a while, for any thread to use, not given back and asked for anew.
_POLARS = {
    "POLARS_IDEAL_MORSEL_SIZE": "250000",
    "_RJEM_MALLOC_CONF": f"dirty_decay_ms:10000,narenas:{max((os.cpu_count() or 1) // 4, 1)}",
}
app = typer.Typer(
    name="formulary",
    no_args_is_help=True,
    help=HELP["formulary"],
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help=HELP["files"], show_default=False)]
FilesOrNone = Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help=HELP["files"], show_default=False)]
Rules = Annotated[Path | None, typer.Option("--rules", metavar="DIR", help=HELP["rules"], show_default=False)]
Catalogue = Annotated[
    Path | None, typer.Option("--catalogue", metavar="FILE", help=HELP["catalogue"], show_default=False)
]
HeaderMap = Annotated[Path | None, typer.Option("--map", metavar="FILE", help=HELP["map"], show_default=False)]
SheetName = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help=HELP["sheet"], show_default=False)]
PeriodText = Annotated[str, typer.Option("--period", help=HELP["period"], show_default=False)]
Lang = Annotated[Literal["nl", "en"], typer.Option("--lang", help=HELP["lang"])]
Json = Annotated[bool, typer.Option("--json", help=HELP["json"])]
Strict = Annotated[bool, typer.Option("--strict", help=HELP["strict"])]


@app.callback(invoke_without_command=True)
def formulary(version: Annotated[bool, typer.Option("--version", help=HELP["version"])] = False) -> None:
    """Show the version where that is asked."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(version_of("mijnstreek-formulary"))
        raise typer.Exit


@app.command(help=HELP["demo"])
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=HELP["out"])] = Path("formulary-demo"),
    lines: Annotated[int, typer.Option("--lines", min=100, max=10_000_000, help=HELP["demo_lines"])] = 100_000,
    format_: Annotated[
        Literal["csv", "ap304", "fhir", "excel"], typer.Option("--format", help=HELP["demo_format"])
    ] = "csv",
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Make a month of invented lines and take it along the whole path."""
    from formulary import Language

    from .show import show_demo

    raise typer.Exit(show_demo((out, lines, format_), Language(lang), as_json=as_json))


@app.command(help=HELP["check"])
def check(
    files: FilesOrNone = None,
    rules: Rules = None,
    catalogue: Catalogue = None,
    header_map: HeaderMap = None,
    sheet: SheetName = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=HELP["out"], show_default=_RESULTS)] = None,
    watch: Annotated[
        Path | None, typer.Option("--watch", metavar="DIR", help=HELP["watch"], show_default=False)
    ] = None,
    prescribed: Annotated[
        Path | None, typer.Option("--prescribed", metavar="FILE", help=HELP["prescribed"], show_default=False)
    ] = None,
    with_csv: Annotated[bool, typer.Option("--csv", help=HELP["csv"])] = False,
    with_pdf: Annotated[bool, typer.Option("--pdf", help=HELP["pdf"])] = False,
    lang: Lang = "nl",
    as_json: Json = False,
    strict: Strict = False,
    show_map: Annotated[bool, typer.Option("--show-map", help=HELP["show_map"])] = False,
) -> None:
    """Judge every line of the files."""
    from ..report.files import Extra
    from .show import show_check

    extras = [extra for extra, wanted in ((Extra.CSV, with_csv), (Extra.PDF, with_pdf)) if wanted]
    order = replace(_order(files or [], (rules, catalogue, header_map), lang, sheet), prescribed=prescribed)
    if (watch is None) is not bool(files):
        from ..errors import UsageInvalid

        raise UsageInvalid("WATCH_OR_FILES", "check")
    if watch is not None:
        from .watching import checking, show_watch

        raise typer.Exit(show_watch(order, (watch, out), checking(extras), as_json=as_json))
    if show_map:
        from .show import show_answer
        from .show_map import MapShown

        raise typer.Exit(show_answer(MapShown(order), order.language, as_json=as_json))
    raise typer.Exit(show_check(order, out or Path(_RESULTS), extras, as_json=as_json, strict=strict))


@app.command(help=HELP["score"])
def score(
    files: Files,
    period: PeriodText,
    by: Annotated[str, typer.Option("--by", help=HELP["by"])] = "prescriber",
    indicator: Annotated[
        str | None, typer.Option("--indicator", metavar="ID", help=HELP["indicator"], show_default=False)
    ] = None,
    trend: Annotated[bool, typer.Option("--trend", help=HELP["trend"])] = False,
    rules: Rules = None,
    catalogue: Catalogue = None,
    header_map: HeaderMap = None,
    sheet: SheetName = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Score one period, or show the course up to it."""
    from .show import show_scores, show_trend

    order = _order(files, (rules, catalogue, header_map), lang, sheet)
    if trend:
        raise typer.Exit(show_trend(order, period, by, indicator, as_json=as_json))
    raise typer.Exit(show_scores(order, period, by, indicator, as_json=as_json))


@app.command(help=HELP["reward"])
def reward(
    files: Files,
    scheme: Annotated[str, typer.Option("--scheme", metavar="ID", help=HELP["scheme"], show_default=False)],
    period: PeriodText,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help=HELP["reward_out"], show_default=False)
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE", help=HELP["as_of"], show_default=False),
    ] = None,
    rules: Rules = None,
    catalogue: Catalogue = None,
    header_map: HeaderMap = None,
    sheet: SheetName = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Work out what each prescriber is owed."""
    from .show import show_rewards

    order = _order(files, (rules, catalogue, header_map), lang, sheet)
    day = None if as_of is None else as_of.date()
    raise typer.Exit(show_rewards(order, (scheme, period, day), out, as_json=as_json))


@app.command(help=HELP["identify"])
def identify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=HELP["files"], show_default=False)],
    catalogue: Annotated[Path, typer.Option("--catalogue", metavar="FILE", help=HELP["catalogue"], show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=HELP["identify_out"], show_default=False)],
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Name the product of every row."""
    from formulary import Language

    from .show import show_identified

    raise typer.Exit(show_identified(file, catalogue, out, Language(lang), as_json=as_json))


add_advice_commands(app)
add_rule_commands(app)
add_run_commands(app)
add_scheme_commands(app)
add_ledger_commands(app)
add_fhir_command(app)
add_fto_command(app)


@app.command(help=HELP["serve"])
def serve(
    results: Annotated[Path, typer.Option("--results", metavar="DIR", help=HELP["results"], show_default=False)],
    keys: Annotated[Path, typer.Option("--keys", metavar="FILE", help=HELP["keys"], show_default=False)],
    rules: Rules = None,
    host: Annotated[str, typer.Option("--host", help=HELP["host"])] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=HELP["port"])] = 8000,
    lang: Lang = "nl",
) -> None:
    """Answer GPs over HTTP."""
    from formulary import Language

    from .show import run_service

    raise typer.Exit(run_service(results, keys, rules, (host, port), Language(lang)))


def run() -> None:
    """Run the command as a process that ends with it: giving back gigabytes piece by piece takes a while."""
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, int) and _all_is_said():
            os._exit(ended.code)
        raise


def _all_is_said() -> bool:
    """Hand over what was written so far; where nobody takes it, Python says so in its own way at its own end."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return False
    return True


def main() -> None:
    """Run the command; a user's mistake ends in a sentence, never in a traceback."""
    # Most of what a command makes lasts as long as it does: no need to walk through it time and again.
    gc.set_threshold(_MADE_BETWEEN_WALKS)
    for name, value in _POLARS.items():
        os.environ.setdefault(name, value)
    _speak_unicode()
    try:
        app()
    except Exception as error:
        sys.exit(_end(error))


def _speak_unicode() -> None:
    """Let what is written to a file or another program be UTF-8, also under Windows; no letter ends the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _end(error: Exception) -> int:
    from formulary import ComplianceError, Language, Sentences

    from ..errors import ExitCode, exit_code_of

    language = Language(language_of(sys.argv))
    if isinstance(error, ComplianceError):
        print(error.sentence(language), file=sys.stderr)
        return exit_code_of(error)

    # Where in our code, never what: an exception's own text may hold a line.
    place = traceback.extract_tb(error.__traceback__)[-1]
    code = f"{type(error).__name__} {Path(place.filename).name}:{place.lineno}"
    print(Sentences("service").say("BUG", language, where=code), file=sys.stderr)
    return ExitCode.BUG


def _order(
    files: list[Path], named: tuple[Path | None, Path | None, Path | None], lang: str, sheet: str | None
) -> "Order":
    from formulary import Language

    from ..batch import Order

    rules, catalogue, header_map = named
    return Order(files, rules, catalogue, header_map, Language(lang), sheet)
