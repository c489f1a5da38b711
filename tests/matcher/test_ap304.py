"""Claims of pharmacies (AP304): what each field of a performance becomes on a line, in both versions."""

from pathlib import Path

import polars as pl
import pytest

from matcher import FileUnusable, claim_layouts
from tests.claims import VERSIONS, claim, comment, layout_of, put, read_claim, totalled
from tests.worlds import Desk

RECORDS = ("header", "insured", "performance", "comment", "trailer")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", RECORDS)
def test_the_fields_of_a_record_follow_each_other_without_a_gap_to_its_end(version: str, kind: str) -> None:
    layout = layout_of(version)
    fields = layout.records[kind].fields
    ends = [field.start + field.length for field in fields]
    assert [field.start for field in fields[1:]] + [layout.record_length + 1] == ends


def test_both_versions_are_known_by_the_number_in_the_header() -> None:
    assert {number: layout.version for number, layout in claim_layouts().items()} == {"07": "7.2", "08": "8.0"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_performance_becomes_a_line_with_everything_a_claim_knows(tmp_path: Path, version: str) -> None:
    line = read_claim(tmp_path, claim(tmp_path, version=version))[0].row(0, named=True)
    assert {name: value for name, value in line.items() if value is not None} == {
        "source": "claim.txt",
        "line_no": 3,
        "line_id": "R1",
        "dispensed_on": "20260302",
        "prescriber_agb": "01012345",
        "prescriber_specialism": "0100",
        "pharmacy_agb": "02001234",
        "patient": line["patient"],
        "birth_year": "1950",
        "sex": "2",
        "insurer_uzovi": "9001",
        "zi": "11000155",
        "quantity": "30",
        "cost_cents": "1250",
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_patient_is_a_pseudonym_from_the_first_frame_on(tmp_path: Path, version: str) -> None:
    records = claim(tmp_path, version=version)
    patients = read_claim(tmp_path, records)[0]["patient"]
    assert patients.str.contains(r"^ps-[A-Za-z0-9_-]{16}$").all()
    assert patients.n_unique() == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_a_credit_names_what_it_credits_and_counts_below_nought(tmp_path: Path, version: str) -> None:
    line = read_claim(tmp_path, claim(tmp_path, version=version))[0].row(-1, named=True)
    assert (line["reversal_of"], line["quantity"], line["cost_cents"]) == ("R3", "-90", "-900")


def test_a_debit_that_follows_on_an_earlier_claim_takes_nothing_back(tmp_path: Path) -> None:
    records = claim(tmp_path)
    records[2] = put(records[2], "reversal_of", "R0".ljust(20))
    assert read_claim(tmp_path, records)[0]["reversal_of"].to_list() == [None, None, None, None, "R3"]


def test_a_part_of_a_unit_is_written_with_a_decimal_comma(tmp_path: Path) -> None:
    assert read_claim(tmp_path, claim(tmp_path))[0]["quantity"].to_list() == ["30", "1", "2,500", "90", "-90"]


def test_remarks_are_carried(tmp_path: Path) -> None:
    assert read_claim(tmp_path, claim(tmp_path))[0]["remark"].to_list() == [None, None, "03", None, None]


def test_a_service_names_the_medicine_it_belongs_to_by_the_link_both_carry(tmp_path: Path) -> None:
    lines = read_claim(tmp_path, claim(tmp_path))[0]
    assert lines["supply"].to_list() == [None, "SERVICE", None, None, None]
    assert lines["linked_to"].to_list() == [None, "R1", None, None, None]


def test_a_service_without_a_prescriber_has_the_prescriber_of_its_medicine(tmp_path: Path) -> None:
    records = claim(tmp_path)
    records[3] = put(put(records[3], "prescriber_agb", "0" * 8), "prescriber_specialism", "0000")
    line = read_claim(tmp_path, records)[0].row(1, named=True)
    assert (line["prescriber_agb"], line["prescriber_specialism"]) == ("01012345", "0100")


SUPPLIES = {
    "a ZI number": ({}, None, "11000155"),
    "a local article": ({"code_list": "990", "code": "00000090000005"}, "LOCAL_ARTICLE", "90000005"),
    "the total of what the pharmacy compounds": ({"code_list": "999"}, "COMPOUND", None),
    "an ingredient of what the pharmacy compounds": ({"compounding": "1"}, "COMPOUND", "11000155"),
    "a service of an insurer": ({"code_list": "051"}, "SERVICE", None),
    "a service of a list we do not know": ({"code_list": "041"}, "SERVICE", None),
}


@pytest.mark.parametrize("name", SUPPLIES)
def test_what_a_performance_is_about_shows_from_its_list_and_recipe(tmp_path: Path, name: str) -> None:
    fields, supply, zi = SUPPLIES[name]
    records = claim(tmp_path)
    for field, value in fields.items():
        records[2] = put(records[2], field, value)
    line = read_claim(tmp_path, records)[0].row(0, named=True)
    assert (line["supply"], line["zi"]) == (supply, zi)


def test_articles_of_a_message_for_aids_are_aids(tmp_path: Path) -> None:
    records = claim(tmp_path, version="7.2")
    records[0] = put(records[0], "message_code", "120", "7.2")
    assert set(read_claim(tmp_path, records)[0]["supply"]) == {"AID", "SERVICE"}


def test_an_article_specified_as_an_aid_is_an_aid(tmp_path: Path) -> None:
    records = claim(tmp_path, version="7.2")
    records[2] = put(records[2], "aid", "01", "7.2")
    assert read_claim(tmp_path, records)[0]["supply"][0] == "AID"


def test_where_the_person_is_not_known_the_institution_prescribed(tmp_path: Path) -> None:
    records = claim(tmp_path)
    records[2] = put(put(records[2], "prescriber_agb", "0" * 8), "prescriber_institution", "06011234")
    assert read_claim(tmp_path, records)[0]["prescriber_agb"][0] == "06011234"


def test_a_performance_without_a_provider_is_of_the_pharmacy_in_the_header(tmp_path: Path) -> None:
    records = claim(tmp_path)
    records[0] = put(put(records[0], "practice", "02009999"), "insurer_uzovi", "9003")
    records[2] = put(put(put(records[2], "provider", "0" * 8), "practice", "0" * 8), "insurer_uzovi", "0000")
    line = read_claim(tmp_path, records)[0].row(0, named=True)
    assert (line["pharmacy_agb"], line["insurer_uzovi"]) == ("02009999", "9003")


PEOPLE = {
    "by insurer and insured number": ({"insured_no": "A123".ljust(15)}, True),
    "by the number in the pharmacy": ({"patient_no": "77".ljust(11)}, True),
    "not at all": ({}, False),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_who_has_no_citizen_service_number_is_known_otherwise(tmp_path: Path, name: str) -> None:
    fields, is_known = PEOPLE[name]
    records = [put(each, "bsn", "999999999") if each[:2] in ("02", "04") else each for each in claim(tmp_path)]
    for field, value in fields.items():
        records[1] = put(records[1], field, value)
    assert (read_claim(tmp_path, records)[0]["patient"][0] is not None) == is_known


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\n", "\r\n\x1a"])
def test_any_line_end_will_do(tmp_path: Path, ending: str) -> None:
    first, last = ("\r\n", ending) if "\x1a" in ending else (ending, ending)
    lines, file = read_claim(tmp_path, (first.join(claim(tmp_path)) + last).encode())
    assert (lines.height, file.format) == (5, "AP304")


def test_blank_lines_are_told_and_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    records = claim(tmp_path)
    lines, file = read_claim(tmp_path, [*records[:3], "  ", *records[3:]])
    assert (file.blank_lines, lines["line_no"].to_list()) == (1, [3, 5, 7, 8, 9])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_letters_with_accents_in_a_name_move_nothing(tmp_path: Path, encoding: str) -> None:
    records = claim(tmp_path)
    records[1] = put(records[1], "0210", "Müller-Çelik".ljust(25))
    lines, _ = read_claim(tmp_path, "\n".join(records).encode(encoding))
    assert (lines["damage"].null_count(), lines["birth_year"][0]) == (5, "1950")


def test_a_name_padded_by_bytes_moves_nothing_either(tmp_path: Path) -> None:
    records = claim(tmp_path)
    name = "Müller"
    records[1] = put(records[1], "0210", name.ljust(25))[:-1]
    assert read_claim(tmp_path, records)[0]["birth_year"].to_list()[0] == "1950"


def test_lower_case_letters_of_debit_and_credit_will_do(tmp_path: Path) -> None:
    records = [
        each[:306] + each[306:307].lower() + each[307:] if each[:2] == "04" else each for each in claim(tmp_path)
    ]
    assert read_claim(tmp_path, records)[0]["cost_cents"].to_list() == ["1250", "650", "480", "900", "-900"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("message_code", "777", "CLAIM_CODE_UNKNOWN"), ("subversion", "01", "CLAIM_SUBVERSION")],
)
def test_what_is_new_in_a_header_is_said_and_not_refused(tmp_path: Path, field: str, value: str, code: str) -> None:
    records = claim(tmp_path)
    records[0] = put(records[0], field, value)
    lines, file = read_claim(tmp_path, records)
    assert (lines.height, [note.code for note in file.notes]) == (5, [code])


def test_lists_of_performances_that_we_do_not_know_are_said(tmp_path: Path) -> None:
    records = claim(tmp_path)
    records[2] = put(records[2], "code_list", "041")
    notes = read_claim(tmp_path, records)[1].notes
    assert [(note.code, dict(note.values)) for note in notes] == [("CLAIM_LISTS", {"lists": "041", "n": 1})]


def test_a_count_that_has_outgrown_its_field_is_compared_by_the_places_it_has(tmp_path: Path) -> None:
    records = claim(tmp_path)
    with pytest.raises(FileUnusable, match="9904"):
        read_claim(tmp_path, [*records[:-1], put(records[-1], "performance_records", "999999")])


def test_every_line_of_a_claim_has_an_outcome_and_a_reason(tmp_path: Path, desk: Desk) -> None:
    records = claim(tmp_path)
    records[4:4] = [comment("Vrije tekst")]
    found = desk.assess_file("\n".join(totalled(records)).encode())
    assert found.select("line_no", "outcome", "reason").rows() == [
        (3, "ADHERENT", "LATER_CHOICE"),
        (4, "EXCLUDED", "SERVICE"),
        (7, "EXCEPTED", "MEDICAL_NEED"),
        (8, "EXCLUDED", "REVERSED"),
        (9, "EXCLUDED", "REVERSAL"),
    ]


def test_nothing_of_a_person_is_left_in_the_workspace(tmp_path: Path) -> None:
    records = claim(tmp_path)
    records[1] = put(put(records[1], "0210", "Planteneel".ljust(25)), "0217", "6411XZ")
    bsn = records[1][14:23]
    read_claim(tmp_path, records)
    kept = b"".join(file.read_bytes() for file in (tmp_path / "work-0").rglob("*") if file.is_file())
    whole = pl.concat(
        [pl.read_parquet(file).cast(pl.String) for file in (tmp_path / "work-0").rglob("*.parquet")], how="diagonal"
    )
    text = kept + whole.write_csv().encode()
    assert [word for word in (bsn, "Planteneel", "6411XZ", "19500101") if word.encode() in text] == []
