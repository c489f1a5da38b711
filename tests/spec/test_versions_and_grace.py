"""The calendar of the formulary: editions, days of grace, suspended chapters, and entries that come and go."""

from pathlib import Path

import pytest

from tests.spec.small_region import SmallRegion

PANTOPRAZOL = "entry_id | atc\n-\nnew | A02BC02"
OMEPRAZOL = "entry_id | atc\n-\nold | A02BC01"
SUSPENDED = """
[[suspended]]
chapter = "Maag"
suspended_from = 2026-03-01
suspended_until = 2026-06-30
source = "proef"
"""


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path)


def days(product: str, *dispensed: str) -> str:
    """Return a table of lines of one product, one a day."""
    return "product | dispensed_on\n-\n" + "\n".join(f"{product} | {day}" for day in dispensed)


def test_a_late_line_is_judged_by_the_version_of_its_day(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL)
    lines = days("omeprazol", "2025-12-31", "2026-01-01")
    assert region.told(lines, "formulary_version") == ["2025", "2026"]
    assert region.told(lines) == ["LISTED", "NOT_LISTED"]


@pytest.mark.parametrize("status", ["DRAFT", "WITHDRAWN"])
def test_a_version_that_is_not_adopted_judges_nothing_and_ends_no_other(region: SmallRegion, status: str) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL)
    region.version("", header=f'version="2026"\nstatus="{status}"\nin_force_from=2026-01-01\nsource="x"\n')
    assert region.told(days("omeprazol", "2026-01-01"), "formulary_version") == ["2025"]


def test_while_there_is_only_a_draft_nothing_is_judged(region: SmallRegion) -> None:
    region.version("", header='version="2026"\nstatus="DRAFT"\nin_force_from=2026-01-01\nsource="x"\n')
    assert region.told(days("omeprazol", "2026-01-01")) == ["NO_VERSION_IN_FORCE"]


def test_a_withdrawn_version_gives_no_grace(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL).version("grace_days = 30\n")
    region.version("", "2025", 'version="2025"\nstatus="WITHDRAWN"\nin_force_from=2025-01-01\nsource="x"\n')
    assert region.told(days("omeprazol", "2026-01-02")) == ["NOT_LISTED"]


def test_within_the_days_of_grace_the_old_and_the_new_choice_are_conform(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL).version("grace_days = 30\n")
    assert region.told(days("omeprazol", "2026-01-30")) == ["GRACE"]
    assert region.told(days("pantoprazol", "2026-01-30")) == ["LISTED"]


def test_the_day_after_the_days_of_grace_the_old_choice_deviates(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL).version("grace_days = 30\n")
    assert region.told(days("omeprazol", "2026-01-01", "2026-01-30", "2026-01-31")) == ["GRACE", "GRACE", "NOT_LISTED"]


def test_without_days_of_grace_the_first_day_counts(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL)
    assert region.told(days("omeprazol", "2026-01-01")) == ["NOT_LISTED"]


def test_a_line_that_is_conform_by_grace_is_adherent_and_names_the_old_entry(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL).version("grace_days = 30\n")
    lines = days("omeprazol", "2026-01-02")
    assert [region.told(lines, name)[0] for name in ("outcome", "entry_id", "preferred")] == ["ADHERENT", "old", None]


def test_one_entry_may_have_days_of_grace_of_its_own(region: SmallRegion) -> None:
    region.year_before("entry_id | atc\n-\nold | A02BC01\nother | A02BC05").entries(PANTOPRAZOL)
    region.version("grace_days = 10\n[grace]\nold = 60\n")
    assert region.told(days("omeprazol", "2026-02-01")) == ["GRACE"]
    assert region.told(days("esomeprazol", "2026-02-01")) == ["NOT_LISTED"]


def test_an_entry_may_be_denied_the_days_of_grace(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL).version("grace_days = 30\n[grace]\nold = 0\n")
    assert region.told(days("omeprazol", "2026-01-01")) == ["NOT_LISTED"]


def test_what_is_newly_advised_against_is_conform_in_the_days_of_grace(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries("entry_id | atc | advice\n-\nold | A02BC01 | NOT_RECOMMENDED")
    region.version("grace_days = 30\n")
    assert region.told(days("omeprazol", "2026-01-30", "2026-01-31")) == ["GRACE", "NOT_RECOMMENDED"]


def test_what_the_old_version_advised_against_gets_no_grace(region: SmallRegion) -> None:
    region.year_before("entry_id | atc | advice\n-\nold | A02BC01 | NOT_RECOMMENDED").entries(PANTOPRAZOL)
    region.version("grace_days = 30\n")
    assert region.told(days("omeprazol", "2026-01-02")) == ["NOT_LISTED"]


def test_a_choice_that_the_new_version_supports_too_needs_no_grace(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries("entry_id | atc | rank\n-\nold | A02BC01 | 1").version("grace_days = 30\n")
    assert region.told(days("omeprazol", "2026-01-02")) == ["FIRST_CHOICE"]


def test_a_new_version_changes_nothing_before_its_first_day(region: SmallRegion) -> None:
    lines = days("omeprazol", "2025-06-01", "2025-12-31")
    before = region.entries(OMEPRAZOL, "2025").year_before(OMEPRAZOL).told(lines)
    assert region.entries(PANTOPRAZOL).version("grace_days = 90\n").told(lines) == before


def test_a_suspended_chapter_is_skipped_and_says_so(region: SmallRegion) -> None:
    region.entries(PANTOPRAZOL).version(SUSPENDED)
    lines = days("pantoprazol", "2026-02-28", "2026-03-01", "2026-06-30", "2026-07-01")
    assert region.told(lines) == ["LISTED", "CHAPTER_SUSPENDED", "CHAPTER_SUSPENDED", "LISTED"]


def test_a_line_of_a_suspended_chapter_is_excluded(region: SmallRegion) -> None:
    region.entries(PANTOPRAZOL).version(SUSPENDED)
    assert region.told(days("pantoprazol", "2026-03-01"), "outcome") == ["EXCLUDED"]


def test_what_a_suspended_chapter_does_not_list_is_skipped_too(region: SmallRegion) -> None:
    region.entries(PANTOPRAZOL).version(SUSPENDED)
    assert region.told(days("omeprazol", "2026-03-01", "2026-07-01")) == ["CHAPTER_SUSPENDED", "NOT_LISTED"]


def test_a_deviation_inside_a_suspended_chapter_is_skipped_too(region: SmallRegion) -> None:
    region.entries("entry_id | atc | advice\n-\na | A02BC05 | NOT_RECOMMENDED").version(SUSPENDED)
    assert region.told(days("esomeprazol", "2026-03-01")) == ["CHAPTER_SUSPENDED"]


def test_a_chapter_may_be_suspended_until_further_notice(region: SmallRegion) -> None:
    region.entries(PANTOPRAZOL).version(SUSPENDED.replace("suspended_until = 2026-06-30\n", ""))
    assert region.told(days("pantoprazol", "2027-01-01")) == ["CHAPTER_SUSPENDED"]


def test_a_group_that_another_chapter_speaks_of_too_is_still_judged(region: SmallRegion) -> None:
    region.entries("entry_id | chapter | indication | atc\n-\na | Maag | reflux | A02BC02\nb | Pijn | pijn | A02BC01")
    region.version(SUSPENDED)
    lines = "product | dispensed_on\n-\nesomeprazol | 2026-03-01\nomeprazol | 2026-03-01"
    assert region.told(lines) == ["NOT_LISTED", "LISTED"]


def test_the_line_s_indication_says_which_chapter_it_belongs_to(region: SmallRegion) -> None:
    region.entries(
        """
        entry_id | chapter | indication | icpc | atc
        -
        a        | Maag    | reflux     | D84  | A02BC02
        b        | Pijn    | bij NSAID  | L88  | A02BC02
        """
    ).version(SUSPENDED)
    lines = "product | dispensed_on | icpc\n-\npantoprazol | 2026-03-01 | D84\npantoprazol | 2026-03-01 | L88"
    assert region.told(lines) == ["CHAPTER_SUSPENDED", "LISTED"]


def test_a_suspended_chapter_is_not_what_the_formulary_would_rather_see(region: SmallRegion) -> None:
    region.entries("entry_id | chapter | indication | atc\n-\na | Maag | reflux | A02BC02\nb | Pijn | pijn | A02BC01")
    region.version(SUSPENDED)
    assert region.told(days("esomeprazol", "2026-03-01"), "preferred") == ["omeprazol"]


def test_an_entry_holds_on_its_own_days_within_the_version(region: SmallRegion) -> None:
    region.entries(
        """
        entry_id | atc     | valid_from | valid_until
        -
        always   | A02BC02 |            |
        summer   | A02BC01 | 2026-05-01 | 2026-08-31
        """
    )
    lines = days("omeprazol", "2026-04-30", "2026-05-01", "2026-08-31", "2026-09-01")
    assert region.told(lines) == ["NOT_LISTED", "LISTED", "LISTED", "NOT_LISTED"]


def test_an_entry_may_follow_another_of_the_same_medicine(region: SmallRegion) -> None:
    region.entries(
        """
        entry_id | atc     | rank | valid_from | valid_until
        -
        a        | A02BC02 | 2    |            | 2026-05-31
        b        | A02BC02 | 1    | 2026-06-01 |
        """
    )
    assert region.told(days("pantoprazol", "2026-05-31", "2026-06-01")) == ["LATER_CHOICE", "FIRST_CHOICE"]


def test_an_entry_that_ended_before_the_version_did_gets_no_grace(region: SmallRegion) -> None:
    region.year_before("entry_id | atc | valid_until\n-\nold | A02BC01 | 2025-11-30").entries(PANTOPRAZOL)
    region.version("grace_days = 30\n")
    assert region.told(days("omeprazol", "2026-01-02")) == ["NOT_LISTED"]


def test_on_the_last_day_of_its_own_first_version_an_entry_without_dates_holds(region: SmallRegion) -> None:
    region.year_before(OMEPRAZOL).entries(PANTOPRAZOL)
    assert region.told(days("omeprazol", "2025-01-01", "2025-12-31")) == ["LISTED", "LISTED"]
