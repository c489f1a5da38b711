"""Every measure of others whose definition can be read from its title is data; those of patients and doses count so."""

from pathlib import Path
from shutil import copyfile

import pytest

from formulary import Unit
from tests.spec.small_region import SmallRegion

FILE = Path(__file__).parent / "indicators_of_others.toml"
DOCTOR = "01000001"
TITLES = """
    1.1 2.1 2.2 3.1 4.1 4.2A 4.2B 4.4A 4.4B 4.5A 4.5B 4.6A 4.6B 4.7B
    5.1 5.2 5.3 6.1B 7.1 7.2A 7.2B 7.3A 7.3B 7.4 7.5 8.1B
"""
DAYS = "patient | atc | dispensed_on | quantity | icpc | first_issue\n-\n"


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    region = SmallRegion(tmp_path)
    copyfile(FILE, tmp_path / "indicators.toml")
    flag = 'first_issue_flag = "TRUSTED"\n'
    region.write("region.toml", f'id = "proef"\nname = "Proef"\nsource = "proef"\n{flag}')
    groups = "A02BC02 A06AD15 A10BA02 B01AC06 C10AA01 J01CA04 J01MA02 M01AE01 N02AA01 N02CC01 N06AB04 R03AC02 R03BA01"
    names = "atc | name_nl\n-\n" + "\n".join(f"{code} | {code.lower()}" for code in groups.split())
    region.csv("substances.csv", names)
    listed = "\n".join(f"{code} | {code}" for code in groups.split())
    return region.entries(f"entry_id | atc\n-\n{listed}")


def test_each_title_is_expressed_as_data(region: SmallRegion) -> None:
    ids = {each.id for each in region.load().indicators}
    assert {f"SFK_{title}" for title in TITLES.split()} | {"FGV1", "FGV2", "FGV3"} <= ids
    assert {each.unit for each in region.load().indicators} == set(Unit) - {Unit.PRESCRIPTIONS}


def counted(region: SmallRegion, indicator: str, *lines: str) -> tuple[int, int]:
    """Return numerator and denominator of one doctor's lines."""
    told = region.counts(DAYS + "\n".join(lines), indicator).get(DOCTOR, {})
    conform = told.get("ADHERENT", 0)
    return conform, conform + told.get("NON_ADHERENT", 0)


@pytest.mark.parametrize(
    ("indicator", "first", "second"),
    [
        ("SFK_7.1", "M01AE01", "A02BC02"),
        ("SFK_7.5", "N02AA01", "A06AD15"),
        ("SFK_4.1", "B01AC06", "C10AA01"),
        ("SFK_5.2", "A10BA02", "C10AA01"),
    ],
)
def test_a_patient_who_also_uses_the_other_medicine_is_conform(
    region: SmallRegion, indicator: str, first: str, second: str
) -> None:
    lines = [
        f"a | {first}  | 2026-07-01 | | |",
        f"a | {first}  | 2026-09-01 | | |",
        f"a | {second} | 2026-07-02 | | |",
        f"b | {first}  | 2026-07-01 | | |",
        f"c | {second} | 2026-07-01 | | |",
    ]
    assert counted(region, indicator, *lines) == (1, 2)


def test_an_asthma_patient_with_an_inhaled_corticosteroid_is_conform(region: SmallRegion) -> None:
    day = "2026-07-01"
    lines = [f"a | R03AC02 | {day} | | R96 |", f"a | R03BA01 | {day} | | |", f"b | R03AC02 | {day} | | R96 |"]
    assert counted(region, "SFK_3.1", *lines) == (1, 2)


def test_the_other_medicine_counts_only_in_the_same_period(region: SmallRegion) -> None:
    # Without a period every quarter is one: the protection of the quarter before protects nobody now.
    lines = ["a | M01AE01 | 2026-07-01 | | |", "a | A02BC02 | 2026-06-30 | | |"]
    assert counted(region, "SFK_7.1", *lines) == (0, 1)


def test_who_starts_and_goes_on_does_not_stop_early(region: SmallRegion) -> None:
    lines = [
        "a | N06AB04 | 2026-04-01 | | | J",
        "a | N06AB04 | 2026-06-30 | | | N",
        "b | N06AB04 | 2026-04-01 | | | J",
        "b | N06AB04 | 2026-06-29 | | | N",
    ]
    assert counted(region, "SFK_2.1", *lines) == (1, 2)


def test_a_start_too_near_the_last_day_is_held_against_nobody(region: SmallRegion) -> None:
    lines = ["a | N06AB04 | 2026-04-02 | | | J", "b | A02BC02 | 2026-06-30 | | |"]
    assert counted(region, "SFK_2.1", *lines) == (0, 0)


@pytest.mark.parametrize(("quantities", "conform"), [((60, 60), 1), ((60, 61), 0), (("", 1), 0)])
def test_over_use_is_what_a_patient_had_altogether(
    region: SmallRegion, quantities: tuple[object, object], conform: int
) -> None:
    lines = [f"a | N02CC01 | 2026-07-0{n} | {quantity} | |" for n, quantity in enumerate(quantities, 1)]
    assert counted(region, "SFK_7.4", *lines) == (conform, 1)


def test_a_share_of_reserve_antibiotics_weighs_in_doses(region: SmallRegion) -> None:
    region.csv(
        "ddd.csv",
        """
        atc     | amount | unit | valid_from | source
        -
        J01MA02 | 1      | g    | 2020-01-01 | verzonnen
        J01CA04 | 1,5    | g    | 2020-01-01 | verzonnen
        """,
    )
    table = "product | quantity\n-\nciprofloxacine | 10\namoxicilline | 15"
    assert region.counts(table, "SFK_1.1_DDD")[DOCTOR] == {"ADHERENT": 5_000, "NON_ADHERENT": 5_000}
