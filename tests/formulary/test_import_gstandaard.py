"""A catalogue is built from a G-Standaard delivery by following its codes; every record out of line is named."""

from pathlib import Path

import pytest

from formulary import CATALOGUE, Language, gstandaard
from formulary.importers import DeliveryInvalid, Imported, import_gstandaard

from .gstandaard_files import code, delivery_of, record, write_delivery, write_file

ZI, HPK, PRK, GPK = code(1_500_000), code(150_000), code(20_000), code(40_000)
NAME, STEM = "STOFFINE FIRMA TABLET   5MG", "STOFFINE/ANDERINE"


def one_product() -> dict[str, list[str]]:
    """A delivery of one article, with every link of its chain."""
    return {
        "004": [record("004", {"ATKODE": ZI, "HPKODE": HPK})],
        "020": [
            record("020", {"NMNR": 7, "NMETIK": "STOFFINE 5MG TABL", "NMNAAM": NAME}),
            record("020", {"NMNR": 8, "NMNAAM": STEM}),
        ],
        "031": [record("031", {"HPKODE": HPK, "PRKODE": PRK, "HPNAMN": 7, "MSNAAM": "MERKINE", "FSNAAM": "FIRMA"})],
        "052": [record("052", {"PRKODE": PRK, "GPKODE": GPK})],
        "711": [
            record(
                "711",
                {"GPKODE": GPK, "GPKTVR": 8, "GPKTWG": 2, "GPSTNR": 8, "GPINST": "5MG", "ATCODE": "X99ZZ99"},
            )
        ],
        "902": [
            record("902", {"TSNR": 6, "TSITNR": 8, "THNM25": "TABL", "THNM50": "TABLET"}),
            record("902", {"TSNR": 7, "TSITNR": 2, "THNM25": "ORAAL"}),
            record("902", {"TSNR": 7, "TSITNR": 8, "THNM25": "CUTAAN"}),
        ],
    }


def imported(folder: Path, files: dict[str, list[str]]) -> Imported:
    return import_gstandaard(write_delivery(folder, files))


def faults_of(folder: Path, files: dict[str, list[str]]) -> list[tuple[str, str, int | None]]:
    with pytest.raises(DeliveryInvalid) as refused:
        imported(folder, files)
    return [(fault.code, fault.file, fault.row) for fault in refused.value.faults]


def counted(found: Imported) -> dict[str, int]:
    return {name: n for name, n in found.counts.items() if n}


# A G-Standaard delivery


def test_an_article_is_followed_to_its_generic_product(tmp_path: Path) -> None:
    assert imported(tmp_path, one_product()).catalogue.row(0, named=True) == {
        "product_name": NAME,
        "atc": "X99ZZ99",
        "zi": ZI,
        "hpk": HPK,
        "prk": PRK,
        "gpk": GPK,
        "label_name": "STOFFINE 5MG TABL",
        "substances": "STOFFINE|ANDERINE",
        "form": "TABLET",
        "route": "ORAAL",
        "strength": "5MG",
        "firm": "FIRMA",
        "brand": "MERKINE",
        "valid_from": None,
        "valid_until": None,
    }


def test_a_catalogue_has_the_columns_of_the_rule_book(tmp_path: Path) -> None:
    assert imported(tmp_path, one_product()).catalogue.schema == CATALOGUE


def test_deleted_records_are_left_out_and_counted(tmp_path: Path) -> None:
    files = one_product()
    files["004"].append(record("004", {"ATKODE": code(1_600_000), "HPKODE": HPK}, mutation=1))
    found = imported(tmp_path, files)
    assert (found.catalogue["zi"].to_list(), counted(found)) == ([ZI], {"products": 1, "deleted": 1})


def test_a_new_or_changed_record_counts(tmp_path: Path) -> None:
    files = one_product()
    files["004"] = [record("004", {"ATKODE": ZI, "HPKODE": HPK}, mutation=3)]
    assert counted(imported(tmp_path, files)) == {"products": 1}


def test_an_article_whose_code_fails_its_check_digit_is_kept_out_and_counted(tmp_path: Path) -> None:
    files = one_product()
    files["004"].append(record("004", {"ATKODE": ZI + 1, "HPKODE": HPK}))
    found = imported(tmp_path, files)
    assert (found.catalogue["zi"].to_list(), counted(found)) == ([ZI], {"products": 1, "codes_refused": 1})


def test_a_link_whose_code_fails_leaves_the_rest_of_the_chain_empty(tmp_path: Path) -> None:
    files = one_product()
    files["052"] = [record("052", {"PRKODE": PRK, "GPKODE": GPK + 1})]
    row = imported(tmp_path, files).catalogue.row(0, named=True)
    assert (row["prk"], row["gpk"], row["atc"], row["product_name"]) == (PRK, None, None, NAME)


def test_a_trade_product_without_prescription_product_stays_and_refuses_nothing(tmp_path: Path) -> None:
    files = one_product()
    files["031"] = [record("031", {"HPKODE": HPK, "PRKODE": 0, "HPNAMN": 7})]
    found = imported(tmp_path, files)
    assert (found.catalogue["prk"].to_list(), counted(found)) == ([None], {"products": 1})


def test_an_article_without_trade_product_is_left_out_and_counted(tmp_path: Path) -> None:
    files = one_product()
    files["004"].append(record("004", {"ATKODE": code(1_600_000), "HPKODE": code(160_000)}))
    assert counted(imported(tmp_path, files)) == {"products": 1, "nameless": 1}


def test_an_atc_group_on_a_generic_product_is_left_empty_and_counted(tmp_path: Path) -> None:
    files = one_product()
    files["711"] = [record("711", {"GPKODE": GPK, "GPKTVR": 8, "GPKTWG": 2, "GPSTNR": 8, "ATCODE": "X99ZZ"})]
    found = imported(tmp_path, files)
    assert (found.catalogue["atc"].to_list(), counted(found)) == ([None], {"products": 1, "atc_refused": 1})


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_accents_are_read_as_they_were_written(tmp_path: Path, encoding: str) -> None:
    files = one_product()
    files["020"][0] = record("020", {"NMNR": 7, "NMNAAM": "STOFFINE CRÈME 5MG/G"})
    write_delivery(tmp_path, files)
    write_file(tmp_path, "020", files["020"], encoding)
    assert import_gstandaard(tmp_path).catalogue["product_name"].to_list() == ["STOFFINE CRÈME 5MG/G"]


def test_an_end_of_file_mark_and_blank_lines_are_no_records(tmp_path: Path) -> None:
    write_delivery(tmp_path, one_product())
    path = tmp_path / "BST004T"
    path.write_bytes(b"\r\n" + path.read_bytes() + b"\r\n\x1a")
    assert counted(import_gstandaard(tmp_path)) == {"products": 1}


@pytest.mark.parametrize("name", ["004", "bst004.txt", "BST004T"])
def test_files_are_known_by_their_number_whatever_their_spelling(tmp_path: Path, name: str) -> None:
    write_delivery(tmp_path, one_product())
    (tmp_path / "BST004T").rename(tmp_path / name)
    assert counted(import_gstandaard(tmp_path)) == {"products": 1}


def test_every_missing_file_is_named_at_once(tmp_path: Path) -> None:
    files = one_product()
    del files["020"], files["711"]
    assert faults_of(tmp_path, files) == [
        ("FILE_NOT_DELIVERED", "BST020", None),
        ("FILE_NOT_DELIVERED", "BST711", None),
    ]


def test_an_empty_file_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {**one_product(), "052": []}) == [("FILE_EMPTY", "BST052T", None)]


def test_a_file_that_is_there_twice_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "004.txt").write_text("", encoding="utf-8")
    assert faults_of(tmp_path, one_product()) == [("FILE_TWICE", "BST004", None)]


def test_a_record_of_another_length_is_named_with_its_row(tmp_path: Path) -> None:
    files = one_product()
    files["902"][1] += "X"
    assert faults_of(tmp_path, files) == [("RECORD_LENGTH", "BST902T", 2)]


def test_records_too_short_for_their_layout_are_one_fault(tmp_path: Path) -> None:
    files = one_product()
    files["711"] = [each[:100] for each in files["711"]]
    assert faults_of(tmp_path, files) == [("RECORDS_TOO_SHORT", "BST711T", None)]


def test_a_record_of_another_file_is_named_with_its_row(tmp_path: Path) -> None:
    files = one_product()
    files["031"].append("0032" + files["031"][0][4:])
    assert faults_of(tmp_path, files) == [("FILE_NUMBER", "BST031T", 2), ("RECORD_TWICE", "BST031T", 2)]


def test_faults_of_several_files_are_told_together(tmp_path: Path) -> None:
    files = one_product()
    del files["052"]
    files["004"].append(files["004"][0])
    assert faults_of(tmp_path, files) == [("RECORD_TWICE", "BST004T", 2), ("FILE_NOT_DELIVERED", "BST052", None)]


def test_past_twenty_faults_of_a_kind_only_their_number_is_told(tmp_path: Path) -> None:
    files = one_product()
    files["004"] += [files["004"][0]] * 25
    found = faults_of(tmp_path, files)
    assert (len(found), found[-1]) == (21, ("AND_MORE", "BST004T", None))


def test_a_file_instead_of_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryInvalid) as refused:
        import_gstandaard(tmp_path / "BST004T")
    assert refused.value.code == "NOT_A_FOLDER"


@pytest.mark.parametrize("language", Language)
def test_every_fault_is_said_in_both_languages_with_its_place(tmp_path: Path, language: Language) -> None:
    files = one_product()
    files["902"][1] += "X"
    files["031"].append("0032" + files["031"][0][4:])
    del files["052"]
    with pytest.raises(DeliveryInvalid) as refused:
        imported(tmp_path, files)
    told = refused.value.sentence(language)
    assert [part in told for part in ("BST902T", "BST052", "BSTNUM 0031", "{")] == [True, True, True, False]


def test_twenty_thousand_articles_stay_as_many(tmp_path: Path) -> None:
    found = imported(tmp_path, delivery_of(20_000))
    assert (found.catalogue.height, found.catalogue["form"].null_count()) == (20_000, 0)


def test_the_synthetic_codes_pass_their_check_digit(tmp_path: Path) -> None:
    found = imported(tmp_path, delivery_of(50)).catalogue
    codes = [number for kind in gstandaard.CODE_KINDS for number in found[kind].to_list()]
    assert [number for number in codes if not gstandaard.is_valid(number)] == []
