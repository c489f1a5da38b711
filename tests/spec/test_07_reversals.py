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


OLDER = """
    line_id | patient | pharmacy_agb | reversal_of | dispensed_on
    1       | P1      | 02001111     |             | 2026-03-02
    2       | P2      | 02001111     |             | 2026-03-02
    """


def _reasons(desk: Desk, *tables: str) -> list[str]:
    return [str(each) for each in desk.assess(*tables).lines.collect()["reason"]]


def _credit(patient: str, pharmacy: str, credited: str = "1", line_id: str = "3") -> str:
    head = "line_id | patient | pharmacy_agb | reversal_of | dispensed_on"
    return f"{head}\n{line_id} | {patient} | {pharmacy} | {credited} | 2026-04-02"


def test_a_credit_in_a_later_file_takes_away_the_line_of_that_pharmacy_and_patient(desk: Desk) -> None:
    assert _reasons(desk, OLDER, _credit("P1", "02001111")) == ["REVERSED", "LATER_CHOICE", "REVERSAL"]


def test_a_credit_may_be_in_an_earlier_file_than_the_line_it_credits(desk: Desk) -> None:
    assert _reasons(desk, _credit("P1", "02001111"), OLDER) == ["REVERSAL", "REVERSED", "LATER_CHOICE"]


@pytest.mark.parametrize(
    ("patient", "pharmacy"), [("P2", "02001111"), ("P1", "02002222"), ("P1", ""), ("", "02001111")]
)
def test_the_same_reference_of_another_pharmacy_or_patient_is_another_line(
    desk: Desk, patient: str, pharmacy: str
) -> None:
    assert _reasons(desk, OLDER, _credit(patient, pharmacy))[-1] == "ORPHAN_REVERSAL"


def test_a_credit_looks_in_its_own_file_first(desk: Desk) -> None:
    own = _credit("P1", "02001111") + "\n1 | P1 | 02001111 | | 2026-04-01"
    assert _reasons(desk, OLDER, own) == ["LATER_CHOICE", "LATER_CHOICE", "REVERSAL", "REVERSED"]


def test_a_credit_of_two_lines_with_one_reference_takes_away_neither(desk: Desk) -> None:
    second = OLDER.replace("2026-03-02", "2026-03-09")
    reasons = _reasons(desk, OLDER, second, _credit("P1", "02001111"))
    assert reasons == ["LATER_CHOICE"] * 4 + ["UNCLEAR_REVERSAL"]


def test_a_line_that_came_in_an_earlier_file_counts_once(desk: Desk) -> None:
    overlapping = OLDER + "    3 | P3 | 02001111 | | 2026-03-05\n"
    reasons = _reasons(desk, OLDER, overlapping)
    assert reasons == ["LATER_CHOICE", "LATER_CHOICE", "REPEATED", "REPEATED", "LATER_CHOICE"]


def test_a_credit_beside_a_line_that_came_before_credits_that_line(desk: Desk) -> None:
    overlapping = OLDER + "    3 | P1 | 02001111 | 1 | 2026-03-05\n"
    reasons = _reasons(desk, OLDER, overlapping)
    assert reasons == ["REVERSED", "LATER_CHOICE", "REPEATED", "REPEATED", "REVERSAL"]


@pytest.mark.parametrize("other", ["dispensed_on", "medicine", "patient"])
def test_a_line_with_the_same_number_that_says_something_else_is_another_line(desk: Desk, other: str) -> None:
    one = {"dispensed_on": "2026-03-02", "medicine": "omeprazol", "patient": "P1"}
    two = {**one, other: {"dispensed_on": "2026-03-03", "medicine": "pantoprazol", "patient": "P2"}[other]}
    tables = ["\n".join(["line_id | " + " | ".join(each), "1 | " + " | ".join(each.values())]) for each in (one, two)]
    assert "REPEATED" not in _reasons(desk, *tables)


@pytest.mark.parametrize("again", ["b | a | c", "c | b | a"])
def test_the_same_lines_in_another_order_count_once_also_without_line_numbers(desk: Desk, again: str) -> None:
    def _file(days: str) -> str:
        written = {"a": "2026-03-01", "b": "2026-03-02", "c": "2026-03-02"}
        return "\n".join(["line_id | dispensed_on", *(f" | {written[day]}" for day in days.split(" | "))])

    assert _reasons(desk, _file("a | b | c"), _file(again)) == ["LATER_CHOICE"] * 3 + ["REPEATED"] * 3


def test_equal_lines_without_numbers_are_two_lines(desk: Desk) -> None:
    one, other = "line_id | patient\n | P1\n | P1", "line_id | patient\n | P1"
    assert _reasons(desk, one, other) == ["LATER_CHOICE"] * 3


def test_a_line_that_cannot_be_understood_is_not_credited(desk: Desk) -> None:
    desk.holds(
        """
        line_id | reversal_of | dispensed_on || outcome  | reason
        1       |             | 31-02-2026   || INVALID  | NOT_UNDERSTOOD
        2       | 1           | 2026-03-02   || EXCLUDED | ORPHAN_REVERSAL
        """
    )
