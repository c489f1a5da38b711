"""What the commands about reward runs show: who is owed what, what moves, what stands in the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulary import Language, Sentences
from matcher import Entry, RunAccount, run_named

from ..batch import Order
from ..errors import ExitCode, UsageInvalid
from ..payments import Exported
from ..report.formats import day, euros, whole
from ..runs.acts import owed_cents
from ..runs.folder import Run, RunDamaged, read_run
from ..runs.ledger import Ledger, read_ledger
from ..runs.manifest import Asked, Signature
from ..runs.propose import propose_run
from ..runs.rerun import rerun
from .moved import moved, moved_lines
from .show import show_said, tell_sample

if TYPE_CHECKING:
    from matcher import Book

_SENTENCES, _STATEMENTS = Sentences("service"), Sentences("service.statements")
_SHOWN = 20  # payees in a list for people; JSON has all


def show_proposed(order: Order, asked: Asked, books: Path, signed: Signature, *, as_json: bool) -> ExitCode:
    """Propose a run, and show what it comes to and who moves where it is a correction."""
    tell_sample(order, as_json=as_json)
    proposed = propose_run(order, asked, books, signed)
    run, language = proposed.run, order.language
    about = run.about
    said = {"run": run.id[:12], "entry": proposed.entry, "scheme": about["scheme"], "period": about["period"]}
    total = {"n": whole(about["payees"], language), "total": euros(about["total_cents"], language)}
    told = [_SENTENCES.say("RUN_FOUND" if proposed.was_there else "RUN_PROPOSED", language, **said, **total)]
    told += [*_provisional_lines(run, asked, signed, language), *moved_lines(run, language)]
    told += [_SENTENCES.say("RUN_LOOK" if about["provisional"] else "RUN_NEXT", language, run=run.id[:12])]
    content = {"run": run.id, "entry": proposed.entry, "was_there": proposed.was_there, "folder": str(run.path),
               **{name: about[name] for name in ("payees", "total_cents", "provisional")}, **moved(run)}  # fmt: skip
    return show_said(content, told, as_json=as_json)


def _provisional_lines(run: Run, asked: Asked, signed: Signature, language: Language) -> list[str]:
    """Return why a run is provisional, each reason that holds; nothing where it is final or holds what is not."""
    about = run.about
    if not about["provisional"]:
        return []
    missing, last = about["provisional_scores"], date.fromisoformat(about["last_day"])
    reasons = {
        "RUN_PERIOD_NOT_OVER": signed.at[:10] <= about["last_day"],
        "RUN_DELIVERIES_MISSING": missing > 0,
        "RUN_SAID_PROVISIONAL": asked.provisional,
    }
    said = {"last": day(last, language), "n": whole(missing, language)}
    told = [_SENTENCES.say(reason, language, **said) for reason, holds in reasons.items() if holds]
    return [_SENTENCES.say("RUN_IS_PROVISIONAL", language), *(f"  {each}" for each in told)]


def show_runs(books: Path, language: Language, *, as_json: bool) -> ExitCode:
    """Show every run, oldest first."""
    runs = [_run_row(account) for account in read_ledger(books).book.runs.values()]
    told = [
        _SENTENCES.say(
            "RUN_ROW",
            language,
            **{**row, "run": row["run"][:12], "state": _state(row["state"], language)},
            total=euros(row["total_cents"], language),
        )
        for row in runs
    ]
    return show_said(runs, told or [_SENTENCES.say("RUNS_NONE", language, where=books)], as_json=as_json)


def show_run(books: Path, name: str, language: Language, *, as_json: bool) -> ExitCode:
    """Show one run: its state, what each payee is owed, what moved, what was contested and entered."""
    ledger = read_ledger(books)
    account = run_named(ledger.book, name)
    run = read_run(books, account.id)
    owed, computed = owed_cents(run, account), run.owed_cents()
    row = {**_run_row(account), "total_cents": sum(owed.values())}
    payees = [
        {"payee": payee, "computed_cents": computed[payee], "owed_cents": cents}
        for payee, cents in sorted(owed.items(), key=lambda each: (-each[1], each[0]))
    ]
    content = {**row, "contest_until": str(account.contest_until), "payees": payees, **moved(run),
               "entries": [entry.content() for entry in _entries_of(ledger, account.id)]}  # fmt: skip
    told = [
        _SENTENCES.say(
            "RUN_ROW",
            language,
            **{**row, "run": account.id[:12], "state": _state(row["state"], language)},
            total=euros(row["total_cents"], language),
        ),
        _SENTENCES.say("RUN_CONTEST", language, until=day(account.contest_until, language)),
        *(_payee_line(payee, language) for payee in payees[:_SHOWN]),
        *_more(len(payees), language),
        *moved_lines(run, language),
        *(_entry_line(entry, language) for entry in _entries_of(ledger, account.id)),
    ]
    return show_said(content, told, as_json=as_json)


def show_entry(entry: Entry, lang: str, *, as_json: bool) -> ExitCode:
    """Show the entry that a step became."""
    return show_said(entry.content() | {"hash": entry.hash}, [_entry_line(entry, Language(lang))], as_json=as_json)


def show_entries(books: Path, language: Language, *, as_json: bool) -> ExitCode:
    """Show every entry of the ledger."""
    entries = read_ledger(books).entries
    content = [entry.content() | {"hash": entry.hash} for entry in entries]
    told = [_entry_line(entry, language) for entry in entries]
    return show_said(content, told or [_SENTENCES.say("RUNS_NONE", language, where=books)], as_json=as_json)


def show_disputes(books: Path, language: Language, *, as_json: bool) -> ExitCode:
    """Show every dispute."""
    rows = [
        {
            "dispute": dispute.number,
            "run": dispute.opening.run,
            "payee": dispute.opening.body["payee"],
            "line": f"{dispute.line[0]}:{dispute.line[1]}",
            "reason": dispute.opening.body["reason"],
            "state": "OPEN" if dispute.decision is None else "UPHELD" if dispute.is_upheld else "REJECTED",
        }
        for dispute in read_ledger(books).book.disputes.values()
    ]
    told = [
        _SENTENCES.say(
            "DISPUTE_ROW",
            language,
            **{**row, "run": str(row["run"])[:12], "state": _SENTENCES.say(f"DISPUTE_{row['state']}", language)},
        )
        for row in rows
    ]
    return show_said(rows, told or [_SENTENCES.say("DISPUTES_NONE", language)], as_json=as_json)


def show_exported(exported: Exported, lang: str, *, as_json: bool) -> ExitCode:
    """Show what is paid, to how many, and where the files are."""
    order, entry, language = exported.order, exported.entry, Language(lang)
    recovered = sum(payment.to_recover_cents for payment in order.payments)
    content = {"run": order.run, "entry": entry.seq, "head": f"{entry.seq}:{entry.hash}", "out": str(exported.out),
               "payments": len(order.paid), "total_cents": order.total_cents, "recover_cents": recovered}  # fmt: skip
    said = {"n": whole(len(order.paid), language), "total": euros(order.total_cents, language), "out": exported.out}
    told = [_SENTENCES.say("RUN_EXPORTED", language, run=order.run[:12], entry=entry.seq, **said)]
    told += [_SENTENCES.say("TO_RECOVER", language, total=euros(recovered, language))] if recovered else []
    return show_said(content, told, as_json=as_json)


def show_written(files: Sequence[Path], out: Path, lang: str, *, as_json: bool) -> ExitCode:
    """Show where statements are."""
    told = _SENTENCES.say("STATEMENTS_WRITTEN", Language(lang), n=whole(len(files), Language(lang)), out=out)
    return show_said({"out": str(out), "files": [file.name for file in files]}, [told], as_json=as_json)


def show_rerun(folder: Path, order: Order, *, as_json: bool) -> ExitCode:
    """Show whether a run's folder is whole and, with its files, whether it comes out the same again."""
    found = rerun(folder, order)
    code = "RERUN_DIFFERS" if found.differing else "RERUN_SAME" if order.files else "RUN_WHOLE"
    said = {"run": found.run.id[:12], "files": ", ".join(found.differing), "software": found.software}
    told = [_SENTENCES.say(code, order.language, **said)]
    show_said({"run": found.run.id, "differing": list(found.differing), "software": found.software}, told,
              as_json=as_json)  # fmt: skip
    return ExitCode.UNUSABLE if found.differing else ExitCode.DONE


def show_verified(books: Path, heads: Sequence[str], language: Language, *, as_json: bool) -> ExitCode:
    """Show that the ledger and every run in it are whole, and where the ledger stands; raises where they are not."""
    ledger = read_ledger(books, heads)
    for run_id in ledger.book.runs:
        run = read_run(books, run_id)
        _check_owed(ledger.book, run)
    n = {"n": whole(len(ledger.entries), language), "runs": whole(len(ledger.book.runs), language)}
    told = [_SENTENCES.say("LEDGER_WHOLE", language, **n, head=ledger.head)]
    content = {"entries": len(ledger.entries), "runs": len(ledger.book.runs), "head": ledger.head}
    return show_said(content, told, as_json=as_json)


def line_of(written: str) -> tuple[str, int]:
    """Return source and number of a line, as a statement writes them, or raise UsageInvalid."""
    source, _, number = written.rpartition(":")
    if not source or not number.isdecimal():
        raise UsageInvalid("LINE_UNREADABLE", written)
    return source, int(number)


def day_of(written: str) -> str:
    """Return a day as ISO, or raise UsageInvalid."""
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise UsageInvalid("DAY_UNREADABLE", written) from error


def _check_owed(book: "Book", run: Run) -> None:
    """Refuse an approval of other amounts than its run and adjustments come to."""
    account = book.runs[run.id]
    if account.approval is not None and account.approval.body["owed_cents"] != owed_cents(run, account):
        raise RunDamaged("APPROVED_OTHERWISE", run.id[:12], number=account.approval.seq)


def _run_row(account: RunAccount) -> dict[str, Any]:
    body = account.proposal.body
    adjusted = sum(account.adjusted_cents().values())
    return {"run": account.id, "dossier": account.dossier, "state": str(account.state), "payees": body["payees"],
            "total_cents": body["total_cents"] + adjusted, "corrects": account.corrects,
            "superseded_by": account.superseded_by}  # fmt: skip


def _entries_of(ledger: Ledger, run_id: str) -> list[Entry]:
    return [entry for entry in ledger.entries if entry.run == run_id]


def _state(state: str, language: Language) -> str:
    return _STATEMENTS.say(f"STATE_{state}", language)


def _payee_line(row: Mapping[str, Any], language: Language) -> str:
    amount = euros(row["owed_cents"], language)
    line = f"  {row['payee']:<28} {amount:>16}"
    if row["owed_cents"] == row["computed_cents"]:
        return line
    return f"{line}  {_SENTENCES.say('COMPUTED', language, amount=euros(row['computed_cents'], language))}"


def _entry_line(entry: Entry, language: Language) -> str:
    what = _SENTENCES.say(f"ENTRY_{entry.kind}", language, run=entry.run[:12])
    reason = entry.body.get("reason")
    return f"  {entry.seq:>4}  {entry.at}  {entry.by}: {what}" + (f" ({reason})" if reason else "")


def _more(n: int, language: Language) -> list[str]:
    return [f"  {_SENTENCES.say('AND_MORE', language, n=whole(n - _SHOWN, language))}"] if n > _SHOWN else []
