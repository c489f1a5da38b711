"""Reward runs: the same input gives the same run, nothing is edited, and what moves is told."""

import csv
import hashlib
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from formulary import ComplianceError, Language
from matcher import RunState, digest
from service.runs import acts
from service.runs.folder import check_run, read_run
from service.runs.ledger import LEDGER, read_ledger, writing
from service.runs.locking import locked
from service.runs.manifest import Signature
from service.runs.rerun import rerun
from tests.service.books import BAS, CONTESTED, ONE, OTHER, TABLE, Office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return an office with a key of its own."""
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    return Office(tmp_path)


def refusal(act: Callable[[], object]) -> str:
    """Return why something is refused; its sentence is there in both languages."""
    with pytest.raises(ComplianceError) as refused:
        act()
    assert all("{" not in refused.value.sentence(language) for language in Language)
    return refused.value.code


def contents(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder, and below it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_input_gives_the_same_run_in_the_same_bytes(office: Office, tmp_path: Path) -> None:
    run = office.propose()
    other = Office(tmp_path / "other")
    again = other.propose(by=BAS, day="2028-06-06")
    folders = [contents(books.made[run].run.path) for books in (office, other)]
    assert (again, folders[0] == folders[1]) == (run, True)


def test_proposed_again_a_run_is_found_and_not_entered_again(office: Office) -> None:
    first, head = office.propose(), office.ledger.head
    second = office.propose(by=BAS)
    assert (second, office.made[second].was_there, office.ledger.head) == (first, True, head)


def test_the_id_of_a_run_is_the_hash_over_all_that_is_in_it(office: Office) -> None:
    run = office.made[office.propose()].run
    manifest = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    assert (digest(manifest), sorted(manifest["files"])) == (
        run.id, sorted(path.name for path in run.path.iterdir() if path.name != "run.json"))  # fmt: skip


@pytest.mark.parametrize("change", ["edit", "delete", "add", "manifest"])
def test_a_run_that_was_touched_is_not_used(office: Office, change: str) -> None:
    run = office.propose()
    path = office.made[run].run.path
    if change == "edit":
        text = (path / "payees.csv").read_text(encoding="utf-8").replace("10001", "90001")
        (path / "payees.csv").write_text(text, encoding="utf-8")
    if change == "delete":
        (path / "steps.csv").unlink()
    if change == "add":
        (path / "note.txt").write_text("?", encoding="utf-8")
    if change == "manifest":
        text = (path / "run.json").read_text(encoding="utf-8")
        (path / "run.json").write_text(text.replace('"provisional": false', '"provisional": true'), encoding="utf-8")
    assert refusal(lambda: office.approve(run)) == "RUN_DAMAGED"


def test_a_run_without_a_manifest_is_told(office: Office) -> None:
    path = office.made[office.propose()].run.path
    (path / "run.json").unlink()
    assert refusal(lambda: check_run(path)) == "RUN_UNREADABLE"


def test_a_run_before_the_period_is_over_is_provisional_and_not_approved(office: Office) -> None:
    run = office.propose(day="2026-12-31")
    assert refusal(lambda: office.approve(run)) == "RUN_PROVISIONAL"


def test_a_run_that_is_said_to_be_provisional_is(office: Office) -> None:
    run = office.propose(provisional=True)
    assert refusal(lambda: office.approve(run)) == "RUN_PROVISIONAL"


def test_a_period_in_which_the_scheme_was_not_in_force_is_refused(office: Office) -> None:
    assert refusal(lambda: office.propose(period="2025")) == "SCHEME_NOT_IN_FORCE"


def test_nothing_is_left_behind_where_a_proposal_is_refused(office: Office) -> None:
    first = office.propose()
    office.approve(first)
    head, runs = office.ledger.head, sorted(path.name for path in (office.books / "runs").iterdir())
    refused = refusal(lambda: office.propose(corrects=first, by=" "))
    after = sorted(path.name for path in (office.books / "runs").iterdir())
    assert (refused, office.ledger.head, after) == ("NO_NAME", head, runs)


def test_an_adjustment_stays_beside_the_computed_amount(office: Office) -> None:
    run = office.propose()
    office.adjust(run, 499)
    office.approve(run)
    owed = acts.owed_cents(read_run(office.books, run), office.ledger.book.runs[run])
    assert (owed[ONE], read_run(office.books, run).owed_cents()[ONE]) == (10_500, 10_001)


def test_nobody_unknown_is_adjusted_or_contests(office: Office) -> None:
    run = office.propose()
    nobody = "prescriber:09999999"
    refused = [refusal(lambda: office.adjust(run, 1, nobody)), refusal(lambda: office.contest(run, payee=nobody))]
    assert refused == ["PAYEE_UNKNOWN", "PAYEE_UNKNOWN"]


@pytest.mark.parametrize("line_no", [11, 12, 99])
def test_only_a_line_that_counts_for_the_payee_is_contested(office: Office, line_no: int) -> None:
    run = office.propose()
    assert refusal(lambda: office.contest(run, line_no)) == "LINE_UNKNOWN"


def test_who_sees_another_total_than_there_is_does_not_approve_it(office: Office) -> None:
    run = office.propose()
    office.adjust(run, 1)
    assert refusal(lambda: office.approve(run, total_cents=20_002)) == "TOTAL_DIFFERS"
    assert office.approve(run, total_cents=20_003).body["total_cents"] == 20_003


def test_an_upheld_dispute_is_worked_in_and_everybody_who_moves_is_listed(office: Office) -> None:
    _, second = office.corrected()
    run = office.made[second].run
    amounts = run.table("amounts_moved.csv").rows()
    scores = [row[:6] for row in run.table("scores_moved.csv").rows()]
    assert (amounts, scores) == (
        [(ONE, "10001", "25000", "14999")],
        [("prescriber", "01012345", "ALL", "7", "7", "9"), ("region", "streek", "ALL", "13", "13", "19")],
    )


def test_a_ruling_says_which_dispute_it_comes_from(office: Office) -> None:
    first = office.propose()
    dispute = office.contest(first)
    office.uphold(dispute, attributed_to="PHARMACY")
    run = office.made[office.propose(corrects=first)].run
    line = acts.lines_of(run, ONE).row(by_predicate=pl.col("line_no") == str(CONTESTED), named=True)
    told = (run.table("rulings.csv").row(0), line["counted_as"], line["reason"], line["attributed_to"])
    wanted = (str(dispute.seq), "lines.csv", str(CONTESTED), "EXCEPTED", "PHARMACY", None)
    assert told == (wanted, "EXCEPTED", "DISPUTE_UPHELD", "PHARMACY")


def test_a_line_can_be_ruled_to_be_anothers(office: Office) -> None:
    first = office.propose()
    office.uphold(office.contest(first), prescriber_agb="01054321")
    run = office.made[office.propose(corrects=first)].run
    scores = {row[2]: row[4:6] for row in run.table("scores.csv").rows() if row[1] == "prescriber"}
    assert scores == {"01012345": ("7", "8"), "01054321": ("6", "11")}


def test_a_correction_needs_the_very_file_in_which_a_line_was_contested(office: Office) -> None:
    first = office.propose()
    office.uphold(office.contest(first))
    office.write(TABLE.replace("7     | omeprazol", "8     | omeprazol"))
    assert refusal(lambda: office.propose(corrects=first)) == "FILE_OF_RUN_DIFFERS"


@pytest.mark.parametrize(("ruling", "why"), [
    ({"outcome": "ADHERENT"}, "RULING_UNKNOWN"), ({"attributed_to": "ME"}, "RULING_UNKNOWN"),
    ({"prescriber_agb": "123"}, "RULING_PRESCRIBER"),
])  # fmt: skip
def test_a_ruling_that_cannot_be_is_refused(office: Office, ruling: dict[str, str], why: str) -> None:
    dispute = office.contest(office.propose())
    assert refusal(lambda: office.uphold(dispute, **ruling)) == why


def test_a_dispute_that_is_rejected_changes_no_line(office: Office) -> None:
    dispute = office.contest(office.propose())
    both = acts.Ruling(False, "te laat", outcome="EXCEPTED")
    refused = refusal(lambda: acts.decide(office.books, dispute.seq, both, office.signed(BAS)))
    decided = acts.decide(office.books, dispute.seq, acts.Ruling(False, "te laat"), office.signed(BAS))
    assert (refused, decided.body["outcome"]) == ("RULING_OF_REJECTION", "")


def test_no_dispute_no_decision(office: Office) -> None:
    office.propose()
    assert (
        refusal(lambda: acts.decide(office.books, 9, acts.Ruling(True, "x"), office.signed(BAS))) == "DISPUTE_UNKNOWN"
    )


def test_evidence_is_kept_by_name_and_checksum_alone(office: Office) -> None:
    run = office.propose()
    letter = office.folder / "brief.pdf"
    letter.write_bytes(b"over een mens")
    contested = acts.Contested(ONE, "lines.csv", CONTESTED, "allergie", evidence=[letter])
    entry = acts.contest(office.books, run, contested, office.signed("Cees"))
    assert entry.body["evidence"] == [{"name": "brief.pdf", "sha256": _sha256(b"over een mens")}]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_evidence_that_is_not_there_is_told(office: Office) -> None:
    run = office.propose()
    contested = acts.Contested(ONE, "lines.csv", CONTESTED, "x", evidence=[office.folder / "weg.pdf"])
    assert refusal(lambda: acts.contest(office.books, run, contested, office.signed("Cees"))) == "EVIDENCE_UNREADABLE"


def test_worked_out_again_every_byte_is_the_same(office: Office) -> None:
    first, second = office.corrected()
    found = [rerun(office.made[run].run.path, office.order()).differing for run in (first, second)]
    assert found == [[], []]


def test_worked_out_again_from_other_lines_what_differs_is_named(office: Office) -> None:
    run = office.made[office.propose()].run
    office.write(TABLE.replace("6     | simvastatine", "7     | simvastatine"))
    differing = set(rerun(run.path, office.order()).differing)
    assert differing >= {"lines.csv", "scores.csv", "run.json"}


def test_an_edited_ledger_is_neither_read_nor_added_to(office: Office) -> None:
    run = office.propose()
    file = office.books / LEDGER
    file.write_text(file.read_text(encoding="utf-8").replace('"Anna"', '"Anne"'), encoding="utf-8")
    before = file.read_bytes()
    assert (refusal(lambda: office.approve(run)), file.read_bytes() == before) == ("LEDGER_BROKEN", True)


@pytest.mark.parametrize("cut", [1, 50])
def test_a_ledger_whose_last_line_was_cut_is_told(office: Office, cut: int) -> None:
    office.propose()
    file = office.books / LEDGER
    file.write_bytes(file.read_bytes()[:-cut])
    with pytest.raises(ComplianceError) as broken:
        read_ledger(office.books)
    assert "regel 1" in broken.value.sentence(Language.NL)


def test_a_head_that_was_printed_finds_a_tail_that_is_gone(office: Office) -> None:
    run = office.propose()
    office.approve(run)
    head, file = office.ledger.head, office.books / LEDGER
    file.write_text(file.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    assert refusal(lambda: read_ledger(office.books, [head])) == "LEDGER_BROKEN"


def test_a_crash_while_writing_leaves_the_ledger_as_it_was(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    run, head = office.propose(), office.ledger.head
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", _cut)
        with pytest.raises(OSError, match="power"):
            office.approve(run)
    assert (office.ledger.head, office.approve(run).seq) == (head, 2)


def _cut(*_: object) -> None:
    raise OSError("power")


def test_after_a_crash_between_folder_and_entry_the_run_can_be_proposed_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("service.runs.ledger._write_durably", _cut)
        with pytest.raises(OSError, match="power"):
            office.propose()
    run = office.propose()
    assert (office.ledger.book.runs[run].state, office.ledger.head[:2]) == (RunState.PROPOSED, "1:")


def test_two_writers_take_turns_and_no_entry_is_lost(office: Office) -> None:
    run = office.propose()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_adjust_often, args=(office.books, run, name)) for name in ("Dirk", "Els")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert Counter(entry.by for entry in office.ledger.entries) == {"Anna": 1, "Dirk": 5, "Els": 5}


def _adjust_often(books: Path, run: str, name: str) -> None:
    for minute in range(5):
        signed = Signature(name, f"2027-01-15T13:0{minute}:00Z")
        acts.adjust(books, run, acts.Adjustment(ONE, 1, "beurt"), signed)


def test_who_waits_too_long_is_told_that_somebody_is_writing(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"):
        assert refusal(lambda: _wait(tmp_path / "lock")) == "LEDGER_BUSY"


def _wait(file: Path) -> None:
    with locked(file, wait_seconds=0.1):
        raise AssertionError("two writers at once")


def test_an_auditor_with_the_folder_alone_works_every_amount_out_by_hand(office: Office) -> None:
    path = office.made[office.propose()].run.path
    rules = json.loads((path / "rules.json").read_text(encoding="utf-8"))
    [part] = rules["scheme"]["parts"]
    found = {}
    for payee in _rows(path, "payees.csv"):
        mine = [row for row in _rows(path, "lines.csv") if row["prescriber_agb"] == payee["id"] and row["indicator"]]
        numerator = sum(int(row["amount"]) for row in mine if row["counted_as"] == "ADHERENT")
        denominator = numerator + sum(int(row["amount"]) for row in mine if row["counted_as"] == "NON_ADHERENT")
        reached = [
            band for band in part["bands"] if denominator >= part["denominator_min"]
            and numerator * 100 >= band["threshold_percent"] * denominator
        ]  # fmt: skip
        found[payee["payee"]] = max((band["reward_cents"] for band in reached), default=0)
    told = {row["payee"]: int(row["computed_cents"]) for row in _rows(path, "payees.csv")}
    steps: Counter[str] = Counter()
    for row in _rows(path, "steps.csv"):
        steps[f"{row['level']}:{row['id']}"] += int(row["cents"] or 0)
    total = json.loads((path / "run.json").read_text(encoding="utf-8"))["total_cents"]
    assert (found, dict(steps), sum(found.values()), set(told)) == (told, told, total, {ONE, OTHER})


def _rows(path: Path, name: str) -> list[dict[str, str]]:
    with (path / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_patient_as_written_is_in_the_books(office: Office) -> None:
    office.write(TABLE.replace("| P2 ", "| 111222333 "))
    office.corrected()
    assert [
        name for name, content in contents(office.books).items() if b"111222333" in content or b",P1," in content
    ] == []


def test_the_lock_and_the_ledger_are_all_that_writing_leaves(office: Office) -> None:
    run = office.propose()
    office.approve(run)
    with writing(office.books):
        pass
    assert sorted(path.name for path in office.books.iterdir()) == ["ledger.jsonl", "ledger.lock", "runs"]
