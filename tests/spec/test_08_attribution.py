"""Chapter 8: whose deviation it was. A documented need takes it out of the rate (remark codes: Vektis COD450)."""

from tests.worlds import Desk


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
