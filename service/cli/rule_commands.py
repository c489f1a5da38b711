"""What can be typed about rules: lint, changes, workbooks, catalogues, and decisions on unsure labels."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

from .help import HELP


def _option(name: str, help_name: str, metavar: str = "FILE") -> Any:
    return typer.Option(name, metavar=metavar, help=HELP[help_name], show_default=False)


def _argument(metavar: str, help_name: str) -> Any:
    return typer.Argument(metavar=metavar, help=HELP[help_name], show_default=False)


RulesFolder = Annotated[Path, _argument("DIR", "rules")]
Lang = Annotated[Literal["nl", "en"], typer.Option("--lang", help=HELP["lang"])]
Json = Annotated[bool, typer.Option("--json", help=HELP["json"])]
Strict = Annotated[bool, typer.Option("--strict", help=HELP["strict"])]

catalogue_app = typer.Typer(no_args_is_help=True, help=HELP["catalogue_app"], rich_markup_mode=None)
rules_app = typer.Typer(no_args_is_help=True, help=HELP["rules_app"], rich_markup_mode=None)


review_app = typer.Typer(no_args_is_help=True, help=HELP["review_app"], rich_markup_mode=None)


def add_rule_commands(app: typer.Typer) -> None:
    """Add these commands to the command `formulary`."""
    app.command("lint", help=HELP["lint"])(lint)
    app.command("changes", help=HELP["changes"])(changes)
    app.add_typer(catalogue_app, name="catalogue")
    app.add_typer(rules_app, name="rules")
    app.add_typer(review_app, name="review")


def lint(
    folder: RulesFolder,
    lines: Annotated[list[Path] | None, _option("--lines", "lint_lines")] = None,
    today: Annotated[str | None, _option("--today", "today", "DATE")] = None,
    lang: Lang = "nl",
    as_json: Json = False,
    strict: Strict = False,
) -> None:
    """Show the faults and suspicions of a rules folder."""
    from formulary import Language

    from ..errors import ExitCode
    from .show import show_lint

    ended = show_lint(folder, _day(today), lines or [], Language(lang), as_json=as_json)
    raise typer.Exit(ExitCode.DONE if ended is ExitCode.ATTENTION and not strict else ended)


def changes(
    old: Annotated[str, _argument("OLD", "changes_old")],
    new: Annotated[str, _argument("NEW", "changes_new")],
    lines: Annotated[list[Path] | None, _option("--lines", "changes_lines")] = None,
    html: Annotated[Path | None, _option("--html", "changes_html")] = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Show what a new version changes, and whose score it moves."""
    from formulary import Language

    from .changes import show_changes

    raise typer.Exit(show_changes((old, new), lines or [], html, Language(lang), as_json=as_json))


@catalogue_app.command("import", help=HELP["catalogue_import"])
def catalogue_import(
    source: Annotated[Path, _argument("SOURCE", "catalogue_source")],
    kind: Annotated[Literal["gstandaard", "cbg", "csv"], _option("--from", "catalogue_from", "KIND")],
    out: Annotated[Path, _option("--out", "catalogue_out")],
    previous: Annotated[Path | None, _option("--previous", "previous")] = None,
    valid_from: Annotated[str | None, _option("--valid-from", "valid_from", "DATE")] = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Build the product catalogue."""
    from formulary import Language

    from .catalogue import Before, CatalogueKind, import_catalogue
    from .show import show_answer

    before = Before(previous, _day(valid_from)) if previous else None
    imported = import_catalogue(CatalogueKind(kind), source, out, before)
    raise typer.Exit(show_answer(imported, Language(lang), as_json=as_json))


@rules_app.command("export", help=HELP["rules_export"])
def rules_export(
    folder: RulesFolder,
    out: Annotated[Path, _option("--out", "workbook")],
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Write a rules folder as one workbook."""
    from formulary import Language

    from .rules import export_rules
    from .show import show_answer

    raise typer.Exit(show_answer(export_rules(folder, out, Language(lang)), Language(lang), as_json=as_json))


@rules_app.command("import", help=HELP["rules_import"])
def rules_import(
    workbook: Annotated[Path, _argument("FILE", "workbook")],
    out: Annotated[Path, _option("--out", "rules_out", "DIR")],
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Write a workbook as a rules folder."""
    from formulary import Language

    from .rules import import_rules
    from .show import show_answer

    raise typer.Exit(show_answer(import_rules(workbook, out), Language(lang), as_json=as_json))


@review_app.command("list", help=HELP["review_list"])
def review_list(
    results: Annotated[Path, _option("--results", "review_results", "DIR")] = Path("formulary-results"),
    rules: Annotated[Path | None, _option("--rules", "rules", "DIR")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help=HELP["review_limit"])] = 25,
    agreement: Annotated[bool, typer.Option("--agreement", help=HELP["review_agreement"])] = False,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Show the labels that nobody is sure of, those that weigh most first."""
    from formulary import Language

    from . import review

    language = Language(lang)
    said = review.list_agreement(rules, language) if agreement else review.list_labels(results, rules, limit, language)
    _show_said(said, as_json)


@review_app.command("accept", help=HELP["review_accept"])
def review_accept(
    label: Annotated[str, _argument("LABEL", "review_label")],
    signed_by: Annotated[str, _option("--by", "review_by", "NAME")],
    named: Annotated[str | None, _option("--product", "review_product", "NAME")] = None,
    rules: Annotated[Path | None, _option("--rules", "rules", "DIR")] = None,
    note: Annotated[str | None, _option("--note", "review_note", "TEXT")] = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Decide which product a label is."""
    from formulary import Language

    from . import review

    signed = review.Signature(signed_by, _day(None), note)
    _show_said(review.accept_label(label, named, rules, signed, Language(lang)), as_json)


@review_app.command("reject", help=HELP["review_reject"])
def review_reject(
    label: Annotated[str, _argument("LABEL", "review_label")],
    signed_by: Annotated[str, _option("--by", "review_by", "NAME")],
    never_ask: Annotated[bool, typer.Option("--never-ask", help=HELP["review_never"])] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help=HELP["review_revoke"])] = False,
    rules: Annotated[Path | None, _option("--rules", "rules", "DIR")] = None,
    note: Annotated[str | None, _option("--note", "review_note", "TEXT")] = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Decide that a label is no medicine, or take a decision back."""
    from formulary import Language

    from . import review

    signed, language = review.Signature(signed_by, _day(None), note), Language(lang)
    if revoke:
        _show_said(review.revoke_label(label, rules, signed, language), as_json)
    _show_said(review.reject_label(label, rules, signed, language, never_ask=never_ask), as_json)


@review_app.command("export", help=HELP["review_export"])
def review_export(
    out: Annotated[Path, _option("--out", "review_out")],
    results: Annotated[Path, _option("--results", "review_results", "DIR")] = Path("formulary-results"),
    rules: Annotated[Path | None, _option("--rules", "rules", "DIR")] = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Write the queue as CSV or Excel, to be filled in."""
    from formulary import Language

    from . import review

    _show_said(review.export_labels(results, rules, out, Language(lang)), as_json)


@review_app.command("import", help=HELP["review_import"])
def review_import(
    file: Annotated[Path, _argument("FILE", "review_file")],
    signed_by: Annotated[str, _option("--by", "review_by", "NAME")],
    rules: Annotated[Path | None, _option("--rules", "rules", "DIR")] = None,
    lang: Lang = "nl",
    as_json: Json = False,
) -> None:
    """Take in a queue that was filled in."""
    from formulary import Language

    from . import review

    signed = review.Signature(signed_by, _day(None), None)
    _show_said(review.import_labels(file, rules, signed, Language(lang)), as_json)


def _show_said(said: Any, as_json: bool) -> NoReturn:
    from .show import show_said

    raise typer.Exit(show_said(said.as_json(), said.told, as_json=as_json))


def _day(written: str | None) -> date:
    try:
        return date.fromisoformat(written) if written else date.today()  # noqa: DTZ011  the user's own day decides
    except ValueError as error:
        raise typer.BadParameter(f"{written!r}: jjjj-mm-dd / yyyy-mm-dd") from error
