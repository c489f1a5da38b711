"""Chapter 2: what a written value means. What is needed and cannot be understood makes the line INVALID."""

from tests.worlds import Desk


def test_a_date_is_understood_in_five_formats(desk: Desk) -> None:
    desk.holds(
        """
        dispensed_on || dispensed_on | problem
        2026-03-01   || 2026-03-01   |
        01-03-2026   || 2026-03-01   |
        20260301     || 2026-03-01   |
        01/03/2026   || 2026-03-01   |
        46082        || 2026-03-01   |
        """
    )


def test_a_date_with_a_time_of_day_counts_as_its_day(desk: Desk) -> None:
    desk.holds(
        """
        dispensed_on        || dispensed_on
        2026-03-01 13:45:00 || 2026-03-01
        2026-03-01T13:45    || 2026-03-01
        """
    )


def test_a_date_that_does_not_exist_is_a_problem(desk: Desk) -> None:
    desk.holds(
        """
        dispensed_on || outcome | problem
        31-02-2026   || INVALID | BAD_DATE
        00-00-0000   || INVALID | BAD_DATE
        2026-13-01   || INVALID | BAD_DATE
        05-01-26     || INVALID | BAD_DATE
        1989-12-31   || INVALID | BAD_DATE
        vandaag      || INVALID | BAD_DATE
                     || INVALID | NO_DATE
        """
    )


def test_an_agb_code_that_lost_its_zero_gets_it_back(desk: Desk) -> None:
    desk.holds(
        """
        prescriber_agb || prescriber_agb | problem
        1012345        || 01012345       |
        01-012345      || 01012345       |
        01012345       || 01012345       |
        """
    )


def test_what_is_no_agb_code_is_a_problem(desk: Desk) -> None:
    desk.holds(
        """
        prescriber_agb || outcome | problem
        12345          || INVALID | BAD_PRESCRIBER
        00012345       || INVALID | BAD_PRESCRIBER
        dr. Jansen     || INVALID | BAD_PRESCRIBER
                       || INVALID | NO_PRESCRIBER
        """
    )


def test_a_quantity_is_written_with_a_comma_or_a_point(desk: Desk) -> None:
    desk.holds(
        """
        quantity  || quantity | problem
        30        || 30.000   |
        2,5       || 2.500    |
        2.5       || 2.500    |
        0.125     || 0.125    |
        1.234,5   || 1234.500 |
                  ||          |
        """
    )


def test_a_quantity_that_may_mean_two_things_is_refused(desk: Desk) -> None:
    desk.holds(
        """
        quantity || quantity | problem
        1.234    ||          | BAD_QUANTITY
        12.345   ||          | BAD_QUANTITY
        1e3      ||          | BAD_QUANTITY
        dertig   ||          | BAD_QUANTITY
        """
    )


def test_a_negative_quantity_must_say_which_line_it_credits(desk: Desk) -> None:
    desk.holds(
        """
        quantity | reversal_of || problem           | reason
        30       |             ||                   | REVERSED
        -30      |             || NEGATIVE_QUANTITY | NOT_UNDERSTOOD
        -30      | 1           ||                   | REVERSAL
        """
    )


def test_an_amount_is_in_euros_or_in_cents(desk: Desk) -> None:
    desk.holds(
        """
        cost     | cost_cents || cost_cents | problem
        12,50    |            || 1250       |
        12.5     |            || 1250       |
        € 1.234,56 |          || 123456     |
                 | 1250       || 1250       |
        12,505   |            ||            | BAD_COST
        1.234    |            ||            | BAD_COST
        """
    )


def test_a_line_needs_something_that_names_its_product(desk: Desk) -> None:
    desk.holds(
        """
        atc     | label     || outcome      | problem
        A02BC01 |           || ADHERENT     |
                | XYZZY     || UNIDENTIFIED |
        A02B    |           || INVALID      | NO_PRODUCT
                |           || INVALID      | NO_PRODUCT
        """
    )


def test_a_line_number_that_occurs_twice_in_a_file_makes_the_second_a_problem(desk: Desk) -> None:
    desk.holds(
        """
        line_id | medicine  || problem
        7       | omeprazol ||
        8       | omeprazol ||
        7       | omeprazol || DUPLICATE_LINE_ID
        """
    )


def test_line_numbers_that_go_up_with_a_gap_are_still_told_apart(desk: Desk) -> None:
    desk.holds(
        """
        line_id | medicine  || problem
        9       | omeprazol ||
        10      | omeprazol ||
                | omeprazol ||
        10      | omeprazol || DUPLICATE_LINE_ID
        11      | omeprazol ||
        """
    )


def test_the_same_line_number_in_two_files_is_no_problem(desk: Desk) -> None:
    lines = desk.assess("line_id | medicine\n7 | omeprazol", "line_id | medicine\n7 | pantoprazol").lines.collect()
    assert lines["outcome"].to_list() == ["ADHERENT", "ADHERENT"]


def test_a_patient_becomes_a_pseudonym_and_one_patient_keeps_one(desk: Desk) -> None:
    lines = desk.assess("patient\n111222333\n111222333\nP2").lines.collect()["patient"].to_list()
    assert (lines[0] == lines[1] != lines[2], [one[:3] for one in lines]) == (True, ["ps-", "ps-", "ps-"])


def test_an_unknown_patient_is_nobody(desk: Desk) -> None:
    desk.holds("patient || patient\n999999999 ||\n000000000 ||\n ||")


def test_a_citizen_service_number_in_a_label_is_masked(desk: Desk) -> None:
    desk.holds("label || label\nZALF VOOR 111222333 || ZALF VOOR [bsn]")


def test_what_is_optional_and_unreadable_is_left_empty(desk: Desk) -> None:
    desk.holds(
        """
        sex | birth_year | icpc | first_issue | remark || sex | birth_year | icpc | first_issue | remark
        V   | 1960-05-01 | t90  | ja          | 3      || F   | 1960       | T90  | True        | 03
        ?   | lang       | 9    | misschien   | abc    ||     |            |      |             |
        """
    )
    desk.holds("insurer_uzovi || insurer_uzovi | outcome\n964 || 0964 | ADHERENT\nx || | ADHERENT")


def test_a_day_before_the_year_of_birth_is_a_problem(desk: Desk) -> None:
    desk.holds(
        """
        dispensed_on | birth_year || problem      | outcome
        2026-03-02   | 2027       || BEFORE_BIRTH | INVALID
        2026-03-02   | 2026       ||              | ADHERENT
        2026-03-02   |            ||              | ADHERENT
        """
    )
