"""Chapter 4: a start or a repeat. History decides, unless the source says so itself and is trusted."""

from tests.worlds import Desk, Rules

MONTH = Rules(region="lookback_days = 30")
TRACED = Rules(region='lookback_days = 30\nfirst_issue_flag = "TRACED"')
LONG_AGO = "X | 2026-01-01 | simvastatine || UNKNOWN"


def test_a_medicine_not_seen_for_the_whole_look_back_is_a_start(desk: Desk) -> None:
    desk.holds(
        f"""
        patient | dispensed_on | medicine  || start
        {LONG_AGO}
        P1      | 2026-03-01   | omeprazol || FIRST
        P1      | 2026-03-31   | omeprazol || REPEAT
        P1      | 2026-05-01   | omeprazol || FIRST
        """,
        MONTH,
    )


def test_the_last_day_of_the_look_back_still_counts(desk: Desk) -> None:
    desk.holds(
        f"""
        patient | dispensed_on | medicine  || start
        {LONG_AGO}
        P1      | 2026-03-01   | omeprazol || FIRST
        P1      | 2026-03-31   | omeprazol || REPEAT
        P2      | 2026-03-01   | omeprazol || FIRST
        P2      | 2026-04-01   | omeprazol || FIRST
        """,
        MONTH,
    )


def test_where_the_lines_do_not_reach_back_far_enough_the_start_is_unknown(desk: Desk) -> None:
    desk.holds(
        """
        patient | dispensed_on | medicine    || start
        P1      | 2026-01-01   | omeprazol   || UNKNOWN
        P2      | 2026-01-30   | omeprazol   || UNKNOWN
        P3      | 2026-01-31   | omeprazol   || FIRST
        """,
        MONTH,
    )


def test_another_form_of_the_substance_is_a_repeat_another_substance_is_not(desk: Desk) -> None:
    desk.holds(
        f"""
        patient | dispensed_on | medicine          || start
        {LONG_AGO}
        P1      | 2026-03-01   | omeprazol capsule || FIRST
        P1      | 2026-03-10   | omeprazol tablet  || REPEAT
        P1      | 2026-03-10   | pantoprazol       || FIRST
        """,
        MONTH,
    )


def test_two_lines_of_one_day_have_one_answer(desk: Desk) -> None:
    desk.holds(
        f"""
        patient | dispensed_on | medicine  || start
        {LONG_AGO}
        P1      | 2026-03-01   | omeprazol || FIRST
        P1      | 2026-03-01   | omeprazol || FIRST
        """,
        MONTH,
    )


def test_a_first_issue_flag_goes_before_the_history_where_it_is_trusted(desk: Desk) -> None:
    desk.holds(
        """
        patient | first_issue | medicine  || start
        P1      | ja          | omeprazol || FIRST
        P2      | nee         | omeprazol || REPEAT
        P3      |             | omeprazol || UNKNOWN
        """,
        MONTH,
    )


def test_a_first_issue_flag_is_not_believed_where_starts_are_traced(desk: Desk) -> None:
    desk.holds("patient | first_issue || start\nP1 | ja || UNKNOWN\nP2 | nee || UNKNOWN", TRACED)


def test_of_a_line_without_a_patient_nobody_knows(desk: Desk) -> None:
    desk.holds(f"patient | dispensed_on | medicine || start\n{LONG_AGO}\n | 2026-03-01 | omeprazol || UNKNOWN", MONTH)


def test_a_credited_line_is_no_history(desk: Desk) -> None:
    desk.holds(
        """
        patient | dispensed_on | medicine  | line_id | reversal_of || start
        X       | 2026-01-01   | simvastatine | 1    |             || UNKNOWN
        P1      | 2026-03-01   | omeprazol | 2       |             || UNKNOWN
        P1      | 2026-03-02   | omeprazol | 3       | 2           || UNKNOWN
        P1      | 2026-03-05   | omeprazol | 4       |             || FIRST
        """,
        MONTH,
    )


def test_history_in_another_file_counts_as_well(desk: Desk) -> None:
    older = "patient | dispensed_on\nX | 2026-01-01\nP1 | 2026-03-01"
    lines = desk.assess(older, "patient | dispensed_on\nP1 | 2026-03-20", rules=MONTH).lines.collect()
    assert lines["start"].to_list() == ["UNKNOWN", "FIRST", "REPEAT"]
