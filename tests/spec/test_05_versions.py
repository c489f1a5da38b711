"""Chapter 5: a line is judged by the formulary version in force on the day it was dispensed."""

from tests.worlds import Desk, Rules, Version

OMEPRAZOL, PANTOPRAZOL = "medicine | rank\nomeprazol | 1", "medicine | rank\npantoprazol | 1"
TWO_YEARS = Rules((
    Version("2025", "2025-01-01", "2025-12-31", OMEPRAZOL), Version("2026", "2026-01-01", "", PANTOPRAZOL),
))  # fmt: skip
WITH_A_GAP = Rules((
    Version("2025", "2025-01-01", "2025-11-30", OMEPRAZOL), Version("2026", "2026-01-01", "2026-06-30", PANTOPRAZOL),
))  # fmt: skip
UNTIL_THE_NEXT = Rules((Version("2025", "2025-01-01", "", OMEPRAZOL), Version("2026", "2026-01-01", "", PANTOPRAZOL)))


def test_the_last_day_of_a_version_still_belongs_to_it(desk: Desk) -> None:
    desk.holds(
        """
        dispensed_on | medicine    || formulary_version | outcome
        2025-12-31   | omeprazol   || 2025              | ADHERENT
        2025-12-31   | pantoprazol || 2025              | NON_ADHERENT
        """,
        TWO_YEARS,
    )


def test_the_first_day_of_a_version_belongs_to_it(desk: Desk) -> None:
    desk.holds(
        """
        dispensed_on | medicine    || formulary_version | outcome
        2026-01-01   | omeprazol   || 2026              | NON_ADHERENT
        2026-01-01   | pantoprazol || 2026              | ADHERENT
        """,
        TWO_YEARS,
    )


def test_on_a_day_without_a_version_nothing_is_judged(desk: Desk) -> None:
    desk.holds(
        """
        dispensed_on | medicine  || formulary_version | outcome  | reason
        2024-12-31   | omeprazol ||                   | EXCLUDED | NO_VERSION_IN_FORCE
        2025-12-15   | omeprazol ||                   | EXCLUDED | NO_VERSION_IN_FORCE
        2026-07-01   | omeprazol ||                   | EXCLUDED | NO_VERSION_IN_FORCE
        """,
        WITH_A_GAP,
    )


def test_a_version_without_a_last_day_ends_when_the_next_begins(desk: Desk) -> None:
    desk.holds(
        """
        dispensed_on || formulary_version
        2025-12-31   || 2025
        2026-01-01   || 2026
        2031-05-05   || 2026
        """,
        UNTIL_THE_NEXT,
    )


def test_a_draft_judges_nothing(desk: Desk) -> None:
    draft = Version("2027", "2026-01-01", "", PANTOPRAZOL, status="DRAFT")
    desk.holds("medicine || formulary_version\nomeprazol || 2025", Rules((Version("2025", "2025-01-01"), draft)))
