"""Chapter 4: a start or a repeat. History decides, unless the source says so itself and is trusted."""

import pytest

from tests.worlds import Desk, Rules, indicator_of

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


LEVELS = Rules(
    indicators=indicator_of("PRK", 'lines = "STARTS", start_level = "PRK"')
    + indicator_of("GROUP", 'lines = "STARTS", start_level = "GROUP"')
    + indicator_of("SUBSTANCE", 'lines = "STARTS"'),
    region="lookback_days = 30",
)
ANCIENT = "X | 2026-01-01 | simvastatine tablet || UNKNOWN | UNKNOWN | UNKNOWN"


def test_a_start_is_of_a_substance_of_a_product_as_prescribed_or_of_a_group(desk: Desk) -> None:
    desk.holds(
        f"""
        patient | dispensed_on | medicine           || start  | start_prk | start_group
        {ANCIENT}
        P1      | 2026-03-01   | omeprazol capsule  || FIRST  | FIRST     | FIRST
        P1      | 2026-03-10   | omeprazol tablet   || REPEAT | FIRST     | REPEAT
        P1      | 2026-03-12   | pantoprazol tablet || FIRST  | FIRST     | REPEAT
        P1      | 2026-03-14   | omeprazol tablet   || REPEAT | REPEAT    | REPEAT
        """,
        LEVELS,
    )


def test_an_indicator_looks_at_starts_of_its_own_level(desk: Desk) -> None:
    scores = desk.scored(
        """
        patient | dispensed_on | medicine
        X       | 2026-01-01   | simvastatine tablet
        P1      | 2026-03-01   | omeprazol capsule
        P1      | 2026-03-10   | omeprazol tablet
        P1      | 2026-03-12   | pantoprazol tablet
        """,
        LEVELS,
    )
    assert {row["indicator"]: row["denominator"] for row in scores} == {"GROUP": 1, "PRK": 3, "SUBSTANCE": 2}


def test_levels_that_no_indicator_asks_for_are_not_told(desk: Desk) -> None:
    desk.holds("patient | medicine || start_prk | start_group\nP1 | omeprazol capsule || |", MONTH)


def test_a_line_without_a_product_as_prescribed_has_no_start_of_one(desk: Desk) -> None:
    desk.holds(
        f"""
        patient | dispensed_on | medicine  || start | start_prk | start_group
        {ANCIENT}
        P1      | 2026-03-01   | omeprazol || FIRST | UNKNOWN   | FIRST
        """,
        LEVELS,
    )


def test_a_trusted_flag_says_what_follows_from_it_at_other_levels(desk: Desk) -> None:
    desk.holds(
        """
        patient | dispensed_on | first_issue | medicine          || start   | start_prk | start_group
        X       | 2026-01-01   |             | simvastatine tablet || UNKNOWN | UNKNOWN | UNKNOWN
        P1      | 2026-01-20   | ja          | omeprazol capsule || FIRST   | FIRST     | UNKNOWN
        P2      | 2026-01-20   | nee         | omeprazol capsule || REPEAT  | UNKNOWN   | REPEAT
        """,
        LEVELS,
    )


@pytest.mark.parametrize(("rules", "start"), [(MONTH, "REPEAT"), (TRACED, "FIRST")])
def test_what_history_says_stands_beside_what_the_source_says(desk: Desk, rules: Rules, start: str) -> None:
    desk.holds(
        f"""
        patient | dispensed_on | first_issue | medicine  || start   | traced_start
        X       | 2026-01-01   |             | simvastatine || UNKNOWN |
        P1      | 2026-03-01   | nee         | omeprazol || {start} | FIRST
        """,
        rules,
    )


def test_lines_of_before_the_period_are_history_and_are_not_scored(desk: Desk) -> None:
    older = "patient | dispensed_on\nX | 2025-01-01\nP1 | 2025-12-20\nP2 | 2025-11-01"
    newer = "patient | dispensed_on\nP1 | 2026-01-05\nP2 | 2026-01-05"
    scores = desk.assess(older, newer, rules=Rules(indicators=_STARTS, region=_A_MONTH), period="2026-Q1").scores
    assert scores.filter(level="prescriber")["denominator"].to_list() == [1]


_STARTS, _A_MONTH = indicator_of("STARTS", 'lines = "STARTS"'), "lookback_days = 30"
