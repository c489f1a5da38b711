"""For whom a recommendation holds, and which of several entries decides: the most specific one."""

from pathlib import Path

import pytest

from tests.spec.small_region import SmallRegion

FROM_70 = "entry_id | atc | age_min\n-\na | N06AA10 | 70"
UNTIL_69 = "entry_id | atc | age_max\n-\na | N06AA09 | 69"
FOR_WOMEN = "entry_id | atc | sex\n-\na | A02BC02 | F"


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path)


def test_the_lowest_age_belongs_to_an_entry(region: SmallRegion) -> None:
    lines = "product | birth_year\n-\nnortriptyline | 1956\nnortriptyline | 1957"
    assert region.entries(FROM_70).told(lines) == ["LISTED", "OTHER_PATIENT"]


def test_the_highest_age_belongs_to_an_entry(region: SmallRegion) -> None:
    lines = "product | birth_year\n-\namitriptyline | 1957\namitriptyline | 1956"
    assert region.entries(UNTIL_69).told(lines) == ["LISTED", "OTHER_PATIENT"]


def test_an_entry_for_one_sex_does_not_support_the_other(region: SmallRegion) -> None:
    lines = "product | sex\n-\npantoprazol | F\npantoprazol | M"
    assert region.entries(FOR_WOMEN).told(lines) == ["LISTED", "OTHER_PATIENT"]


@pytest.mark.parametrize("entries", [FROM_70.replace("N06AA10", "A02BC02"), FOR_WOMEN])
def test_an_unknown_age_or_sex_leaves_the_patient_category_open(region: SmallRegion, entries: str) -> None:
    assert region.entries(entries).told("product\n-\npantoprazol") == ["LISTED"]


def test_a_choice_for_another_patient_deviates(region: SmallRegion) -> None:
    assert region.entries(FOR_WOMEN).told("product | sex\n-\npantoprazol | M", "outcome") == ["NON_ADHERENT"]


def test_where_children_are_excluded_a_child_s_line_deviates(region: SmallRegion) -> None:
    region.entries("entry_id | atc | age_min\n-\na | A02BC02 | 18")
    lines = "product | birth_year\n-\npantoprazol | 2009\npantoprazol | 2008"
    assert region.told(lines) == ["OTHER_PATIENT", "LISTED"]


def test_the_age_is_that_of_the_day_and_not_of_today(region: SmallRegion) -> None:
    region.version("", header='version="2026"\nstatus="ADOPTED"\nin_force_from=2020-01-01\nsource="x"\n')
    lines = (
        "product | birth_year | dispensed_on\n-\nnortriptyline | 1956 | 2025-07-01\nnortriptyline | 1956 | 2026-07-01"
    )
    assert region.entries(FROM_70).told(lines) == ["OTHER_PATIENT", "LISTED"]


def test_an_entry_for_this_patient_goes_before_one_for_everyone(region: SmallRegion) -> None:
    region.entries(
        """
        entry_id | atc     | age_min | rank
        -
        everyone | N06AA10 |         | 1
        old      | N06AA10 | 70      | 2
        """
    )
    lines = "product | birth_year\n-\nnortriptyline | 1950\nnortriptyline | 1980"
    assert region.told(lines, "entry_id") == ["old", "everyone"]


def test_advice_against_for_the_old_does_not_touch_a_patient_of_unknown_age(region: SmallRegion) -> None:
    region.entries(
        """
        entry_id | atc     | age_min | advice
        -
        for      | N06AA09 |         | RECOMMENDED
        against  | N06AA09 | 70      | NOT_RECOMMENDED
        """
    )
    assert region.told("product\n-\namitriptyline") == ["LISTED"]


def test_an_entry_for_one_sex_goes_before_one_for_both(region: SmallRegion) -> None:
    region.entries("entry_id | atc | sex | rank\n-\nboth | A02BC02 | | 1\nwomen | A02BC02 | F | 2")
    assert region.told("product | sex\n-\npantoprazol | F\npantoprazol | M", "entry_id") == ["women", "both"]


def test_an_entry_for_this_form_goes_before_one_for_every_form(region: SmallRegion) -> None:
    region.entries("entry_id | atc | form | rank\n-\nany | A02BC02 | | 1\ntablet | A02BC02 | tablet | 2")
    assert region.told("product\n-\npantoprazol", "entry_id") == ["tablet"]


def test_an_entry_for_this_indication_goes_before_one_for_none(region: SmallRegion) -> None:
    region.entries(
        "entry_id | indication | icpc | atc | rank\n-\na | anders | | A02BC02 | 1\nb | reflux | D84 | A02BC02 | 2"
    )
    assert region.told("product | icpc\n-\npantoprazol | D84", "entry_id") == ["b"]


def test_the_indication_weighs_more_than_the_patient_and_the_patient_more_than_the_form(region: SmallRegion) -> None:
    region.entries(
        """
        entry_id   | indication | icpc | sex | form   | atc
        -
        form       | a          |      |     | tablet | A02BC02
        patient    | b          |      | F   |        | A02BC02
        indication | c          | D84  |     |        | A02BC02
        """
    )
    lines = "product | sex | icpc\n-\npantoprazol | F | D84\npantoprazol | F |\npantoprazol | |"
    assert region.told(lines, "entry_id") == ["indication", "patient", "form"]


def test_an_entry_that_fits_goes_before_a_more_specific_one_that_does_not(region: SmallRegion) -> None:
    region.entries("entry_id | atc | sex | rank\n-\nboth | A02BC02 | | 1\nwomen | A02BC02 | F | 2")
    assert region.told("product | sex\n-\npantoprazol | M") == ["FIRST_CHOICE"]


def test_an_entry_against_goes_before_a_general_one_in_favour_for_its_patients_only(region: SmallRegion) -> None:
    region.entries(
        """
        entry_id | atc     | age_min | advice
        -
        for      | N06AA09 |         | RECOMMENDED
        against  | N06AA09 | 70      | NOT_RECOMMENDED
        """
    )
    lines = "product | birth_year\n-\namitriptyline | 1950\namitriptyline | 1980"
    assert region.told(lines) == ["NOT_RECOMMENDED", "LISTED"]


def test_two_entries_of_one_medicine_for_the_same_patients_are_a_fault(region: SmallRegion) -> None:
    region.entries("entry_id | atc | age_min\n-\na | A02BC02 | 18\nb | A02BC02 | 18")
    assert [(fault.code, fault.row) for fault in region.faults()] == [("ENTRY_TWICE", 3)]


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [("age_min", "18", "70"), ("sex", "F", "M"), ("form", "tablet", "capsule"), ("setting", "GP", "SPECIALIST_START")],
)
def test_entries_that_differ_in_patient_form_or_setting_are_no_tie(
    region: SmallRegion, column: str, one: str, other: str
) -> None:
    region.entries(f"entry_id | atc | {column}\n-\na | A02BC02 | {one}\nb | A02BC02 | {other}")
    assert region.faults() == []


def test_entries_whose_ages_overlap_are_a_tie_and_a_fault(region: SmallRegion) -> None:
    region.entries(
        """
        entry_id | atc     | age_min | age_max | rank
        -
        a        | A02BC02 |         | 69      | 1
        b        | A02BC02 | 18      |         | 2
        """
    )
    assert [fault.code for fault in region.faults()] == ["ENTRY_TWICE"]


def test_an_old_and_a_new_code_of_one_medicine_are_a_tie_and_a_fault(region: SmallRegion) -> None:
    region.csv(
        "succession.csv", "kind | former | successor | since | source\n-\nATC | N03AX16 | N02BF02 | 2023-01-01 | x"
    )
    region.entries("entry_id | atc | rank\n-\na | N03AX16 | 1\nb | N02BF02 | 2")
    assert [fault.code for fault in region.faults()] == ["ENTRY_TWICE"]
