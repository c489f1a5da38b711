"""Payment of an approved run: once, exactly, to accounts that exist, and the same bytes whenever it is asked again."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import ComplianceError, Language, iban
from matcher import RunState
from service.payments import Exported, Payer, Wanted, export_run, read_accounts
from service.payments import export as export_room
from service.payments.order import bank_text, payments_of
from service.runs.acts import mark_paid
from tests.service.books import BAS, ONE, OTHER, Office

# Accounts made up for tests: a bank that does not exist, check digits that hold.
TEST_IBANS = ("NL69TEST0000000001", "NL42TEST0000000002", "BE71096123456769", "DE89370400440532013000")
ACCOUNTS = "agb;naam;iban\n01012345;Praktijk Coöperatie;nl69 test 0000 0000 01\n1054321;=1+1;NL42TEST0000000002\n"
PAYER = Payer("Zorgverzekeraar Voorbeeld", "NL15TEST0000000003", "2027-02-01")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return an office with a key and accounts of its own."""
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    office = Office(tmp_path)
    (tmp_path / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    return office


def paid(office: Office, run: str, name: str = "out", payer: Payer = PAYER, **wanted: object) -> Exported:
    """Export a run for payment."""
    asked = replace(Wanted(office.folder / name, office.folder / "accounts.csv"), **wanted)  # type: ignore[arg-type]
    return export_run(office.books, run, payer, asked, office.signed(BAS))


def approved(office: Office) -> str:
    """Return a run that was approved."""
    run = office.propose()
    office.approve(run)
    return run


def refusal(act: Callable[[], object]) -> str:
    """Return why something is refused; its sentence is there in both languages."""
    with pytest.raises(ComplianceError) as refused:
        act()
    assert all("{" not in refused.value.sentence(language) for language in Language)
    return refused.value.code


def contents(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.mark.parametrize("number", TEST_IBANS)
def test_the_accounts_of_the_tests_are_valid_and_a_wrong_sign_is_not(number: str) -> None:
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert (iban.is_valid(number), iban.is_valid(wrong)) == (True, False)


@given(st.sampled_from(TEST_IBANS), st.integers(8, 14), st.characters(min_codepoint=48, max_codepoint=57))
def test_any_one_digit_written_wrongly_fails_the_check(number: str, place: int, digit: str) -> None:
    changed = number[:place] + digit + number[place + 1 :]
    assert iban.is_valid(changed) == (changed == number)


def test_statements_run_ledger_and_bank_file_come_to_the_same(office: Office) -> None:
    run = approved(office)
    exported = paid(office, run)
    root = ET.fromstring((exported.out / "payments.xml").read_bytes())
    space = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
    sums = {each.text for each in root.iter(f"{space}CtrlSum")}
    rows = list(csv.DictReader(io.StringIO((exported.out / "payments.csv").read_text(encoding="utf-8"))))
    ordered = -office.ledger.book.balances["ordered:streek/2026/2026"]
    assert (sums, sum(int(row["to_pay_cents"]) for row in rows), ordered) == ({"200.02"}, 20_002, 20_002)


def test_number_and_time_of_the_bank_file_come_from_the_ledger(office: Office) -> None:
    exported = paid(office, approved(office))
    text = (exported.out / "payments.xml").read_text(encoding="utf-8")
    entry = exported.entry
    said = [f"-{entry.seq}-{entry.hash[:12]}</MsgId>", f"<CreDtTm>{entry.at[:-1]}</CreDtTm>", "<Dt>2027-02-01</Dt>"]
    assert [each for each in said if each not in text] == []


def test_a_second_export_is_refused_and_writes_nothing(office: Office) -> None:
    run = approved(office)
    paid(office, run)
    assert (refusal(lambda: paid(office, run, "again")), contents(office.folder / "again")) == ("EXPORTED_BEFORE", {})


def test_asked_again_the_very_same_bytes_come_out_and_nothing_is_entered(office: Office) -> None:
    run = approved(office)
    first = paid(office, run)
    head = office.ledger.head
    again = paid(office, run, "again", replace(PAYER, execute_on="2030-01-01"), again=True)
    assert (contents(again.out), office.ledger.head) == (contents(first.out), head)


@pytest.mark.parametrize("changed", ["account", "payer"])
def test_asked_again_with_another_account_or_payer_it_is_refused(office: Office, changed: str) -> None:
    run, payer = approved(office), PAYER
    paid(office, run)
    if changed == "payer":
        payer = replace(PAYER, iban=TEST_IBANS[2])
    else:
        other = ACCOUNTS.replace("NL42TEST0000000002", TEST_IBANS[3])
        (office.folder / "accounts.csv").write_text(other, encoding="utf-8")
    assert refusal(lambda: paid(office, run, "again", payer, again=True)) == "EXPORT_DIFFERS"


def test_again_needs_a_first_time(office: Office) -> None:
    run = approved(office)
    assert refusal(lambda: paid(office, run, again=True)) == "NOT_EXPORTED"


def test_what_is_not_approved_is_not_paid(office: Office) -> None:
    run = office.propose()
    assert refusal(lambda: paid(office, run)) == "RUN_NOT_APPROVED"


def test_every_fault_of_the_accounts_is_told_at_once_and_nothing_is_half_done(office: Office) -> None:
    run, head = approved(office), office.ledger.head
    wrong = "payee,name,iban\n01012345,,NL00TEST0000000001\n"
    (office.folder / "accounts.csv").write_text(wrong, encoding="utf-8")
    with pytest.raises(ComplianceError) as refused:
        paid(office, run)
    told = refused.value.sentence(Language.NL)
    said = [each in told for each in ("rij 2", "IBAN", "naam", OTHER, "TEST0000000001")]
    assert (said, contents(office.folder / "out"), office.ledger.head) == ([True] * 4 + [False], {}, head)


@pytest.mark.parametrize(("text", "why"), [
    ("name,iban\nx,y\n", "ACCOUNTS_COLUMNS"), ("", "ACCOUNTS_COLUMNS"), (None, "ACCOUNTS_UNREADABLE"),
    (ACCOUNTS + "01012345;Ander;DE89370400440532013000\n", "ACCOUNTS_INVALID"),
])  # fmt: skip
def test_accounts_by_which_nothing_can_be_paid_are_refused(office: Office, text: str | None, why: str) -> None:
    file = office.folder / "accounts.csv"
    file.unlink() if text is None else file.write_text(text, encoding="utf-8")
    assert refusal(lambda: read_accounts(file, [ONE, OTHER])) == why


def test_one_account_twice_is_no_fault_and_others_accounts_are_left_alone(office: Office) -> None:
    file = office.folder / "accounts.csv"
    file.write_text(ACCOUNTS + ACCOUNTS.splitlines()[1] + "\n09999999;Een ander;ONZIN\n", encoding="utf-8")
    assert read_accounts(file, [ONE])[ONE].iban == TEST_IBANS[0]


def test_a_code_of_two_levels_must_say_which(office: Office) -> None:
    file = office.folder / "accounts.csv"
    payees = ["practice:01012345", "prescriber:01012345"]
    first = refusal(lambda: read_accounts(file, payees))
    rows = "".join(f"{payee};P;{number}\n" for payee, number in zip(payees, TEST_IBANS, strict=False))
    file.write_text("ontvanger;naam;iban\n" + rows, encoding="utf-8")
    assert (first, read_accounts(file, payees)[payees[0]].iban) == ("ACCOUNTS_INVALID", TEST_IBANS[0])


def test_the_payers_account_is_checked_too(office: Office) -> None:
    run = approved(office)
    payer = replace(PAYER, iban="NL00TEST0000000001")
    assert refusal(lambda: paid(office, run, payer=payer)) == "PAYER_IBAN_INVALID"


def test_a_folder_that_is_there_is_not_written_into(office: Office) -> None:
    (office.folder / "out").mkdir()
    run = approved(office)
    assert refusal(lambda: paid(office, run)) == "EXPORT_EXISTS"


def test_names_never_become_formulas(office: Office) -> None:
    exported = paid(office, approved(office))
    with zipfile.ZipFile(exported.out / "payments.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    table = (exported.out / "payments.csv").read_text(encoding="utf-8")
    assert ("<f>" in sheet, "=1+1" in texts, ",'=1+1," in table) == (False, True, True)


def test_without_the_library_the_reader_is_told_what_to_install(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = approved(office)
    monkeypatch.setitem(__import__("sys").modules, "sepaxml", None)
    refused, head = refusal(lambda: paid(office, run)), office.ledger.head
    exported = paid(office, run, with_sepa=False)
    assert (refused, exported.entry.seq, sorted(contents(exported.out))) == (
        "SEPA_NOT_INSTALLED", int(head.partition(":")[0]) + 1, ["payments.csv", "payments.xlsx"])  # fmt: skip


def test_after_a_crash_between_entry_and_files_they_can_be_had_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = approved(office)
    with monkeypatch.context() as broken:
        broken.setattr("service.swap._take_place", _cut)
        with pytest.raises(OSError, match="power"):
            paid(office, run)
    refused = refusal(lambda: paid(office, run))
    exported = paid(office, run, again=True)
    assert (refused, exported.entry.kind, len(contents(exported.out))) == ("EXPORTED_BEFORE", "RUN_EXPORTED", 3)


def _cut(*_: object) -> None:
    raise OSError("power")


def test_a_file_whose_totals_differ_is_never_entered(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    run, head = approved(office), office.ledger.head
    monkeypatch.setattr(export_room, "payments_of", lambda owed, _, accounts: payments_of(owed, {ONE: 1}, accounts))
    with pytest.raises(Exception, match=run):
        paid(office, run)
    assert (contents(office.folder / "out"), office.ledger.head) == ({}, head)


def test_a_correction_after_payment_pays_only_the_difference(office: Office) -> None:
    first = approved(office)
    paid(office, first)
    mark_paid(office.books, first, office.signed(BAS))
    office.uphold(office.contest(first), by="Dirk")
    second = office.propose(corrects=first)
    office.approve(second)
    exported = paid(office, second, "second")
    told = [
        (each.payee, each.owed_cents, each.paid_before_cents, each.to_pay_cents) for each in exported.order.payments
    ]
    assert told == [(ONE, 25_000, 10_001, 14_999), (OTHER, 10_001, 10_001, 0)]


def test_what_was_paid_too_much_is_shown_to_be_recovered_and_not_sent_to_the_bank() -> None:
    [payment] = payments_of({"a:1": 20}, {"a:1": -30}, {})
    assert (payment.to_pay_cents, payment.to_recover_cents, payment.paid_before_cents) == (0, 30, 50)


def test_paid_is_entered_once_the_bank_paid(office: Office) -> None:
    run = approved(office)
    paid(office, run)
    mark_paid(office.books, run, office.signed(BAS))
    book = office.ledger.book
    assert (book.runs[run].state, book.balances["bank:streek/2026/2026"]) == (RunState.PAID, -20_002)


@given(st.text(max_size=200))
def test_a_text_for_the_bank_has_only_signs_that_banks_take(text: str) -> None:
    assert set(bank_text(text, 70)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/?:().,'+ -")
