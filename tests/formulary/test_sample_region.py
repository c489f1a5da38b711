"""The bundled sample region is complete, consistent, and clearly invented."""

from pathlib import Path

import polars as pl
import pytest

from formulary import Advice, PopulationLines, Rulebook, gstandaard, load_rulebook, sample_folder

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
    "the old code of pregabalin is dropped": (("PIJN-NEUROP-07", "N03AX16"), ((RECOMMENDED, None, None), None)),
    "omeprazole stays where it was": (("MDL-REFLUX-02", "A02BC01"), ((RECOMMENDED, 1, 2), (RECOMMENDED, 1, 2))),
}
RATES = ["FORMULARY", "FIRST_CHOICE", "FGV1", "FGV2", "FGV3"]
PREFERRED = ["PPI", "STATIN", "LIPID", "RAS", "ARB", "ANTIDEPRESSANT", "NSAID", "TRIPTAN", "BISPHOSPHONATE"]


@pytest.fixture(scope="module")
def sample() -> Rulebook:
    return load_rulebook(sample_folder())


@pytest.fixture(scope="module")
def entries(sample: Rulebook) -> pl.DataFrame:
    """One row an entry: the ranges of its indication do not matter here."""
    return sample.entries.unique(["formulary_version", "entry_id"], maintain_order=True)


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
def test_a_preferred_pair_asks_the_same_of_starts_and_of_all_lines(sample: Rulebook, name: str) -> None:
    starts, all_lines = sample.indicator(f"{name}_A"), sample.indicator(f"{name}_B")
    assert (starts.population.lines, all_lines.population.lines) == (PopulationLines.STARTS, PopulationLines.ALL)
    assert (starts.population.atc, starts.conform) == (all_lines.population.atc, all_lines.conform)


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
