"""An entry that names strengths supports only those; what is not known of a product is held against nobody."""

from pathlib import Path

import pytest

from tests.spec.small_region import SmallRegion

ONE = "entry_id | atc | strengths | rank\n-\na | C10AA01 | {} | 1"


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path)


@pytest.mark.parametrize(
    ("strengths", "product", "reason"),
    [
        ("40 mg", "simvastatine 40", "FIRST_CHOICE"),
        ("40 mg", "simvastatine 80", "OTHER_STRENGTH"),
        ("0,04 g", "simvastatine 40", "FIRST_CHOICE"),
        ("8 mg/ml", "simvastatine drank", "FIRST_CHOICE"),
        ("8 mg", "simvastatine drank", "OTHER_STRENGTH"),
        ("-", "simvastatine 80", "FIRST_CHOICE"),
        ("25 zakjes", "simvastatine 80", "FIRST_CHOICE"),
    ],
)
def test_a_strength_is_compared_as_an_exact_amount(
    region: SmallRegion, strengths: str, product: str, reason: str
) -> None:
    region.entries(ONE.format("" if strengths == "-" else strengths))
    assert region.told(f"product\n-\n{product}") == [reason]


def test_a_line_that_does_not_tell_its_strength_is_supported(region: SmallRegion) -> None:
    assert region.entries(ONE.format("40 mg")).told("atc\n-\nC10AA01") == ["FIRST_CHOICE"]


def test_another_strength_is_a_deviation_that_says_which_are_preferred(region: SmallRegion) -> None:
    region.entries(ONE.format("40 mg"))
    table = "product\n-\nsimvastatine 80"
    assert region.told(table, "outcome") == ["NON_ADHERENT"]
    assert region.told(table, "preferred") == ["simvastatine (40 mg)"]


def test_the_entry_that_names_the_strength_goes_before_one_that_leaves_it_open(region: SmallRegion) -> None:
    rows = ("a | C10AA01 | | 1 | RECOMMENDED", "b | C10AA01 | 80 mg | | NOT_RECOMMENDED")
    region.entries("entry_id | atc | strengths | rank | advice\n-\n" + "\n".join(rows))
    table = "product\n-\nsimvastatine 80\nsimvastatine 40"
    assert region.told(table) == ["NOT_RECOMMENDED", "FIRST_CHOICE"]
    assert region.told(table, "entry_id") == ["b", "a"]


def test_another_form_is_told_before_another_strength(region: SmallRegion) -> None:
    region.entries("entry_id | atc | form | strengths\n-\na | C10AA01 | capsule | 40 mg")
    assert region.told("product\n-\nsimvastatine 80") == ["OTHER_FORM"]


def test_days_of_grace_hold_for_the_strengths_of_the_version_before(region: SmallRegion) -> None:
    region.year_before("entry_id | atc | strengths\n-\na | C10AA01 | 80 mg").version("grace_days = 30\n")
    region.entries(ONE.format("40 mg"))
    table = "product | dispensed_on\n-\nsimvastatine 80 | 2026-01-30\nsimvastatine 80 | 2026-01-31"
    assert region.told(table) == ["GRACE", "OTHER_STRENGTH"]
