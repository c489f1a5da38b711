"""Chapter 8: whose deviation it was. A documented need takes it out of the rate (remark codes: Vektis COD450)."""

import pytest

from tests.worlds import Desk, Rules


def test_medical_need_makes_a_deviation_an_exception(desk: Desk) -> None:
    desk.holds(
        """
        remark | medicine    || outcome  | reason       | attributed_to
        03     | lansoprazol || EXCEPTED | MEDICAL_NEED | MEDICAL_NEED
        09     | lansoprazol || EXCEPTED | MEDICAL_NEED | MEDICAL_NEED
        3      | lansoprazol || EXCEPTED | MEDICAL_NEED | MEDICAL_NEED
        """
    )


def test_logistic_need_makes_a_deviation_an_exception(desk: Desk) -> None:
    desk.holds(
        """
        remark | medicine    || outcome  | reason        | attributed_to
        02     | lansoprazol || EXCEPTED | LOGISTIC_NEED | LOGISTIC
        08     | lansoprazol || EXCEPTED | LOGISTIC_NEED | LOGISTIC
        """
    )


def test_other_remarks_change_nothing(desk: Desk) -> None:
    desk.holds(
        """
        remark | medicine    || outcome      | attributed_to
        01     | lansoprazol || NON_ADHERENT | PRESCRIBER
        05     | lansoprazol || NON_ADHERENT | PRESCRIBER
        07     | lansoprazol || NON_ADHERENT | PRESCRIBER
        """
    )


def test_a_remark_on_a_line_that_does_not_deviate_changes_nothing(desk: Desk) -> None:
    desk.holds("remark | medicine || outcome | attributed_to\n03 | omeprazol || ADHERENT |")


def test_a_specialist_is_known_by_code_or_by_specialism(desk: Desk) -> None:
    desk.holds(
        """
        prescriber_agb | prescriber_specialism | medicine    || outcome      | attributed_to
        03012345       |                       | lansoprazol || NON_ADHERENT | SPECIALIST
        01012345       | 0313                  | lansoprazol || NON_ADHERENT | SPECIALIST
        01012345       | 0100                  | lansoprazol || NON_ADHERENT | PRESCRIBER
        """
    )


EXCUSES_NOTHING = Rules(region="excused = []")


@pytest.mark.parametrize(("remark", "owner"), [("03", "MEDICAL_NEED"), ("02", "LOGISTIC")])
def test_what_the_region_does_not_excuse_stays_in_the_rate_and_stays_whose_it_was(
    desk: Desk, remark: str, owner: str
) -> None:
    table = (
        f"remark | medicine || outcome | reason | attributed_to\n{remark} | lansoprazol || NON_ADHERENT | NOT_LISTED | "
    )
    desk.holds(table + owner, EXCUSES_NOTHING)


def test_what_was_conform_as_prescribed_is_the_pharmacy_s_deviation(desk: Desk) -> None:
    desk.holds(
        """
        prescribed_prk | medicine    || outcome      | reason              | attributed_to | prescribed_outcome
        700088         | lansoprazol || EXCEPTED     | CHANGED_BY_PHARMACY | PHARMACY      | ADHERENT
        700215         | lansoprazol || NON_ADHERENT | NOT_LISTED          | PRESCRIBER    | NON_ADHERENT
                       | lansoprazol || NON_ADHERENT | NOT_LISTED          | PRESCRIBER    |
        700215         | omeprazol   || ADHERENT     | LATER_CHOICE        |               | NON_ADHERENT
        """
    )


def test_what_was_prescribed_may_be_told_by_its_label(desk: Desk) -> None:
    desk.holds(
        """
        prescribed_label                 | medicine    || attributed_to | prescribed_outcome
        OMEPRAZOL APOTEX TABLET MSR 20MG | lansoprazol || PHARMACY      | ADHERENT
        XYZZY 5MG                        | lansoprazol || PRESCRIBER    | UNIDENTIFIED
        """
    )


def test_a_documented_need_goes_before_what_the_pharmacy_changed(desk: Desk) -> None:
    table = "prescribed_prk | remark | medicine || attributed_to\n700088 | 03 | lansoprazol || MEDICAL_NEED"
    desk.holds(table)


def test_what_a_specialist_began_and_another_repeats_is_the_specialist_s(desk: Desk) -> None:
    desk.holds(
        """
        patient | dispensed_on | prescriber_agb | medicine    || outcome      | reason           | attributed_to
        P1      | 2026-03-01   | 03012345       | lansoprazol || NON_ADHERENT | NOT_LISTED       | SPECIALIST
        P1      | 2026-04-01   | 01012345       | lansoprazol || EXCEPTED     | SPECIALIST_START | SPECIALIST
        P2      | 2026-04-01   | 01012345       | lansoprazol || NON_ADHERENT | NOT_LISTED       | PRESCRIBER
        P1      | 2026-04-02   | 01012345       | rabeprazol  || NON_ADHERENT | NOT_LISTED       | PRESCRIBER
        """
    )


def test_what_another_began_stays_the_prescriber_s_when_a_specialist_repeats_it_in_between(desk: Desk) -> None:
    desk.holds(
        """
        patient | dispensed_on | prescriber_agb | medicine    || attributed_to
        P1      | 2026-03-01   | 01012345       | lansoprazol || PRESCRIBER
        P1      | 2026-04-01   | 03012345       | lansoprazol || SPECIALIST
        P1      | 2026-05-01   | 01012345       | lansoprazol || PRESCRIBER
        """
    )


def test_after_the_look_back_what_a_specialist_began_is_the_prescriber_s(desk: Desk) -> None:
    desk.holds(
        """
        patient | dispensed_on | prescriber_agb | medicine    || attributed_to
        P1      | 2026-03-01   | 03012345       | lansoprazol || SPECIALIST
        P1      | 2026-03-20   | 01012345       | lansoprazol || SPECIALIST
        P1      | 2026-04-01   | 01012345       | lansoprazol || PRESCRIBER
        """,
        Rules(region="lookback_days = 30"),
    )


def test_a_specialist_s_own_line_is_never_excused_by_being_a_specialist_s(desk: Desk) -> None:
    desk.holds(
        """
        patient | dispensed_on | prescriber_agb | medicine    || outcome
        P1      | 2026-03-01   | 03012345       | lansoprazol || NON_ADHERENT
        P1      | 2026-04-01   | 03012345       | lansoprazol || NON_ADHERENT
        """
    )


def test_of_a_deviation_prescribed_by_no_person_nobody_knows_whose_it_was(desk: Desk) -> None:
    desk.holds(
        """
        prescriber_agb | practice_agb | medicine    || outcome      | attributed_to
        06012345       |              | lansoprazol || NON_ADHERENT | UNKNOWN
        01054321       | 01054321     | lansoprazol || NON_ADHERENT | UNKNOWN
        01012345       | 01054321     | lansoprazol || NON_ADHERENT | PRESCRIBER
        """
    )
