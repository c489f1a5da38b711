"""The demo's month of lines is repeatable, complete, and as untidy as a real export."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from formulary import Advice, agb, gstandaard, load_rulebook, sample_folder
from service.demo import make_demo_lines

LINES = 20_000

# In how many of a hundred lines something is so: at least, at most.
SHARES = {
    "a ZI number": (pl.col("zi-nummer").is_not_null(), 69, 74),
    "a ZI number of the pharmacy's own": (pl.col("zi-nummer").str.starts_with("9"), 0.5, 1.5),
    "a label only": (pl.col("zi-nummer").is_null() & pl.col("etiket").is_not_null(), 26, 31),
    "no product at all": (pl.all_horizontal(pl.col("zi-nummer", "atc", "etiket").is_null()), 0.1, 0.5),
    "a credit": (pl.col("credit van").is_not_null(), 1.5, 2.5),
    "no prescriber": (pl.col("voorschrijver").is_null(), 0.1, 0.5),
    "a prescriber without the leading zero": (pl.col("voorschrijver").str.len_bytes() == 7, 0.2, 0.9),
    "an impossible date": (pl.col("afleverdatum") == "31-09-2026", 0.1, 0.5),
    "a quantity in words": (pl.col("hoeveelheid") == "dertig", 0.1, 0.5),
    "a diagnosis": (pl.col("icpc").is_not_null(), 42, 48),
    "a first-issue mark": (pl.col("eerste uitgifte").is_in(["J", "N"]), 83, 87),
    "a remark code": (pl.col("opmerking").is_in(["02", "03", "08", "09"]), 2, 4),
    "a medical specialist": (pl.col("specialisme voorschrijver").str.starts_with("03"), 3, 10),
}
HOW_MANY = {"voorschrijver": 106, "apotheek": 20, "praktijk": 70, "verzekeraar": 4}


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo_lines(sample_folder(), tmp_path_factory.mktemp("demo") / "regels.csv", lines=LINES)


@pytest.fixture(scope="module")
def lines(demo_file: Path) -> pl.DataFrame:
    return pl.read_csv(demo_file, separator=";", infer_schema=False)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, demo_file: Path) -> None:
    again = make_demo_lines(sample_folder(), tmp_path / "again.csv", lines=LINES)
    assert again.read_bytes() == demo_file.read_bytes()


def test_another_seed_gives_other_lines(tmp_path: Path, demo_file: Path) -> None:
    other = make_demo_lines(sample_folder(), tmp_path / "other.csv", lines=LINES, seed=7)
    assert other.read_bytes() != demo_file.read_bytes()


@pytest.mark.parametrize("count", [1, 2, 999])
def test_as_many_lines_are_written_as_were_asked_for(tmp_path: Path, count: int) -> None:
    written = make_demo_lines(sample_folder(), tmp_path / "few.csv", lines=count)
    assert len(written.read_text("utf-8").splitlines()) == count + 1


def test_no_line_number_is_lost_or_moved(lines: pl.DataFrame) -> None:
    assert lines["regelnummer"].cast(pl.Int64).to_list() == list(range(1, LINES + 1))


@pytest.mark.parametrize("what", SHARES)
def test_about_as_many_lines_as_in_a_real_export_have(lines: pl.DataFrame, what: str) -> None:
    condition, at_least, at_most = SHARES[what]
    assert at_least <= lines.select(condition.fill_null(value=False).mean() * 100).item() <= at_most


@pytest.mark.parametrize("column", HOW_MANY)
def test_the_region_has_as_many_parties_as_a_real_one(lines: pl.DataFrame, column: str) -> None:
    assert lines[column].drop_nulls().str.zfill(4 if column == "verzekeraar" else 8).n_unique() == HOW_MANY[column]


def test_every_general_practitioner_is_in_the_practice_of_the_structure_on_that_day(lines: pl.DataFrame) -> None:
    structure = load_rulebook(sample_folder()).circumstances.memberships.filter(pl.col("level") == "prescriber")
    dated = lines.select(
        pl.col("voorschrijver").str.zfill(8).alias("id"),
        "praktijk",
        pl.col("afleverdatum").str.to_date("%d-%m-%Y", strict=False).alias("day"),
    ).drop_nulls()
    placed = dated.join(structure, left_on=["id", "praktijk"], right_on=["id", "part_of"], how="left")
    held = (pl.col("valid_from") <= pl.col("day")) & (pl.col("day") <= pl.col("valid_until").fill_null(date.max))
    assert placed.filter(~held.fill_null(value=False)).height == 0


def test_a_doctor_who_moved_within_the_month_is_in_both_practices(lines: pl.DataFrame) -> None:
    practices = (
        lines.filter(pl.col("praktijk").is_not_null()).group_by("voorschrijver").agg(pl.col("praktijk").unique())
    )
    assert [row for row in practices.iter_rows() if len(row[1]) > 1] != []


@pytest.mark.parametrize(("atc", "sex"), [("G03AA07", "V"), ("G04CA02", "M")])
def test_a_medicine_for_one_sex_is_dispensed_to_that_sex(lines: pl.DataFrame, atc: str, sex: str) -> None:
    assert lines.filter(pl.col("atc") == atc)["geslacht"].unique().to_list() == [sex]


def test_no_child_gets_a_medicine_for_adults_only(lines: pl.DataFrame) -> None:
    adults_only = lines.filter(pl.col("atc").str.starts_with("C10"))
    assert adults_only.filter(pl.col("geboortejaar").cast(pl.Int64) > 2008).height == 0


@pytest.mark.parametrize("column", ["voorschrijver", "apotheek", "praktijk"])
def test_every_provider_code_is_valid_once_its_zero_is_back(lines: pl.DataFrame, column: str) -> None:
    written = lines[column].drop_nulls().unique().to_list()
    assert [code for code in written if not agb.is_valid(agb.compact(code))] == []


def test_every_article_number_is_in_the_catalogue_or_local(lines: pl.DataFrame) -> None:
    numbers = set(lines["zi-nummer"].drop_nulls().cast(pl.Int64).to_list())
    known = set(load_rulebook(sample_folder()).catalogue["zi"].drop_nulls().to_list())
    assert [number for number in numbers - known if not gstandaard.is_local(number)] == []


def test_patients_are_invented_names_that_hold_no_citizen_service_number(lines: pl.DataFrame) -> None:
    assert lines["patient"].str.contains(r"^P\d{7}$").all()


def test_most_labels_stand_in_the_catalogue_and_some_are_mistyped(lines: pl.DataFrame) -> None:
    catalogue = load_rulebook(sample_folder()).catalogue
    known = pl.concat([catalogue["product_name"], catalogue["label_name"]]).unique()
    unknown = lines["etiket"].drop_nulls().is_in(known.implode()).not_().mean()
    assert isinstance(unknown, float)
    assert 0.06 <= unknown <= 0.11


def test_a_credit_takes_back_an_earlier_line_of_the_same_patient_and_pharmacy(lines: pl.DataFrame) -> None:
    same = ["patient", "apotheek", "geboortejaar"]
    taken_back = lines.drop_nulls("credit van").join(
        lines, left_on="credit van", right_on="regelnummer", suffix="_credited", validate="1:1"
    )
    earlier = taken_back["credit van"].cast(pl.Int64) < taken_back["regelnummer"].cast(pl.Int64)
    assert earlier.all()
    assert all((taken_back[name] == taken_back[f"{name}_credited"]).all() for name in same)


def test_a_credit_has_the_negative_amount_of_its_line(lines: pl.DataFrame) -> None:
    taken_back = lines.drop_nulls("credit van").join(
        lines, left_on="credit van", right_on="regelnummer", suffix="_credited"
    )
    assert (taken_back["bedrag"] == "-" + taken_back["bedrag_credited"]).all()


def test_amounts_have_a_decimal_comma(lines: pl.DataFrame) -> None:
    assert [amount for amount in lines["bedrag"] if not re.fullmatch(r"-?\d+,\d\d", amount)] == []


def test_prescribers_differ_as_much_as_real_ones(lines: pl.DataFrame) -> None:
    rulebook = load_rulebook(sample_folder())
    supported = rulebook.entries.filter(
        pl.col("formulary_version") == "2026", ~pl.col("by_grace"), pl.col("advice") == Advice.RECOMMENDED
    )
    products = rulebook.catalogue.select(pl.col("zi").cast(pl.String()).alias("zi-nummer"), pl.col("atc").alias("sold"))
    rates = (
        lines.join(products, on="zi-nummer")
        .group_by(pl.col("voorschrijver").str.zfill(8))
        .agg(pl.col("sold").is_in(supported["atc"].implode()).mean().alias("rate"))["rate"]
    )
    assert (rates.quantile(0.1) or 0) < 0.84
    assert (rates.quantile(0.9) or 0) > 0.91
