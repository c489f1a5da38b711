"""What an indicator adds up beside lines and cents: patients, each once, and defined daily doses."""

from pathlib import Path

import polars as pl
import pytest

from formulary import Unit
from matcher import DoseGap, Period, dose_gaps, lines_behind
from tests.spec.small_region import SmallRegion

FORMULARY = "conform = [{ formulary = true }]"
DOCTOR, OTHER = "01000001", "01000002"
DDD = """
    atc     | form        | amount | unit   | valid_from | valid_until | source
    -
    A02BC02 |             | 40     | mg     | 2020-01-01 |             | verzonnen
    C10AA01 | tablet      | 0,03   | g      | 2020-01-01 |             | verzonnen
    C10AA01 | oral_liquid | 16     | mg     | 2020-01-01 |             | verzonnen
    A02BC05 |             | 30     | microg | 2020-01-01 |             | verzonnen
    J07AM01 |             | 40     | IE     | 2020-01-01 |             | verzonnen
"""


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path)


def in_doses(region: SmallRegion, table: str, ddd: str = DDD) -> dict[str, int]:
    """Return the thousandths of a daily dose of one doctor's lines, by outcome."""
    region.csv("ddd.csv", ddd).indicators(ddd='unit = "DDD"\npopulation = {}\n' + FORMULARY)
    return region.counts(table, "DDD").get(DOCTOR, {})


def in_patients(region: SmallRegion, fields: str, table: str) -> dict[str, dict[str, int]]:
    """Return what each doctor's patients count for, by outcome."""
    region.indicators(patients=f'unit = "PATIENTS"\npopulation = {{ {fields} }}\n{FORMULARY}')
    return region.counts(table, "PATIENTS")


def test_a_patient_counts_once_and_is_conform_when_the_last_judged_line_is(region: SmallRegion) -> None:
    table = """
        patient | product     | dispensed_on
        -
        a       | omeprazol   | 2026-07-01
        a       | omeprazol   | 2026-08-01
        a       | pantoprazol | 2026-09-01
        b       | pantoprazol | 2026-07-01
        b       | omeprazol   | 2026-08-01
        """
    assert in_patients(region, 'atc = ["A02BC"]', table) == {DOCTOR: {"ADHERENT": 1, "NON_ADHERENT": 1, "EXCLUDED": 3}}


def test_a_patient_belongs_to_the_prescriber_of_the_last_judged_line(region: SmallRegion) -> None:
    table = f"""
        patient | prescriber_agb | product     | dispensed_on
        -
        a       | {DOCTOR}       | omeprazol   | 2026-07-01
        a       | {OTHER}        | pantoprazol | 2026-08-01
        """
    told = in_patients(region, "", table)
    assert (told[DOCTOR], told[OTHER]) == ({"EXCLUDED": 1}, {"ADHERENT": 1})


def test_new_users_are_patients_by_their_last_start(region: SmallRegion) -> None:
    table = """
        patient | product     | dispensed_on | first_issue
        -
        a       | omeprazol   | 2026-07-01   | J
        a       | pantoprazol | 2026-08-01   | J
        a       | pantoprazol | 2026-09-01   | N
        """
    region.write("region.toml", 'id = "proef"\nname = "Proef"\nsource = "proef"\nfirst_issue_flag = "TRUSTED"\n')
    assert in_patients(region, 'lines = "STARTS"', table) == {DOCTOR: {"ADHERENT": 1, "EXCLUDED": 2}}


def test_a_line_without_a_patient_counts_for_no_patient(region: SmallRegion) -> None:
    assert in_patients(region, "", "patient | product\n-\n- | pantoprazol") == {DOCTOR: {"EXCLUDED": 1}}


def test_the_doses_of_a_line_are_quantity_times_strength_over_the_daily_dose(region: SmallRegion) -> None:
    table = "product | quantity\n-\npantoprazol | 30\npantoprazol | 2,5\nsumatriptan | 6"
    # 30 and 2.5 tablets of 20 mg, at 40 mg a day: 15 and 1.25 daily doses.
    assert in_doses(region, table) == {"ADHERENT": 16_250}


def test_a_liquid_counts_millilitres_and_a_dose_for_a_form_goes_first(region: SmallRegion) -> None:
    region.entries("entry_id | atc\n-\na | C10AA01")
    table = "product | quantity\n-\nsimvastatine drank | 100\nsimvastatine 40 | 30"
    # 100 ml of 8 mg/ml at 16 mg, and 30 tablets of 40 mg at 0.03 g.
    assert in_doses(region, table) == {"ADHERENT": 50_000 + 40_000}


def test_thousandths_are_rounded_half_up_once_a_line(region: SmallRegion) -> None:
    # 0.001 tablet of 20 mg is half a thousandth of 40 mg; 0.003 is one and a half.
    assert in_doses(region, "product | quantity\n-\npantoprazol | 0,001\npantoprazol | 0,003") == {"ADHERENT": 1 + 2}


def test_deviations_are_counted_in_doses_too(region: SmallRegion) -> None:
    region.entries("entry_id | atc | advice\n-\na | A02BC02 | NOT_RECOMMENDED")
    assert in_doses(region, "product | quantity\n-\npantoprazol | 4") == {"NON_ADHERENT": 2_000}


def test_the_dose_of_the_day_of_the_line_counts(region: SmallRegion) -> None:
    changed = """
        atc     | amount | unit | valid_from | valid_until | source
        -
        A02BC02 | 40     | mg   | 2026-01-01 | 2026-07-31  | verzonnen
        A02BC02 | 20     | mg   | 2026-08-01 |             | verzonnen
    """
    table = "product | quantity | dispensed_on\n-\n" + "\n".join(
        f"pantoprazol | {quantity} | {day}" for quantity, day in [(2, "2026-07-31"), (20, "2026-08-01")]
    )
    assert in_doses(region, table, changed) == {"ADHERENT": 1_000 + 20_000}


@pytest.mark.parametrize(
    ("line", "gap"),
    [
        ("product | quantity\n-\nomeprazol | 30", DoseGap.NO_DDD),
        ("atc | quantity\n-\nA02BC02 | 30", DoseGap.NO_STRENGTH),
        ("product | quantity\n-\ntetanusvaccin | 1", DoseGap.OTHER_UNIT),
        ("product | quantity\n-\npantoprazol | ", DoseGap.NO_QUANTITY),
        ("product | quantity\n-\npantoprazol | 30", None),
    ],
)
def test_doses_that_cannot_be_worked_out_are_told_with_the_reason_and_never_guessed(
    region: SmallRegion, line: str, gap: DoseGap | None
) -> None:
    region.entries("entry_id | atc\n-\na | A02BC02\nb | A02BC01\nc | J07AM01")
    assert in_doses(region, line) == ({} if gap else {"ADHERENT": 15_000})
    assessment = region.assess(line)
    told = dose_gaps(assessment.facts, assessment.choices, region.load())
    assert told.select(pl.col("dose_gap").cast(pl.String), "lines").rows() == [(gap, 1)]


def test_a_dose_in_another_family_of_units_gives_no_doses(region: SmallRegion) -> None:
    other = "atc | amount | unit | valid_from | source\n-\nA02BC02 | 40 | IE | 2020-01-01 | verzonnen"
    assert in_doses(region, "product | quantity\n-\npantoprazol | 30", other) == {}


def test_a_composite_adds_up_the_doses_of_its_parts(region: SmallRegion) -> None:
    doses = 'unit = "DDD"\npopulation = {}\n' + FORMULARY
    region.csv("ddd.csv", DDD).indicators(one=doses, two=doses, both='unit = "DDD"\ncomposite = ["ONE", "TWO"]')
    assert region.counts("product | quantity\n-\npantoprazol | 4", "BOTH") == {DOCTOR: {"ADHERENT": 4_000}}


def test_last_lines_may_be_counted_in_doses(region: SmallRegion) -> None:
    region.csv("ddd.csv", DDD).indicators(
        ddd='unit = "DDD"\npopulation = { lines = "LAST" }\n' + FORMULARY, lines="population = {}\n" + FORMULARY
    )
    table = "product | quantity | dispensed_on\n-\npantoprazol | 4 | 2026-07-01\npantoprazol | 8 | 2026-08-01"
    assert region.counts(table, "DDD") == {DOCTOR: {"ADHERENT": 4_000, "EXCLUDED": 2_000}}
    assert region.counts(table, "LINES") == {DOCTOR: {"ADHERENT": 2}}


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("A02BC02 | | 40 | mg | 2026-01-01", "DDD_TWICE", "atc"),
        ("A02BC05 | | 0,0 | mg | 2026-01-01", "DOSE_OF_NOTHING", None),
        ("A02BC01 | | 1.000 | mg | 2026-01-01", "BAD_PATTERN", "amount"),
        ("A02BC01 | | 1.000,5 | mg | 2026-01-01", "BAD_PATTERN", "amount"),
        ("A02BC01 | | 40 | ml | 2026-01-01", "NOT_ONE_OF", "unit"),
        ("A02BC0 | | 40 | mg | 2026-01-01", "ATC_INVALID", "atc"),
        ("A02BC01 | pil | 40 | mg | 2026-01-01", "NOT_ONE_OF", "form.1"),
        ("A02BC01 | | 40 | | 2026-01-01", "MISSING", "unit"),
    ],
)
def test_a_dose_that_is_none_is_a_fault_with_its_place(
    region: SmallRegion, row: str, code: str, column: str | None
) -> None:
    head = "atc | form | amount | unit | valid_from | source\n-\nA02BC02 | | 20 | mg | 2025-01-01 | proef\n"
    (fault,) = region.csv("ddd.csv", f"{head}{row} | proef").faults()
    assert (fault.code, fault.file, fault.row, fault.column) == (code, "ddd.csv", 3, column)


def test_without_a_table_nothing_has_doses(region: SmallRegion) -> None:
    region.indicators(ddd='unit = "DDD"\npopulation = {}\n' + FORMULARY)
    assert region.counts("product | quantity\n-\npantoprazol | 4", "DDD") == {}


def test_each_form_may_have_a_dose_of_its_own_beside_one_for_any_form(region: SmallRegion) -> None:
    head = "atc | form | amount | unit | valid_from | source\n-\n"
    rows = [f"A02BC02 | {form} | 40 | mg | 2020-01-01 | proef" for form in ("tablet", "capsule", "", "tablet")]
    assert region.csv("ddd.csv", head + "\n".join(rows[:3])).faults() == []
    assert [fault.code for fault in region.csv("ddd.csv", head + "\n".join(rows)).faults()] == ["DDD_TWICE"]


def test_the_lines_behind_a_score_add_up_to_it_in_every_unit(region: SmallRegion) -> None:
    kinds = {unit: f'unit = "{unit}"\npopulation = {{ atc = ["A02BC"] }}\n{FORMULARY}' for unit in Unit}
    also = 'unit = "PATIENTS"\npopulation = { atc = ["A02BC"] }\nconform = [{ together_with = ["N02CC"] }]'
    region.csv("ddd.csv", DDD).indicators(also=also, **{str(unit): text for unit, text in kinds.items()})
    table = """
        patient | product     | dispensed_on | quantity | cost_cents
        -
        a       | omeprazol   | 2026-07-01   | 30       | 100
        a       | pantoprazol | 2026-08-01   | 30       | 250
        b       | pantoprazol | 2026-08-02   | 15       | 125
        b       | sumatriptan | 2026-08-03   | 6        | 999
        """
    assessed, period = region.assess(table, Period.parse("2026")), Period.parse("2026")
    assert period is not None
    names = ["ALSO", *Unit]
    behind = lines_behind(assessed.lines, region.load(), names, period).filter(pl.col("outcome") != "INVALID")
    added = dict(behind.group_by("indicator").agg(pl.col("amount").sum()).iter_rows())
    scores = assessed.scores.filter(level="prescriber", id=DOCTOR)
    assert {name: added[name] for name in names} == dict(scores.select("indicator", "denominator").iter_rows())
    assert added == {"ALSO": 2, "LINES": 3, "PRESCRIPTIONS": 3, "PATIENTS": 2, "DDD": 22_500, "COST": 475}
