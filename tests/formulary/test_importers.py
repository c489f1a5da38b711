"""A catalogue is built from a product list or the Dutch register; what is wrong is named, what is left out counted."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from formulary.importers import DeliveryInvalid, Imported, import_csv, import_register

from .gstandaard_files import code

REGISTER = Path(__file__).parents[3] / "shared" / "data" / "nl_cbg_register_dev" / "products.csv"
ZI, PRK = code(1_500_000), code(20_000)


def counted(found: Imported) -> dict[str, int]:
    return {name: n for name, n in found.counts.items() if n}


def lists(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def csv_faults(folder: Path, text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(DeliveryInvalid) as refused:
        import_csv(lists(folder, text))
    return [(fault.code, fault.row) for fault in refused.value.faults]


# A product list of one's own


def test_dutch_headers_semicolons_and_dutch_dates_are_read(tmp_path: Path) -> None:
    path = lists(tmp_path, f"Artikelnaam;ATC-code;ZI-nummer;Geldig vanaf\nStoffine 5 mg;x99zz99;{ZI};31-12-2025\n")
    row = import_csv(path).catalogue.row(0, named=True)
    assert (row["product_name"], row["atc"], row["zi"], row["valid_from"]) == (
        "Stoffine 5 mg",
        "X99ZZ99",
        ZI,
        date(2025, 12, 31),
    )


def test_a_list_from_a_dutch_excel_keeps_its_accents(tmp_path: Path) -> None:
    path = lists(tmp_path, "naam,atc\nCrème 1%,X99ZZ99\n", encoding="cp1252")
    assert import_csv(path).catalogue["product_name"].to_list() == ["Crème 1%"]


def test_wrong_codes_are_left_empty_and_nameless_rows_left_out_all_counted(tmp_path: Path) -> None:
    path = lists(tmp_path, f"naam,atc,zi,prk\nStoffine,X99,{ZI + 1},{PRK}\n,X99ZZ99,{ZI},\n")
    assert counted(import_csv(path)) == {"products": 1, "nameless": 1, "codes_refused": 1, "atc_refused": 1}


def test_headers_that_nobody_knows_are_named(tmp_path: Path) -> None:
    assert import_csv(lists(tmp_path, "naam,atc,kleur,\nStoffine,X99ZZ99,rood,\n")).unknown_headers == ("kleur",)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [("FILE_EMPTY", None)]),
        ("naam,kleur\nStoffine,rood\n", [("COLUMN_MISSING", 1)]),
        ("kleur\nrood\n", [("COLUMN_MISSING", 1), ("COLUMN_MISSING", 1)]),
        ("naam,product,atc\na,b,X99ZZ99\n", [("COLUMN_MEANT_TWICE", 1)]),
        ("naam,atc\nStoffine\n\nAnderine,X99ZZ99,5\n", [("ROW_LENGTH", 2), ("ROW_LENGTH", 4)]),
        ('naam,atc\n"Stoffine,X99ZZ99\n', [("NOT_A_TABLE", 2)]),
        ("naam,atc,vanaf\nStoffine,X99ZZ99,gisteren\n", [("NOT_A_DATE", 2)]),
        ("naam,atc\nStof\0fine,X99ZZ99\n", [("FILE_NOT_TEXT", None)]),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_the_row(
    tmp_path: Path, text: str, faults: Sequence[tuple[str, int | None]]
) -> None:
    assert csv_faults(tmp_path, text) == faults


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryInvalid) as refused:
        import_csv(tmp_path / "nowhere.csv")
    assert [fault.code for fault in refused.value.faults] == ["FILE_NOT_DELIVERED"]


# The register


def test_a_register_row_keeps_name_substances_form_route_and_holder(tmp_path: Path) -> None:
    header = "reg_no,product_name,holder,legal_status,form_nl,route_nl,atc,substances_nl"
    row = "1,Stoffine 5 mg,Firma B.V.$SEMICOLON$ Ander,recept,Tablet,Oraal gebruik,X99ZZ99,STOFFINE|ANDERINE|STOFFINE"
    found = import_register(lists(tmp_path, f"{header}\n{row}\n"))
    kept = found.catalogue.select("product_name", "atc", "substances", "form", "route", "firm").row(0)
    assert kept == ("Stoffine 5 mg", "X99ZZ99", "STOFFINE|ANDERINE", "Tablet", "Oraal gebruik", "Firma B.V.; Ander")


def test_the_registers_own_dutch_headers_are_known_and_its_other_columns_not_complained_of(tmp_path: Path) -> None:
    path = lists(tmp_path, "REGISTRATIENUMMER|PRODUCTNAAM|ATC\n1|Stoffine 5 mg|X99ZZ99\n")
    found = import_register(path)
    assert (found.catalogue["product_name"].to_list(), found.unknown_headers) == (["Stoffine 5 mg"], ())


@pytest.mark.skipif(not REGISTER.is_file(), reason="the register's extract is not here")
def test_the_whole_register_becomes_a_catalogue() -> None:
    assert counted(import_register(REGISTER)) == {"products": 5857, "atc_refused": 39}
