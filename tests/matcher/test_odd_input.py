"""What fell short of the text, each as the smallest example; what is marked falls short still."""

from pathlib import Path

import polars as pl
import pytest

from matcher import Period, Reading, read_lines
from tests.worlds import KEY, Desk, Rules, Version, scheme_of


def by(entries: str) -> Rules:
    """Return rules with one version that has these entries."""
    return Rules((Version("2026", "2026-01-01", entries=entries),))


def _read(folder: Path, content: bytes, name: str = "lines.csv") -> pl.DataFrame:
    (folder / name).write_bytes(content)
    return read_lines([folder / name], Reading(folder / "work", KEY)).lines.collect()


def _assessed_from_parquet(desk: Desk, folder: Path, **columns: object) -> pl.DataFrame:
    from matcher import Workplace, assess
    from tests.worlds import warm_identifier

    path = folder / "lines.parquet"
    pl.DataFrame({"dispensed_on": ["2026-03-02"], **columns}).write_parquet(path)
    raw = read_lines([path], Reading(folder / "work", KEY)).lines
    return assess(raw, desk.rulebook(), None, Workplace(KEY, identifier=warm_identifier())).lines.collect()


def test_an_agb_code_that_came_as_a_float_is_not_another_prescriber(desk: Desk, tmp_path: Path) -> None:
    lines = _assessed_from_parquet(desk, tmp_path, prescriber_agb=[1012345.0], atc=["A02BC01"])
    assert lines["prescriber_agb"].to_list() == ["01012345"]


def test_a_product_code_that_came_as_a_float_is_not_another_product(desk: Desk, tmp_path: Path) -> None:
    lines = _assessed_from_parquet(desk, tmp_path, prescriber_agb=["01012345"], prk=[700134.0])
    assert lines["prk"].to_list() == [700134]


def test_a_quantity_too_large_for_its_column_is_a_problem_of_its_line(desk: Desk) -> None:
    desk.holds("quantity || problem\n9999999999999999 || BAD_QUANTITY\n30 ||")


def test_advice_against_for_this_very_indication_is_followed(desk: Desk) -> None:
    entries = """
        indication | icpc | medicine  | advice          | rank
        Reflux     | D84  | omeprazol | RECOMMENDED     | 1
        Suiker     | T90  | omeprazol | NOT_RECOMMENDED |
    """
    desk.holds("medicine | icpc || outcome | reason\nomeprazol | T90 || NON_ADHERENT | NOT_RECOMMENDED", by(entries))


def test_without_an_indication_the_name_of_an_entry_does_not_decide_between_advice_for_and_against(desk: Desk) -> None:
    entries = """
        entry_id | indication | icpc | medicine  | advice
        B        | Reflux     | D84  | omeprazol | RECOMMENDED
        A        | Suiker     | T90  | omeprazol | NOT_RECOMMENDED
    """
    desk.holds("medicine || outcome\nomeprazol || ADHERENT", by(entries))


def test_a_device_that_an_entry_names_is_asked_for_without_a_form_too(desk: Desk) -> None:
    desk.holds(
        "medicine || outcome | reason\nsalbutamol poeder || NON_ADHERENT | OTHER_FORM",
        by("medicine | device | rank\nsalbutamol | aerosol | 1"),
    )


def test_a_mended_reject_and_its_patients_other_lines_are_one_history(desk: Desk) -> None:
    first = desk.assess("patient\n111222333").lines.collect()["patient"].item()
    older, newer = "patient | dispensed_on\n111222333 | 2026-01-02", f"patient | dispensed_on\n{first} | 2026-03-03"
    assert desk.assess(older, newer).lines.collect()["start"].to_list()[1] == "REPEAT"


def test_a_period_without_lines_has_empty_scores(desk: Desk) -> None:
    assert desk.assess("medicine\nomeprazol", period="2030").scores.height == 0


def test_rules_without_an_indicator_give_outcomes_and_no_scores(desk: Desk) -> None:
    assert desk.assess("medicine\nomeprazol", rules=Rules(indicators="")).scores.height == 0


def test_days_outside_a_scheme_are_not_paid_by_it(desk: Desk) -> None:
    scheme = scheme_of("indicator | minimum | percent | cents\nFORMULARY | 1 | 50 | 100")
    rules = Rules((Version("2025", "2025-01-01"),), schemes=(scheme,))
    rows = desk.rewarded("dispensed_on\n2025-03-02", rules, period="2025")
    assert sum(row["reward_cents"] for row in rows) == 0


def test_a_year_nought_is_no_period() -> None:
    assert Period.parse("0000") is None


def test_a_file_name_may_hold_brackets(tmp_path: Path) -> None:
    content = b"datum;voorschrijver;atc\n2026-01-05;01012345;A02BC01\n"
    assert _read(tmp_path, content, "lines[1].csv").height == 1


def test_a_parquet_file_may_have_a_column_named_row(tmp_path: Path) -> None:
    path = tmp_path / "lines.parquet"
    columns = {"row": [1], "dispensed_on": ["2026-01-05"], "prescriber_agb": ["01012345"], "atc": ["A02BC01"]}
    pl.DataFrame(columns).write_parquet(path)
    assert read_lines([path], Reading(tmp_path / "work", KEY)).lines.collect().height == 1


HEAD, SOUND = b"datum;voorschrijver;etiket\n", b"2026-01-06;01012345;PANTOPRAZOL\n"


@pytest.mark.parametrize("label", [b'"OMEPRAZOL"X', b' "OMEPRAZOL; 20 MG"'])
def test_a_quote_in_an_odd_place_costs_its_line_and_not_the_file(tmp_path: Path, label: bytes) -> None:
    lines = _read(tmp_path, HEAD + b"2026-01-05;01012345;" + label + b"\n" + SOUND)
    assert lines["label"].to_list()[1] == "PANTOPRAZOL"


@pytest.mark.parametrize("label", ["BSN111222333", "1112.22.333", "bsn_111222333"])
def test_a_citizen_service_number_glued_or_pointed_in_a_label_is_masked(desk: Desk, label: str) -> None:
    masked = desk.assess(f"medicine | label\nomeprazol | {label}").lines.collect()["label"].item()
    assert "111222333" not in masked.replace(".", "")


@pytest.mark.parametrize("number", ["PAT-778899", "77889", "7788990011", "JANSEN77"])
def test_a_patients_own_number_in_a_label_is_masked(desk: Desk, number: str) -> None:
    others = "omeprazol | 123456789012 | VOOR 55555\nomeprazol | 12 | VOOR 12"
    table = f"medicine | patient | label\n{others}\nomeprazol | {number} | VOOR {number}"
    assert desk.assess(table).lines.collect()["label"].to_list() == ["VOOR 55555", "VOOR 12", "VOOR [bsn]"]


def test_a_citizen_service_number_as_line_id_is_not_written(desk: Desk) -> None:
    assert desk.assess("line_id\n111222333").lines.collect()["line_id"].to_list() != ["111222333"]
