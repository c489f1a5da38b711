"""What a command shows: a summary for people on stdout, or JSON alone; messages go to stderr."""

import json
import sys
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from formulary import ComplianceError, Language, Level, Sentences, load_region, load_rulebook, sample_folder

from ..batch import Order, check_files, period_of, score_files
from ..changes import suspicions_on_lines
from ..errors import ExitCode, UsageInvalid, exit_code_of
from ..report.files import Extra
from ..report.formats import whole
from ..report.summary import Summary
from ..settings import rules_folder
from ..swap import swapped_file
from .tables import digest_lines, reward_lines, score_lines

if TYPE_CHECKING:
    from ..simulation import Draft

_SENTENCES = Sentences("service")
_READING = Sentences("matcher")


class Answered(Protocol):
    """What a command found, for machines and for people."""

    def as_json(self) -> Mapping[str, object]:
        """Return it for machines."""
        ...

    def lines(self, language: Language) -> list[str]:
        """Return it for people."""
        ...


def show_check(order: Order, out: Path, extras: Collection[Extra] = (), *, as_json: bool, strict: bool) -> ExitCode:
    """Check the files and show the digest that a pharmacist reads in one look."""
    tell_sample(order, as_json=as_json)
    checked = check_files(order, out, extras)
    summary = checked.summary
    _tell_reading(summary, order.language)
    if as_json:
        _print_json(summary.as_json())
    else:
        print("\n".join(digest_lines(checked, out, order.language)))
    if Extra.PDF in extras and not (out / "report.pdf").is_file():
        _tell(_SENTENCES.say("PDF_NOT_MADE", order.language))
    needs_attention = summary.outcomes["INVALID"] + summary.outcomes["UNIDENTIFIED"] > 0
    return ExitCode.ATTENTION if strict and needs_attention else ExitCode.DONE


def show_demo(asked: tuple[Path, int, str], language: Language, *, as_json: bool) -> ExitCode:
    """Make lines of the sample region, check, score and reward them, and show where the report is.

    `asked` is the folder for the results, how many lines, and the format of the file that is made.
    """
    from ..demo import make_demo_lines
    from ..demo_formats import DemoFormat, in_format

    out, lines, format_ = asked
    file = make_demo_lines(sample_folder(), Path(f"{out}-lines.csv"), lines=lines)
    file = in_format(file, DemoFormat(format_))
    _tell(_SENTENCES.say("DEMO_MADE", language, lines=whole(lines, language), file=file))
    order = Order([file], rules=sample_folder(), language=language)
    ended = show_check(order, out, as_json=as_json, strict=False)
    if not as_json:
        scheme = load_rulebook(sample_folder()).schemes[-1]
        rewards = score_files(order, period_of(str(scheme.in_force_from.year)), scheme.id).assessment.rewards
        assert rewards is not None  # a scheme was named
        print(
            "\n".join(
                ["", reward_lines(rewards.rows(named=True), scheme.id, str(scheme.in_force_from.year), language)[-1]]
            )
        )
    return ended


def show_scores(order: Order, period: str, by: str, indicator: str | None, *, as_json: bool) -> ExitCode:
    """Score one period and show a row per id and indicator."""
    if by not in set(Level):
        raise UsageInvalid("LEVEL_UNKNOWN", by, known=", ".join(Level))
    tell_sample(order, as_json=as_json)
    answer = score_files(order, period_of(period))
    if indicator is not None:
        answer.rulebook.indicator(indicator)
    _tell_reading(answer.summary, order.language)
    rows = [
        row
        for row in answer.assessment.scores.iter_rows(named=True)
        if row["level"] == by and indicator in (None, row["indicator"])
    ]
    units = {each.id: each.unit for each in answer.rulebook.indicators}
    _print_json(rows) if as_json else print("\n".join(score_lines(rows, units, order.language)))
    return ExitCode.DONE


def show_trend(order: Order, period: str, by: str, indicator: str | None, *, as_json: bool) -> ExitCode:
    """Show every rate of a level month by month up to a period, and what changed."""
    from .trend import trend_for

    tell_sample(order, as_json=as_json)
    return show_answer(trend_for(order, period, by, indicator), order.language, as_json=as_json)


def show_rewards(order: Order, wanted: tuple[str, str, date | None], out: Path | None, *, as_json: bool) -> ExitCode:
    """Reward one period by a scheme and show a row per payee and part; `out` also takes them as CSV.

    `wanted` is the scheme, the period, and the day on which the figures are looked at, where that matters.
    """
    tell_sample(order, as_json=as_json)
    scheme, period, as_of = wanted
    answer = score_files(order, period_of(period), scheme, as_of)
    rewards = answer.assessment.rewards
    assert rewards is not None  # a scheme was named
    if out is not None:
        with swapped_file(out) as beside:
            rewards.write_csv(beside)
    rows = list(rewards.iter_rows(named=True))
    _print_json(rows) if as_json else print("\n".join(reward_lines(rows, scheme, period, order.language)))
    return ExitCode.DONE


def show_simulation(order: Order, draft: "Draft", out: Path | None, *, as_json: bool) -> ExitCode:
    """Try a draft scheme out and show what it would have done; `out` also takes the page and the numbers."""
    from ..simulation import simulate_files

    tell_sample(order, as_json=as_json)
    simulated = simulate_files(order, draft, out)
    return show_answer(simulated, order.language, as_json=as_json)


def show_identified(file: Path, catalogue: Path, out: Path, language: Language, *, as_json: bool) -> ExitCode:
    """Name the product of every row of a file and show how many were named."""
    from .identify import identify

    return show_answer(identify(file, catalogue, out, language), language, as_json=as_json)


def show_answer(answer: Answered, language: Language, *, as_json: bool) -> ExitCode:
    """Show an answer that knows its own words."""
    _print_json(answer.as_json()) if as_json else print("\n".join(answer.lines(language)))
    return ExitCode.DONE


def show_said(content: Any, told: list[str], *, as_json: bool) -> ExitCode:
    """Show an answer that comes in both forms."""
    _print_json(content) if as_json else print("\n".join(told))
    return ExitCode.DONE


def show_lint(folder: Path, today: date, files: list[Path], language: Language, *, as_json: bool) -> ExitCode:
    """Show the faults of a rules folder, or, where there are none, its suspicions: these ask for ATTENTION."""
    try:
        suspicions = suspicions_on_lines(load_rulebook(folder), today, files, language)
    except ComplianceError as error:
        if not as_json:
            raise
        told = [fault.sentence(language) for fault in error.faults] or [error.sentence(language)]
        _print_json({"faults": told, "suspicions": []})
        return exit_code_of(error)
    told = [suspicion.sentence(language) for suspicion in suspicions]
    if as_json:
        _print_json({"faults": [], "suspicions": told})
    else:
        print(
            "\n".join(
                [_SENTENCES.say("LINT_CLEAN", language, where=folder, n=len(told)), *(f"  {one}" for one in told)]
            )
        )
    return ExitCode.ATTENTION if told else ExitCode.DONE


def run_service(
    results: Path, keys: Path, rules: Path | None, address: tuple[str, int], language: Language
) -> ExitCode:
    """Serve the results until someone stops it."""
    import uvicorn

    from ..app import create_app

    host, port = address
    app = create_app(results, keys, rules_folder(rules))
    _tell(_SENTENCES.say("SERVING", language, host=host, port=port))
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
    return ExitCode.DONE


def tell_sample(order: Order, *, as_json: bool) -> None:
    """Say, in the first line, that the rules of the sample region are used where nobody named others."""
    folder = rules_folder(order.rules)
    if folder is None or folder == sample_folder():
        told = _SENTENCES.say("SAMPLE_USED", order.language, region=load_region(sample_folder()).name)
        print(told, file=sys.stderr if as_json else sys.stdout)


def _tell_reading(summary: Summary, language: Language) -> None:
    for note in summary.notes:
        _tell(_READING.say(note.code, language, **note.values))
    for file in summary.files:
        if file.encoding not in ("", "utf-8"):
            named = {"\t": "tab"}.get(file.delimiter, file.delimiter)
            _tell(_SENTENCES.say("READ_AS", language, file=file.name, encoding=file.encoding, delimiter=named))
        if file.blank_lines:
            _tell(
                _SENTENCES.say(
                    "BLANK_LINES_ONE" if file.blank_lines == 1 else "BLANK_LINES",
                    language,
                    file=file.name,
                    n=file.blank_lines,
                )
            )
        if file.left_out:
            _tell(_SENTENCES.say("LEFT_OUT", language, file=file.name, columns=", ".join(file.left_out)))
        for note in file.notes:
            _tell(_READING.say(note.code, language, where=file.name, **note.values))


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _print_json(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2, default=str))
