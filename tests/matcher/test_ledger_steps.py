"""Who may do what with a reward run, and when; and what each step posts."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import Language
from matcher import EntryKind, RunState, StepRefused, run_named
from tests.ledgers import ANNA, BAS, CEES, PAYEES, Pages, run_of

ONE, TWO, THREE = run_of("one"), run_of("two"), run_of("three")
DOSSIER = "streek/2026/2026"


@pytest.fixture
def pages() -> Pages:
    """Return a ledger with one proposed run."""
    fresh = Pages()
    fresh.propose(ONE)
    return fresh


def refusal(step: Callable[[], object]) -> str:
    """Return why a step is refused; its sentence is there in both languages."""
    with pytest.raises(StepRefused) as refused:
        step()
    assert all("{" not in refused.value.sentence(language) for language in Language)
    return refused.value.code


def test_a_run_goes_from_proposed_to_approved_to_paid(pages: Pages) -> None:
    states = [pages.book.runs[ONE].state]
    for step in (pages.approve, pages.export, pages.pay):
        step(ONE)
        states.append(pages.book.runs[ONE].state)
    assert states == [RunState.PROPOSED, RunState.APPROVED, RunState.APPROVED, RunState.PAID]


@pytest.mark.parametrize("by", [ANNA, "anna", " A nna "])
def test_nobody_approves_what_they_proposed(pages: Pages, by: str) -> None:
    assert refusal(lambda: pages.approve(ONE, by=by)) == "APPROVED_BY_PROPOSER"


def test_nobody_approves_what_they_adjusted(pages: Pages) -> None:
    pages.adjust(ONE, 100, by=BAS)
    assert refusal(lambda: pages.approve(ONE, by=BAS)) == "APPROVED_BY_PROPOSER"


def test_a_run_is_approved_once(pages: Pages) -> None:
    pages.approve(ONE)
    assert refusal(lambda: pages.approve(ONE, by=CEES)) == "RUN_NOT_PROPOSED"


def test_a_run_on_provisional_data_is_not_approved() -> None:
    pages = Pages()
    pages.propose(ONE, provisional=True)
    assert refusal(lambda: pages.approve(ONE)) == "RUN_PROVISIONAL"


def test_the_same_run_is_not_proposed_twice(pages: Pages) -> None:
    assert refusal(lambda: pages.propose(ONE, by=BAS)) == "PROPOSED_BEFORE"


def test_a_step_needs_a_name(pages: Pages) -> None:
    assert refusal(lambda: pages.approve(ONE, by="  ")) == "NO_NAME"


def test_a_step_with_a_run_that_is_not_there_is_refused(pages: Pages) -> None:
    assert refusal(lambda: pages.approve(TWO)) == "RUN_UNKNOWN"


@pytest.mark.parametrize(("cents", "why"), [(0, "ADJUSTMENT_EMPTY"), (-40_001, "ADJUSTMENT_BELOW_NOTHING")])
def test_an_adjustment_changes_something_and_leaves_no_debt(pages: Pages, cents: int, why: str) -> None:
    assert refusal(lambda: pages.adjust(ONE, cents)) == why


def test_adjustments_add_up_before_they_are_held_against_nothing(pages: Pages) -> None:
    pages.adjust(ONE, -30_000)
    assert refusal(lambda: pages.adjust(ONE, -10_001)) == "ADJUSTMENT_BELOW_NOTHING"


def test_an_adjustment_needs_a_reason(pages: Pages) -> None:
    assert refusal(lambda: pages.adjust(ONE, 1, reason=" ")) == "NO_REASON"


def test_a_reason_with_a_citizen_service_number_stays_out(pages: Pages) -> None:
    assert refusal(lambda: pages.contest(ONE, reason="het ging om 111222333")) == "NUMBER_OF_PERSON"


def test_what_was_approved_is_not_adjusted(pages: Pages) -> None:
    pages.approve(ONE)
    assert refusal(lambda: pages.adjust(ONE, 1)) == "RUN_NOT_PROPOSED"


@pytest.mark.parametrize(("day", "why"), [("2026-02-12", ""), ("2026-02-13", "DISPUTE_TOO_LATE")])
def test_a_line_is_contested_up_to_and_including_the_last_day(pages: Pages, day: str, why: str) -> None:
    def contest() -> object:
        return pages.contest(ONE, at=f"{day}T23:59:59Z")

    assert (refusal(contest) if why else contest() and "") == why


def test_approval_gives_the_days_to_contest_anew(pages: Pages) -> None:
    before = pages.book.runs[ONE].contest_until
    pages.approve(ONE)
    assert (pages.book.runs[ONE].contest_until - before).days == 1


def test_a_line_is_contested_once(pages: Pages) -> None:
    pages.contest(ONE)
    assert refusal(lambda: pages.contest(ONE)) == "DISPUTED_BEFORE"


@pytest.mark.parametrize("by", [ANNA, CEES])
def test_who_is_involved_does_not_decide(pages: Pages, by: str) -> None:
    dispute = pages.contest(ONE)
    assert refusal(lambda: pages.decide(dispute, by=by)) == "DECIDED_BY_INVOLVED"


def test_a_dispute_is_decided_once(pages: Pages) -> None:
    dispute = pages.contest(ONE)
    pages.decide(dispute)
    assert refusal(lambda: pages.decide(dispute)) == "DISPUTE_DECIDED_BEFORE"


def test_what_was_not_contested_is_not_decided(pages: Pages) -> None:
    decide = {"dispute": 9, "upheld": True, "reason": "x"}
    assert refusal(lambda: pages.take(EntryKind.DISPUTE_DECIDED, ONE, BAS, decide)) == "DISPUTE_UNKNOWN"


def test_an_open_dispute_holds_approval_up(pages: Pages) -> None:
    pages.contest(ONE)
    assert refusal(lambda: pages.approve(ONE)) == "DISPUTES_OPEN"


def test_a_dispute_that_was_rejected_does_not(pages: Pages) -> None:
    pages.decide(pages.contest(ONE), upheld=False)
    pages.approve(ONE)
    assert pages.book.runs[ONE].state is RunState.APPROVED


def test_an_upheld_dispute_asks_for_a_correction_that_holds_it(pages: Pages) -> None:
    dispute = pages.contest(ONE)
    pages.decide(dispute)
    refused = refusal(lambda: pages.approve(ONE))
    pages.propose(TWO, corrects=ONE, disputes=[dispute.seq])
    pages.approve(TWO)
    assert (refused, pages.book.runs[ONE].state) == ("DISPUTES_LEFT_OUT", RunState.SUPERSEDED)


def test_only_one_run_stands_for_a_scheme_and_period(pages: Pages) -> None:
    pages.approve(ONE)
    pages.propose(TWO)
    assert refusal(lambda: pages.approve(TWO)) == "OTHER_RUN_STANDS"


def test_a_run_of_another_period_stands_beside_it(pages: Pages) -> None:
    pages.approve(ONE)
    pages.propose(TWO, period="2027")
    pages.approve(TWO)
    assert {run.state for run in pages.book.runs.values()} == {RunState.APPROVED}


def test_a_correction_is_about_the_same_scheme_and_period(pages: Pages) -> None:
    assert refusal(lambda: pages.propose(TWO, corrects=ONE, period="2027")) == "CORRECTS_OTHER"


def test_a_correction_is_of_a_run_that_is_there(pages: Pages) -> None:
    assert refusal(lambda: pages.propose(TWO, corrects=THREE)) == "RUN_UNKNOWN"


def test_what_was_superseded_is_left_alone(pages: Pages) -> None:
    pages.approve(ONE)
    pages.propose(TWO, corrects=ONE)
    pages.approve(TWO)
    steps: list[Callable[[], object]] = [
        lambda: pages.propose(THREE, corrects=ONE), lambda: pages.export(ONE), lambda: pages.contest(ONE),
        lambda: pages.adjust(ONE, 1),
    ]  # fmt: skip
    assert {refusal(step) for step in steps} == {"RUN_SUPERSEDED"}


def test_nothing_is_paid_without_approval(pages: Pages) -> None:
    assert refusal(lambda: pages.export(ONE)) == "RUN_NOT_APPROVED"


def test_nothing_is_paid_twice(pages: Pages) -> None:
    pages.approve(ONE)
    pages.export(ONE)
    assert refusal(lambda: pages.export(ONE)) == "EXPORTED_BEFORE"


def test_a_run_that_owes_nothing_is_not_exported(pages: Pages) -> None:
    pages.approve(ONE, owed=dict.fromkeys(PAYEES, 0))
    assert refusal(lambda: pages.export(ONE)) == "NOTHING_TO_PAY"


def test_only_what_was_exported_is_paid_and_once(pages: Pages) -> None:
    pages.approve(ONE)
    first = refusal(lambda: pages.pay(ONE))
    pages.export(ONE)
    pages.pay(ONE)
    assert (first, refusal(lambda: pages.pay(ONE))) == ("NOT_EXPORTED", "PAID_BEFORE")


@pytest.mark.parametrize(("name", "why"), [(ONE[:5], "RUN_UNKNOWN"), ("ffffff", "RUN_UNKNOWN"), (ONE[:6], "")])
def test_a_run_is_named_by_six_characters_or_more(pages: Pages, name: str, why: str) -> None:
    assert (refusal(lambda: run_named(pages.book, name)) if why else run_named(pages.book, name).id) == (why or ONE)


def test_a_name_that_fits_two_runs_names_none() -> None:
    pages = Pages()
    for end in ("0", "1"):
        pages.propose("abcdef" + end, period=end)
    assert refusal(lambda: run_named(pages.book, "abcdef")) == "RUN_AMBIGUOUS"


def test_a_run_is_named_by_its_scheme_and_period_while_one_of_them_is_meant(pages: Pages) -> None:
    first = run_named(pages.book, "2026/2026").id
    pages.propose(TWO, corrects=ONE)
    both = refusal(lambda: run_named(pages.book, "2026/2026"))
    pages.approve(TWO)
    assert (first, both, run_named(pages.book, "2026/2026").id) == (ONE, "RUN_AMBIGUOUS", TWO)


def test_a_correction_after_payment_pays_the_difference_and_what_was_too_much_stays_to_be_recovered() -> None:
    pages = Pages()
    pages.propose(ONE)
    pages.approve(ONE, owed={"a": 100, "b": 50})
    pages.export(ONE)
    pages.propose(TWO, corrects=ONE)
    pages.approve(TWO, owed={"a": 130, "b": 20, "c": 5})
    before = pages.book.payable_cents(DOSSIER)
    pages.export(TWO)
    after = pages.book.payable_cents(DOSSIER)
    assert (before, after) == ({"a": 30, "b": -30, "c": 5}, {"a": 0, "b": -30, "c": 0})


def test_a_correction_of_a_correction_reverses_only_what_stands() -> None:
    pages = Pages()
    for run, corrects, cents in ((ONE, "", 100), (TWO, ONE, 70), (THREE, TWO, 90)):
        pages.propose(run, corrects=corrects)
        pages.approve(run, owed={"a": cents})
    assert (pages.book.owed_cents(DOSSIER), pages.book.balances[f"cost:{DOSSIER}"]) == ({"a": 90}, 90)


@given(st.lists(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 10**15), min_size=1), min_size=1, max_size=6))
def test_whatever_is_approved_and_paid_every_entry_and_the_whole_balance(amounts: list[dict[str, int]]) -> None:
    pages, before = Pages(), ""
    for number, owed in enumerate(amounts):
        run = run_of(number)
        pages.propose(run, corrects=before)
        pages.approve(run, owed=owed)
        if any(cents > 0 for cents in pages.book.payable_cents(DOSSIER).values()):
            pages.export(run)
            pages.pay(run)
        before = run
    balanced = all(sum(each.cents for each in entry.postings) == 0 for entry in pages.entries)
    still_payable = max(0, *pages.book.payable_cents(DOSSIER).values(), 0)
    owed = {payee: cents for payee, cents in pages.book.owed_cents(DOSSIER).items() if cents}
    wanted = {payee: cents for payee, cents in amounts[-1].items() if cents}
    assert (balanced, sum(pages.book.balances.values()), still_payable, owed) == (True, 0, 0, wanted)
