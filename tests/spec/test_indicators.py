"""Rates as data: whose lines, what makes a line conform, what is added up, and what is left out by a named rule."""

from pathlib import Path

import pytest

from matcher import Period
from tests.spec.small_region import SmallRegion

FORMULARY = "conform = [{ formulary = true }]"
ACID = 'population = { lines = "LAST", atc = ["A02BC"] }\n' + FORMULARY
DOCTOR = "01000001"
BY_TWO = "prescriber_agb | product\n-\n01000001 | pantoprazol\n03000001 | pantoprazol"


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path)


def left_out(named: str) -> str:
    """Return an indicator of all lines that are not left out by one rule."""
    rule = f'[[exclusions]]\nid = "RULE"\nname_nl = "x"\nname_en = "x"\nsource = "x"\n{named}'
    return f'population = {{ exclude = ["RULE"] }}\n{FORMULARY}\n{rule}'


def last(region: SmallRegion, table: str, level: str = "prescriber") -> dict[str, dict[str, int]]:
    """Return what an indicator counts that looks at the last line of each user of an acid inhibitor."""
    return region.indicators(last=ACID).counts(table, "LAST", level)


def rate(region: SmallRegion, condition: str, table: str) -> dict[str, int]:
    """Return how one prescriber's lines fare under one condition, over all of them."""
    region.indicators(rate="population = {}\nconform = [{ " + condition + " }]")
    return region.counts(table, "RATE")[DOCTOR]


def population(region: SmallRegion, fields: str, table: str) -> dict[str, int]:
    """Return how one prescriber's lines fare in a population; whatever is in it and supported is conform."""
    region.indicators(rate="population = { " + fields + " }\n" + FORMULARY)
    return region.counts(table, "RATE")[DOCTOR]


def test_of_a_patient_s_lines_only_the_last_counts(region: SmallRegion) -> None:
    table = """
        product     | dispensed_on
        -
        omeprazol   | 2026-07-01
        omeprazol   | 2026-08-01
        pantoprazol | 2026-09-01
        """
    assert last(region, table) == {DOCTOR: {"ADHERENT": 1, "EXCLUDED": 2}}


def test_every_patient_has_a_last_line(region: SmallRegion) -> None:
    table = """
        patient | product     | dispensed_on
        -
        p       | pantoprazol | 2026-07-01
        p       | omeprazol   | 2026-08-01
        q       | pantoprazol | 2026-07-15
        """
    assert last(region, table) == {DOCTOR: {"ADHERENT": 1, "NON_ADHERENT": 1, "EXCLUDED": 1}}


def test_every_period_has_a_last_line(region: SmallRegion) -> None:
    table = "product | dispensed_on\n-\nomeprazol | 2026-06-30\npantoprazol | 2026-07-01"
    assert last(region, table) == {DOCTOR: {"ADHERENT": 1, "NON_ADHERENT": 1}}


def test_a_line_outside_the_population_is_nobody_s_last(region: SmallRegion) -> None:
    table = "product | dispensed_on\n-\npantoprazol | 2026-07-01\nsumatriptan | 2026-08-01"
    assert last(region, table) == {DOCTOR: {"ADHERENT": 1, "EXCLUDED": 1}}


def test_a_line_that_was_taken_back_is_nobody_s_last(region: SmallRegion) -> None:
    table = """
        line_id | reversal_of | product     | dispensed_on | quantity
        -
        1       |             | pantoprazol | 2026-07-01   | 30
        2       |             | omeprazol   | 2026-08-01   | 30
        3       | 2           | omeprazol   | 2026-08-02   | -30
        """
    assert last(region, table) == {DOCTOR: {"ADHERENT": 1, "EXCLUDED": 2}}


def test_of_several_lines_on_the_last_day_a_conform_one_counts(region: SmallRegion) -> None:
    table = "product\n-\npantoprazol\nomeprazol\nesomeprazol"
    assert last(region, table) == {DOCTOR: {"ADHERENT": 1, "EXCLUDED": 2}}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_the_lines_changes_no_last_line(region: SmallRegion, order: tuple[int, ...]) -> None:
    lines = [
        "01000001 | omeprazol | 2026-07-01",
        "01000002 | omeprazol | 2026-07-02",
        "01000003 | omeprazol | 2026-07-02",
    ]
    table = "prescriber_agb | product | dispensed_on\n-\n" + "\n".join(lines[n] for n in order)
    assert last(region, table)["01000003"] == {"NON_ADHERENT": 1}


def test_the_last_line_counts_for_who_prescribed_it(region: SmallRegion) -> None:
    table = """
        prescriber_agb | product     | dispensed_on
        -
        01000001       | pantoprazol | 2026-07-01
        01000002       | omeprazol   | 2026-08-01
        """
    assert last(region, table) == {"01000001": {"EXCLUDED": 1}, "01000002": {"NON_ADHERENT": 1}}


def test_a_line_without_a_patient_is_nobody_s_last(region: SmallRegion) -> None:
    assert last(region, "patient | product\n-\n- | pantoprazol") == {DOCTOR: {"EXCLUDED": 1}}


def test_an_exception_or_an_unknown_product_stays_what_it_is(region: SmallRegion) -> None:
    table = """
        product     | label  | remark | dispensed_on
        -
        omeprazol   |        | 03     | 2026-09-01
                    | XQZZWK |        | 2026-09-02
        pantoprazol |        |        | 2026-07-01
        """
    assert last(region, table) == {DOCTOR: {"ADHERENT": 1, "EXCEPTED": 1, "UNIDENTIFIED": 1}}


def test_last_lines_add_up_to_the_lines_read(region: SmallRegion) -> None:
    table = "product\n-\npantoprazol\nomeprazol\nsumatriptan\npantoprazol\nesomeprazol"
    assert sum(last(region, table)[DOCTOR].values()) == 5


def test_last_lines_of_a_year_are_not_those_of_its_quarters(region: SmallRegion) -> None:
    table = "product | dispensed_on\n-\nomeprazol | 2026-06-30\npantoprazol | 2026-07-01"
    counted = region.indicators(last=ACID).assess(table, Period.parse("2026")).counts
    assert counted.filter(level="prescriber").select("outcome", "lines").rows() == [("ADHERENT", 1), ("EXCLUDED", 1)]


def test_two_indicators_may_look_at_the_same_last_lines(region: SmallRegion) -> None:
    other = 'population = { lines = "LAST", atc = ["A02BC01"] }\n' + FORMULARY
    table = "product | dispensed_on\n-\nomeprazol | 2026-07-01\npantoprazol | 2026-08-01"
    region.indicators(all=ACID, one=other)
    assert region.counts(table, "ALL") == {DOCTOR: {"ADHERENT": 1, "EXCLUDED": 1}}
    assert region.counts(table, "ONE") == {DOCTOR: {"NON_ADHERENT": 1, "EXCLUDED": 1}}


def test_a_composite_is_the_sum_of_its_parts(region: SmallRegion) -> None:
    region.indicators(
        acid='population = { atc = ["A02BC"] }\n' + FORMULARY,
        migraine='population = { atc = ["N02CC"] }\nconform = [{ atc = ["N02CC01"] }]',
        both='composite = ["ACID", "MIGRAINE"]',
    ).entries("entry_id | atc\n-\na | A02BC02\nb | N02CC01")
    table = "product\n-\npantoprazol\nomeprazol\nsumatriptan"
    assert region.counts(table, "BOTH") == {DOCTOR: {"ADHERENT": 2, "NON_ADHERENT": 1, "EXCLUDED": 3}}


def test_a_composite_of_composites_adds_up_to_the_last_part(region: SmallRegion) -> None:
    region.indicators(acid=ACID, one='composite = ["ACID"]', two='composite = ["ONE", "ACID"]')
    assert region.counts("product\n-\npantoprazol", "TWO") == {DOCTOR: {"ADHERENT": 2}}


def test_an_indicator_of_cost_adds_up_cents(region: SmallRegion) -> None:
    region.indicators(cost='unit = "COST"\npopulation = { atc = ["A02BC"] }\n' + FORMULARY)
    table = """
        product     | cost_cents
        -
        pantoprazol | 1250
        pantoprazol | 999
        omeprazol   | 300
        sumatriptan | 7000
        """
    assert region.counts(table, "COST") == {DOCTOR: {"ADHERENT": 2249, "NON_ADHERENT": 300, "EXCLUDED": 7000}}


def test_a_line_without_an_amount_adds_no_cents(region: SmallRegion) -> None:
    region.indicators(cost='unit = "COST"\npopulation = {}\n' + FORMULARY)
    assert region.counts("product | cost_cents\n-\npantoprazol | 100\npantoprazol |", "COST") == {
        DOCTOR: {"ADHERENT": 100}
    }


def test_an_indicator_of_last_lines_may_add_up_cents(region: SmallRegion) -> None:
    region.indicators(cost='unit = "COST"\npopulation = { lines = "LAST", atc = ["A02BC"] }\n' + FORMULARY)
    table = "product | dispensed_on | cost_cents\n-\nomeprazol | 2026-07-01 | 300\npantoprazol | 2026-08-01 | 1250"
    assert region.counts(table, "COST") == {DOCTOR: {"ADHERENT": 1250, "EXCLUDED": 300}}


@pytest.mark.parametrize(
    ("limit", "product", "outcome"),
    [
        ("40 mg", "simvastatine 40", "ADHERENT"),
        ("40 mg", "simvastatine 80", "NON_ADHERENT"),
        ("39,9 mg", "simvastatine 40", "NON_ADHERENT"),
        ("40.0 mg", "simvastatine 40", "ADHERENT"),
        ("40 g", "simvastatine 40", "NON_ADHERENT"),
        ("40 mg", "simvastatine drank", "NON_ADHERENT"),
        ("8 mg/ml", "simvastatine drank", "ADHERENT"),
    ],
)
def test_a_strength_is_compared_as_a_number_in_the_same_unit(
    region: SmallRegion, limit: str, product: str, outcome: str
) -> None:
    region.entries("entry_id | atc\n-\na | C10AA01")
    assert rate(region, f'strength_max = "{limit}"', f"product\n-\n{product}") == {outcome: 1}


def test_an_unknown_strength_meets_no_limit(region: SmallRegion) -> None:
    region.entries("entry_id | atc\n-\na | C10AA01")
    assert rate(region, 'strength_max = "40 mg"', "atc\n-\nC10AA01") == {"NON_ADHERENT": 1}


@pytest.mark.parametrize(("quantity", "outcome"), [("12", "ADHERENT"), ("12,5", "NON_ADHERENT"), ("", "NON_ADHERENT")])
def test_a_quantity_up_to_the_limit_is_conform(region: SmallRegion, quantity: str, outcome: str) -> None:
    table = f"product | quantity\n-\npantoprazol | {quantity}"
    assert rate(region, "quantity_max = 12", table) == {outcome: 1}


def test_every_quantity_limit_is_its_own(region: SmallRegion) -> None:
    region.indicators(
        few="population = {}\nconform = [{ quantity_max = 14 }]",
        many="population = {}\nconform = [{ quantity_max = 90 }]",
    )
    table = "product | quantity\n-\npantoprazol | 30"
    assert region.counts(table, "FEW") == {DOCTOR: {"NON_ADHERENT": 1}}
    assert region.counts(table, "MANY") == {DOCTOR: {"ADHERENT": 1}}


def test_all_fields_of_one_condition_must_hold(region: SmallRegion) -> None:
    table = "product | quantity\n-\npantoprazol | 10\npantoprazol | 30\nomeprazol | 10"
    assert rate(region, 'atc = ["A02BC02"], quantity_max = 12', table) == {"ADHERENT": 1, "NON_ADHERENT": 2}


def test_a_named_rule_leaves_the_lines_of_a_kind_of_prescriber_out(region: SmallRegion) -> None:
    region.indicators(rate=left_out('provider_types = ["03"]'))
    assert region.counts(BY_TWO, "RATE") == {"01000001": {"ADHERENT": 1}, "03000001": {"EXCLUDED": 1}}


def test_a_named_rule_leaves_a_group_of_medicines_out(region: SmallRegion) -> None:
    region.indicators(rate=left_out('atc = ["J07"]')).entries("entry_id | atc\n-\na | A02BC02\nb | J07AM01")
    assert region.counts("product\n-\npantoprazol\ntetanusvaccin", "RATE") == {DOCTOR: {"ADHERENT": 1, "EXCLUDED": 1}}


def test_a_rule_that_the_indicator_does_not_name_leaves_nothing_out(region: SmallRegion) -> None:
    region.indicators(rate=left_out('atc = ["A02"]').replace('exclude = ["RULE"]', ""))
    assert region.counts(BY_TWO, "RATE")["03000001"] == {"ADHERENT": 1}


def test_all_fields_of_one_rule_must_hold(region: SmallRegion) -> None:
    region.indicators(rate=left_out('atc = ["A02BC"]\nprovider_types = ["03"]'))
    assert region.counts(BY_TWO, "RATE") == {"01000001": {"ADHERENT": 1}, "03000001": {"EXCLUDED": 1}}


def test_a_population_of_coded_indications_leaves_out_what_has_none(region: SmallRegion) -> None:
    table = "product | icpc\n-\npantoprazol | D84\npantoprazol |"
    assert population(region, "coded_indication = true", table) == {"ADHERENT": 1, "EXCLUDED": 1}


def test_a_population_may_be_of_one_indication(region: SmallRegion) -> None:
    table = "product | icpc\n-\npantoprazol | D84\npantoprazol | D87\npantoprazol | L88\npantoprazol |"
    assert population(region, 'icpc = ["D84-D86", "L88"]', table) == {"ADHERENT": 2, "EXCLUDED": 2}


@pytest.mark.parametrize(("born", "outcome"), [("1956", "ADHERENT"), ("1957", "EXCLUDED"), ("", "EXCLUDED")])
def test_a_population_from_an_age_has_no_unknown_ages(region: SmallRegion, born: str, outcome: str) -> None:
    assert population(region, "age_min = 70", f"product | birth_year\n-\npantoprazol | {born}") == {outcome: 1}


@pytest.mark.parametrize(("born", "outcome"), [("2009", "ADHERENT"), ("2008", "EXCLUDED"), ("", "EXCLUDED")])
def test_a_population_up_to_an_age_has_no_unknown_ages(region: SmallRegion, born: str, outcome: str) -> None:
    assert population(region, "age_max = 17", f"product | birth_year\n-\npantoprazol | {born}") == {outcome: 1}


def test_a_population_of_one_sex_has_no_unknown_sexes(region: SmallRegion) -> None:
    table = "product | sex\n-\npantoprazol | F\npantoprazol | M\npantoprazol |"
    assert population(region, 'sex = "F"', table) == {"ADHERENT": 1, "EXCLUDED": 2}


def test_a_population_may_leave_a_subgroup_out(region: SmallRegion) -> None:
    table = "product\n-\npantoprazol\nomeprazol"
    assert population(region, 'atc = ["A02B"], atc_except = ["A02BC01"]', table) == {"ADHERENT": 1, "EXCLUDED": 1}


def test_an_exception_outside_the_population_is_excluded_from_the_rate(region: SmallRegion) -> None:
    table = "product | remark\n-\nomeprazol | 03"
    assert population(region, 'atc = ["N02CC"]', table) == {"EXCLUDED": 1}
    assert population(region, 'atc = ["A02BC"]', table) == {"EXCEPTED": 1}


def test_whatever_the_population_every_indicator_adds_up_to_the_lines_read(region: SmallRegion) -> None:
    region.indicators(
        last=ACID,
        starts='population = { lines = "STARTS" }\n' + FORMULARY,
        old="population = { age_min = 70 }\n" + FORMULARY,
    )
    table = "product | label\n-\npantoprazol |\nomeprazol |\nsumatriptan |\n | XQZZWK\n |"
    totals = [sum(region.counts(table, name)[DOCTOR].values()) for name in ("LAST", "STARTS", "OLD")]
    assert totals == [5, 5, 5]
