"""Chapter 7: a credit line and the line it credits cancel each other; both stay to be seen, neither is counted."""

import pytest

from tests.worlds import Desk


def test_a_credit_and_the_line_it_credits_are_both_excluded(desk: Desk) -> None:
    desk.holds(
        """
        line_id | reversal_of | medicine    || outcome  | reason
        1       |             | lansoprazol || EXCLUDED | REVERSED
        2       | 1           | lansoprazol || EXCLUDED | REVERSAL
        3       |             | omeprazol   || ADHERENT | LATER_CHOICE
        """
    )


def test_a_credit_may_come_before_the_line_it_credits(desk: Desk) -> None:
    desk.holds("line_id | reversal_of || reason\n1 | 2 || REVERSAL\n2 | || REVERSED")


def test_a_credit_of_a_line_that_is_not_there_credits_nothing(desk: Desk) -> None:
    desk.holds("line_id | reversal_of || reason\n1 | || LATER_CHOICE\n2 | 99 || ORPHAN_REVERSAL\n3 | || LATER_CHOICE")


@pytest.mark.parametrize("n_lines", [3, 300])
def test_credits_stand_at_their_own_line_however_many_there_are(desk: Desk, n_lines: int) -> None:
    rows = [f"{n} | {'elders' if n % 3 == 1 else ''}" for n in range(n_lines)]
    lines = desk.assess("\n".join(["line_id | reversal_of", *rows])).lines.collect()
    found = lines.filter(netting="ORPHAN_REVERSAL")["line_id"].to_list()
    assert found == [str(n) for n in range(n_lines) if n % 3 == 1]


def test_a_credit_speaks_about_its_own_file_only(desk: Desk) -> None:
    lines = desk.assess("line_id | reversal_of\n1 |", "line_id | reversal_of\n2 | 1").lines.collect()
    assert lines["reason"].to_list() == ["LATER_CHOICE", "ORPHAN_REVERSAL"]


def test_a_line_that_cannot_be_understood_is_not_credited(desk: Desk) -> None:
    desk.holds(
        """
        line_id | reversal_of | dispensed_on || outcome  | reason
        1       |             | 31-02-2026   || INVALID  | NOT_UNDERSTOOD
        2       | 1           | 2026-03-02   || EXCLUDED | ORPHAN_REVERSAL
        """
    )
