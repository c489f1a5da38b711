"""A ledger that was touched says so, and where."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import Language
from matcher import Entry, StepRefused, canonical, chain_faults, digest, head_of, step_faults
from matcher.ledger.entry import Posting, sealed
from tests.ledgers import ANNA, a_long_ledger, run_of

WHOLE = a_long_ledger()
TIMES = 100


def _edited(lines: list[str], draw: random.Random) -> tuple[list[str], int]:
    at = draw.randrange(len(lines))
    sign = draw.randrange(len(lines[at]))
    other = draw.choice([letter for letter in '0123456789abcXYZ {}",' if letter != lines[at][sign]])
    return [*lines[:at], lines[at][:sign] + other + lines[at][sign + 1 :], *lines[at + 1 :]], at + 1


def _deleted(lines: list[str], draw: random.Random) -> tuple[list[str], int]:
    at = draw.randrange(len(lines) - 1)  # the last one is the tail, which a head finds
    return [*lines[:at], *lines[at + 1 :]], at + 1


def _inserted(lines: list[str], draw: random.Random) -> tuple[list[str], int]:
    at = draw.randrange(len(lines))
    strange = [draw.choice(lines), "", "{}", sealed(replace(WHOLE.entries[at], by="Mallory")).line()]
    return [*lines[:at], draw.choice(strange), *lines[at:]], at + 1


def _swapped(lines: list[str], draw: random.Random) -> tuple[list[str], int]:
    one, other = sorted(draw.sample(range(len(lines)), 2))
    swapped = list(lines)
    swapped[one], swapped[other] = lines[other], lines[one]
    return swapped, one + 1


def test_a_ledger_that_nobody_touched_holds() -> None:
    assert chain_faults(WHOLE.lines, [head_of(WHOLE.lines)]) == [] == step_faults(WHOLE.entries)


@pytest.mark.parametrize("touch", [_edited, _deleted, _inserted, _swapped])
def test_a_hundred_of_a_hundred_single_changes_are_found_and_located(touch) -> None:  # type: ignore[no-untyped-def]
    draw, found = random.Random(touch.__name__), 0
    for _ in range(TIMES):
        lines, place = touch(WHOLE.lines, draw)
        faults = chain_faults(lines)
        # An entry that was put in or came instead of another shows at its place, or at the first that follows it.
        found += bool(faults) and faults[0].line in (place, place + 1)
    assert found == TIMES


@pytest.mark.parametrize("kept", range(len(WHOLE.lines)))
def test_a_tail_that_was_cut_off_is_found_by_a_head_that_was_printed(kept: int) -> None:
    cut = WHOLE.lines[:kept]
    assert (chain_faults(cut), [fault.code for fault in chain_faults(cut, [head_of(WHOLE.lines)])]) == (
        [],
        ["CHAIN_CUT"],
    )


def test_a_chain_that_was_written_anew_from_the_middle_is_found_by_a_head() -> None:
    entries: list[Entry] = []
    previous = WHOLE.entries[3].previous
    for entry in WHOLE.entries[3:]:
        entries.append(sealed(replace(entry, previous=previous, by="Mallory" if not entries else entry.by)))
        previous = entries[-1].hash
    forged = [*WHOLE.lines[:3], *(entry.line() for entry in entries)]
    assert [fault.code for fault in chain_faults(forged, [head_of(WHOLE.lines)])] == ["CHAIN_REWRITTEN"]


def test_an_entry_with_a_right_hash_that_breaks_the_rules_is_found() -> None:
    proposal, approval = a_long_ledger(1).entries[0], a_long_ledger(1).entries[5]
    forged = sealed(replace(approval, seq=2, previous=proposal.hash, by=ANNA, run=proposal.run))
    faults = step_faults([proposal, forged])
    assert [(fault.code, fault.line, fault.values["why"].code) for fault in faults] == [  # type: ignore[attr-defined]
        ("CHAIN_NOT_ALLOWED", 2, "APPROVED_BY_PROPOSER")
    ]


def test_amounts_that_balance_but_are_not_those_that_follow_are_found() -> None:
    entries = list(WHOLE.entries[:6])
    more = (Posting(entries[5].postings[0].account, 1), Posting(entries[5].postings[1].account, -1))
    entries[5] = sealed(replace(entries[5], postings=(*entries[5].postings, *more)))
    [fault] = step_faults(entries)
    assert isinstance(fault.values["why"], StepRefused)
    assert fault.values["why"].code == "POSTED_OTHERWISE"


def test_an_entry_that_does_not_balance_is_found() -> None:
    entries = list(WHOLE.entries[:6])
    entries[5] = sealed(replace(entries[5], postings=(Posting("cost", 1),)))
    assert [fault.code for fault in chain_faults([entry.line() for entry in entries])] == ["CHAIN_UNBALANCED"]


def test_an_entry_whose_body_is_not_what_its_kind_needs_is_told_not_raised() -> None:
    bare = sealed(replace(WHOLE.entries[0], body={"region": "streek"}))
    assert [fault.code for fault in step_faults([bare])] == ["CHAIN_NO_ENTRY"]


@pytest.mark.parametrize("language", list(Language))
def test_every_fault_is_told_in_a_sentence_with_its_line(language: Language) -> None:
    lines = [WHOLE.lines[1], WHOLE.lines[0], "x", *WHOLE.lines[3:6]]
    faults = [*chain_faults(lines, ["99:abc", "1:abc"]), *step_faults(WHOLE.entries[1:2])]
    assert all("{" not in fault.sentence(language) for fault in faults)


@given(st.recursive(st.integers() | st.text() | st.booleans() | st.none(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_canonical_json_is_json_and_has_one_spelling(content: object) -> None:
    written = canonical(content)
    assert (json.loads(written), canonical(json.loads(written))) == (content, written)


@pytest.mark.parametrize("content", [1.0, {"a": [0.5]}, float("nan")])
def test_a_float_has_no_place_in_a_ledger(content: object) -> None:
    with pytest.raises(TypeError):
        digest(content)


@pytest.mark.parametrize("line", ["", "x", "[]", "{}", "1", '{"postings":[]}', WHOLE.lines[0].replace("42", "4.2")])
def test_what_is_no_entry_is_nothing(line: str) -> None:
    assert Entry.parse(line) is None


def test_names_are_written_with_single_spaces() -> None:
    pages = a_long_ledger(1)
    assert pages.propose(run_of("x"), by="  Anna   B. ").by == "Anna B."
