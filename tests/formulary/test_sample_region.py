"""The bundled sample region is complete, consistent, and clearly invented."""

import csv
import io
from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from formulary import (
    Advice,
    Indicator,
    Population,
    PopulationLines,
    Rulebook,
    Unit,
    gstandaard,
    lint,
    load_rulebook,
    sample_folder,
)
from formulary.documents import Direction

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"
needs_shared_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the tables to compare with are not here")

# What the change list of 2026 is about, one of each kind: (advice, step, rank) in 2025 and in 2026.
RECOMMENDED, NOT_RECOMMENDED = "RECOMMENDED", "NOT_RECOMMENDED"
CHANGES = {
    "esomeprazole is no longer recommended": (
        ("MDL-REFLUX-05", "A02BC05"),
        ((RECOMMENDED, 3, 5), (NOT_RECOMMENDED, None, None)),
    ),
    "dapagliflozin becomes a step in diabetes": (
        ("DM-TWEE-03", "A10BK01"),
        ((RECOMMENDED, None, None), (RECOMMENDED, 2, 2)),
    ),
    "dapagliflozin is added in heart failure": (("CVRM-HFSGLT2-01", "A10BK01"), (None, (RECOMMENDED, 1, 1))),
    "atorvastatin takes the first place": (
        ("CVRM-LIPIDEN-02", "C10AA05"),
        ((RECOMMENDED, 1, 2), (RECOMMENDED, 1, 1)),
    ),
    "pregabalin keeps its place though its code moved": (
        ("PIJN-NEUROP-04", "N02BF02"),
        ((RECOMMENDED, 2, 5), (RECOMMENDED, 2, 5)),
    ),
    "omeprazole stays where it was": (("MDL-REFLUX-02", "A02BC01"), ((RECOMMENDED, 1, 2), (RECOMMENDED, 1, 2))),
}
RATES = ["FORMULARY", "FIRST_CHOICE", "FGV1", "FGV2", "FGV3"]
PREFERRED = ["PPI", "STATIN", "LIPID", "RAS", "ARB", "ANTIDEPRESSANT", "NSAID", "TRIPTAN", "BISPHOSPHONATE"]


SPECIALISTS_TOO = ["FORMULARY", "FIRST_CHOICE"]
KINDS: dict[str, tuple[str, Callable[[Indicator], bool]]] = {
    "by strength": ("SIMVASTATIN_DOSE_B", lambda each: each.conform[0].strength_max == "40 mg"),
    "by quantity": ("TRIPTAN_QUANTITY", lambda each: each.conform[0].quantity_max == 12),
    "by age": ("NORTRIPTYLINE_70", lambda each: each.population is not None and each.population.age_min == 70),
    "by device": ("AEROSOL_A", lambda each: each.conform[0].device == ["aerosol"]),
    "by daily doses": ("RESERVE_ANTIBIOTIC_DDD", lambda each: each.unit is Unit.DDD),
    "by patients": ("OPIOID_PATIENTS", lambda each: each.unit is Unit.PATIENTS),
    "by cost": ("PPI_COST", lambda each: each.unit is Unit.COST),
    "lower is better": ("RESERVE_ANTIBIOTIC", lambda each: each.direction is Direction.LOWER),
    "no judgement": ("METFORMIN_A", lambda each: each.direction is Direction.NONE),
    "a sum of others": ("PREFERRED_B", lambda each: len(each.composite) == 7),
}
FILLED = {
    "age_min": 100,
    "age_max": 1,
    "sex": 40,
    "pregnancy": 20,
    "dose": 80,
    "dose_max": 70,
    "duration": 20,
    "start_only": 5,
    "strengths": 20,
    "without_medicine": 15,
    "review_on": 500,
    "valid_from": 1,
    "valid_until": 1,
}
TABLES = [
    "attendance.csv",
    "baselines.csv",
    "ddd.csv",
    "enrolment.csv",
    "participation.csv",
    "preferences.csv",
    "shortages.csv",
    "structure.csv",
    "succession.csv",
    "formulary/2025/entries.csv",
    "formulary/2026/entries.csv",
]


@pytest.fixture(scope="module")
def sample() -> Rulebook:
    return load_rulebook(sample_folder())


@pytest.fixture(scope="module")
def entries(sample: Rulebook) -> pl.DataFrame:
    """One row an entry of each version: stretches of days and the ranges of its indication do not matter here."""
    own = sample.entries.filter(~pl.col("by_grace"))
    return own.unique(["formulary_version", "entry_id"], maintain_order=True)


def test_the_region_says_that_it_is_invented(sample: Rulebook) -> None:
    assert (sample.region.invented, "verzonnen" in sample.region.name) == (True, True)


def test_every_rule_says_in_its_source_that_it_is_invented(sample: Rulebook) -> None:
    sources = [rule.source for rule in sample.calendar]
    sources += [scheme.source for scheme in sample.schemes]
    sources += [indicator.source for indicator in sample.indicators]
    assert [source for source in sources if "verzonnen" not in source.lower()] == []


def test_two_versions_follow_each_other_without_a_gap(sample: Rulebook) -> None:
    days = [(each.version, str(each.in_force_from), str(each.in_force_until)) for each in sample.calendar]
    assert days == [("2025", "2025-01-01", "2025-12-31"), ("2026", "2026-01-01", "None")]


@pytest.mark.parametrize("version", ["2025", "2026"])
def test_each_version_supports_at_least_three_hundred_medicines(entries: pl.DataFrame, version: str) -> None:
    supported = entries.filter(formulary_version=version).filter(pl.col("advice") == Advice.RECOMMENDED)
    assert supported.select(pl.struct("atc", "form", "device").n_unique()).item() >= 300


@pytest.mark.parametrize("change", CHANGES)
def test_the_second_version_changes_the_first(entries: pl.DataFrame, change: str) -> None:
    (entry_id, atc), expected = CHANGES[change]
    rows = {row["formulary_version"]: row for row in entries.filter(entry_id=entry_id, atc=atc).iter_rows(named=True)}
    found = [(row["advice"], row["step"], row["rank"]) if (row := rows.get(v)) else None for v in ("2025", "2026")]
    assert tuple(found) == expected


def test_no_two_entries_of_an_indication_have_the_same_rank(entries: pl.DataFrame) -> None:
    ranked = entries.drop_nulls("rank").group_by("formulary_version", "indication", "rank").len()
    assert ranked.filter(pl.col("len") > 1).height == 0


def test_every_ranking_starts_at_one(entries: pl.DataFrame) -> None:
    first = entries.drop_nulls("rank").group_by("formulary_version", "indication").agg(pl.col("rank").min())
    assert first["rank"].unique().to_list() == [1]


def test_every_entry_names_the_substance_of_its_code(sample: Rulebook, entries: pl.DataFrame) -> None:
    names = dict(sample.substances.iter_rows())
    wrong = [
        (row["atc"], row["substance"])
        for row in entries.iter_rows(named=True)
        if not names.get(row["atc"], "").lower().startswith(row["substance"].lower())
    ]
    assert wrong == []


def test_every_entry_in_force_has_products_to_choose(sample: Rulebook, entries: pl.DataFrame) -> None:
    in_force = entries.filter(formulary_version="2026")
    assert in_force.join(sample.catalogue, on="atc", how="anti")["atc"].to_list() == []


@pytest.mark.parametrize("kind", ["zi", "hpk", "prk", "gpk"])
def test_every_code_passes_its_check_digit(sample: Rulebook, kind: str) -> None:
    # Read from the file itself: a loaded catalogue leaves out codes that fail.
    written = pl.read_csv(sample_folder() / "catalogue.csv", infer_schema=False)[kind].drop_nulls().cast(pl.Int64)
    assert [code for code in written.unique().to_list() if not gstandaard.is_valid(code)] == []


def test_no_article_number_is_a_local_one_or_stands_twice(sample: Rulebook) -> None:
    numbers = sample.catalogue["zi"].drop_nulls().to_list()
    assert (any(map(gstandaard.is_local, numbers)), len(numbers) - len(set(numbers))) == (False, 0)


@pytest.mark.parametrize(("column", "longest"), [("label_name", 27), ("product_name", 50)])
def test_names_fit_the_field_they_have_in_pharmacy_systems(sample: Rulebook, column: str, longest: int) -> None:
    assert sample.catalogue[column].str.len_chars().max() == longest


def test_no_label_names_two_substances(sample: Rulebook) -> None:
    labels = sample.catalogue.group_by("label_name").agg(pl.col("atc").n_unique())
    assert labels.filter(pl.col("atc") > 1)["label_name"].to_list() == []


def test_every_substance_with_a_volume_has_a_product(sample: Rulebook) -> None:
    volumes = pl.read_csv(sample_folder() / "volumes.csv")
    assert volumes.join(sample.catalogue, on="atc", how="anti")["atc"].to_list() == []


@pytest.mark.parametrize("indicator_id", RATES)
def test_the_rates_that_everyone_asks_for_are_there(sample: Rulebook, indicator_id: str) -> None:
    assert sample.indicator(indicator_id).id == indicator_id


@pytest.mark.parametrize("name", PREFERRED)
def test_a_preferred_pair_asks_the_same_of_new_users_and_of_all_users(sample: Rulebook, name: str) -> None:
    new, last = sample.indicator(f"{name}_A"), sample.indicator(f"{name}_B")
    assert new.population is not None
    assert last.population == new.population.model_copy(update={"lines": PopulationLines.LAST})
    assert (new.population.lines, last.conform) == (PopulationLines.STARTS, new.conform)


@pytest.mark.parametrize("indicator_id", SPECIALISTS_TOO)
def test_a_rate_over_everyone_excludes_nobody(sample: Rulebook, indicator_id: str) -> None:
    assert sample.indicator(indicator_id).population == Population()


def test_every_other_rate_leaves_the_lines_of_specialists_out(sample: Rulebook) -> None:
    others = [each for each in sample.indicators if each.population and each.id not in SPECIALISTS_TOO]
    assert [each.id for each in others if each.population and "SPECIALIST" not in each.population.exclude] == []


@pytest.mark.parametrize("wanted", KINDS)
def test_each_way_to_describe_a_rate_is_used(sample: Rulebook, wanted: str) -> None:
    indicator_id, has = KINDS[wanted]
    assert has(sample.indicator(indicator_id))


def test_a_line_counts_once_in_a_composite(sample: Rulebook) -> None:
    groups = [
        group
        for part in sample.indicator("PREFERRED_A").composite
        if (population := sample.indicator(part).population)
        for group in population.atc
    ]
    assert [(one, other) for one, other in permutations(groups, 2) if one.startswith(other)] == []


@pytest.mark.parametrize("column", FILLED)
def test_entries_say_what_real_formularies_say(column: str) -> None:
    entries = pl.read_csv(sample_folder() / "formulary" / "2026" / "entries.csv", infer_schema=False)
    assert entries[column].drop_nulls().len() >= FILLED[column]


@pytest.mark.parametrize("version", ["2025", "2026"])
def test_every_entry_says_in_its_source_that_it_is_invented(version: str) -> None:
    entries = pl.read_csv(sample_folder() / "formulary" / version / "entries.csv", infer_schema=False)
    assert entries.filter(~pl.col("source").fill_null("").str.starts_with("verzonnen")).height == 0


def test_nothing_in_the_region_is_suspicious(sample: Rulebook) -> None:
    assert [suspicion.sentence() for suspicion in lint(sample, date(2026, 9, 30))] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_written_in_one_way(table: str) -> None:
    written = (sample_folder() / table).read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(written)))
    again = io.StringIO()
    csv.writer(again, lineterminator="\n").writerows(rows)
    assert again.getvalue() == written


@needs_shared_data
def test_the_names_are_those_of_the_national_table(sample: Rulebook) -> None:
    national = pl.read_csv(SHARED_DATA / "nl_substance_atc" / "substances.csv").select("atc", "name_nl").drop_nulls()
    both = sample.substances.join(national, on="atc", suffix="_national")
    assert both.filter(pl.col("name_nl") != pl.col("name_nl_national")).height == 0


@needs_shared_data
def test_every_code_that_can_be_chosen_exists_in_the_national_tables(entries: pl.DataFrame) -> None:
    national = pl.read_csv(SHARED_DATA / "nl_substance_atc" / "substances.csv")
    assert entries.join(national, on="atc", how="anti")["atc"].unique().to_list() == []


@needs_shared_data
def test_the_volumes_are_those_of_the_national_table() -> None:
    national = pl.read_csv(SHARED_DATA / "nl_gip_volumes" / "gip_2017_2021.csv").filter(year=2021)
    both = pl.read_csv(sample_folder() / "volumes.csv").join(national, on="name_nl", suffix="_national")
    assert both.filter(pl.col("dispensings") == pl.col("dispensings_national"))["atc"].n_unique() == 425


def test_seventy_practices_are_left_of_seventy_one_after_a_merger(sample: Rulebook) -> None:
    practices = held_on(sample, "practice")
    assert [practices(day)["id"].n_unique() for day in (date(2026, 6, 30), date(2026, 7, 1))] == [71, 70]


def test_one_doctor_moves_to_another_subregion_within_a_quarter(sample: Rulebook) -> None:
    places = sample.circumstances.memberships.filter(level="prescriber", id="01423433").sort("valid_from")
    assert places.select("part_of", "valid_from").rows() == [
        ("01050739", date(2024, 1, 1)),
        ("01050271", date(2026, 9, 14)),
    ]


@pytest.mark.parametrize(
    ("level", "above"), [("prescriber", "practice"), ("practice", "group"), ("group", "subregion")]
)
def test_everyone_is_part_of_something_that_is_there_that_day(sample: Rulebook, level: str, above: str) -> None:
    for day in (date(2025, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31)):
        assert set(held_on(sample, level)(day)["part_of"]) == set(held_on(sample, above)(day)["id"])


def test_the_subregions_are_part_of_the_region(sample: Rulebook) -> None:
    assert held_on(sample, "subregion")(date(2026, 1, 1))["part_of"].unique().to_list() == [sample.region.id]


def test_every_practice_has_enrolled_patients_in_each_quarter_it_is_there(sample: Rulebook) -> None:
    practices = held_on(sample, "practice")
    first_days = {
        f"{year}-Q{quarter}": date(year, 3 * quarter - 2, 1) for year in (2025, 2026) for quarter in range(1, 5)
    }
    enrolled = set(sample.circumstances.enrolment.select("practice_agb", "first_day").iter_rows())
    missing = [
        (practice, quarter)
        for quarter, day in first_days.items()
        for practice in practices(day)["id"]
        if (practice, day) not in enrolled
    ]
    assert missing == []


def test_only_doctors_of_the_structure_take_part_in_a_scheme_that_exists(sample: Rulebook) -> None:
    doctors = set(sample.circumstances.memberships.filter(level="prescriber")["id"])
    schemes = {scheme.id for scheme in sample.schemes}
    assert set(sample.circumstances.participation["id"]) <= doctors
    assert set(sample.circumstances.participation["scheme"]) <= schemes


def test_two_insurers_designate_products_that_are_in_the_catalogue(sample: Rulebook) -> None:
    preferences = sample.circumstances.preferences
    assert preferences["insurer_uzovi"].unique().sort().to_list() == ["9001", "9002"]
    assert preferences.join(sample.catalogue, on="zi", how="anti").height == 0


def test_a_shortage_covers_part_of_the_month_of_the_demo(sample: Rulebook) -> None:
    assert sample.circumstances.shortages.select("atc", "valid_from", "valid_until").rows() == [
        ("N06AB06", date(2026, 8, 24), date(2026, 9, 18))
    ]


def test_no_code_that_moved_is_left_in_the_rules_or_the_catalogue(sample: Rulebook, entries: pl.DataFrame) -> None:
    former = {each.former for each in sample.circumstances.succession}
    assert former & ({*entries["atc"]} | {*sample.catalogue["atc"]}) == set()


@needs_shared_data
def test_every_code_that_others_moved_to_exists_in_the_national_table(sample: Rulebook) -> None:
    national = set(pl.read_csv(SHARED_DATA / "nl_substance_atc" / "substances.csv")["atc"])
    assert {each.successor for each in sample.circumstances.succession} - national == set()


def held_on(sample: Rulebook, level: str) -> Callable[[date], pl.DataFrame]:
    """Return a function of a day that gives the memberships of a level on it."""
    members = sample.circumstances.memberships.filter(level=level)
    until = pl.col("valid_until").fill_null(date.max)
    return lambda day: members.filter(pl.lit(day).is_between("valid_from", until))
