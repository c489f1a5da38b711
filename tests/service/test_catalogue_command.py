"""`formulary catalogue import` writes a catalogue that checks can read, and tells what was left out."""

from datetime import date
from pathlib import Path

import pytest

from formulary import ComplianceError, Language
from formulary.catalogue import read_catalogue
from service.cli.catalogue import Before, CatalogueKind, import_catalogue
from tests.formulary.gstandaard_files import code, delivery_of, write_delivery

NAMES = "naam,atc,prk,kleur\nStoffine 5 mg,X99ZZ99,{prk},rood\nAnderine,X99,,\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(NAMES.format(prk=code(10)), encoding="utf-8")
    return path


@pytest.mark.parametrize("out", ["catalogue.csv", "catalogue.parquet"])
def test_what_was_written_is_read_back_as_the_catalogue(source: Path, tmp_path: Path, out: str) -> None:
    import_catalogue(CatalogueKind.CSV, source, tmp_path / out)
    assert read_catalogue(tmp_path / out).select("product_name", "atc", "prk").rows() == [
        ("Stoffine 5 mg", "X99ZZ99", code(10)),
        ("Anderine", None, None),
    ]


def test_a_person_reads_the_products_first_and_then_what_was_left_out(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "catalogue.csv"
    assert import_catalogue(CatalogueKind.CSV, source, out).lines(Language.NL) == [
        f"2 artikelen geschreven naar {out}",
        "  1 ATC-codes leeg gelaten: geen code van 7 tekens",
        "  niet gebruikt, want onbekend: kleur",
    ]


def test_a_machine_reads_every_count_also_when_nought(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "catalogue.csv"
    assert import_catalogue(CatalogueKind.CSV, source, out).as_json() == {
        "out": str(out),
        "products": 2,
        "nameless": 0,
        "codes_refused": 0,
        "atc_refused": 1,
        "unknown_headers": ["kleur"],
    }


def test_former_codes_are_kept_beside_the_new_ones(source: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "june.csv", tmp_path / "july.csv"
    import_catalogue(CatalogueKind.CSV, source, first)
    source.write_text(NAMES.format(prk=code(20)), encoding="utf-8")
    found = import_catalogue(CatalogueKind.CSV, source, second, Before(first, date(2026, 7, 1)))
    held = read_catalogue(second).select("product_name", "prk", "valid_from", "valid_until").rows()
    assert (found.counts["former"], held) == (
        1,
        [
            ("Stoffine 5 mg", code(20), date(2026, 7, 1), None),
            ("Anderine", None, None, None),
            ("Stoffine 5 mg", code(10), None, date(2026, 6, 30)),
        ],
    )


def test_a_delivery_becomes_a_catalogue_in_one_call(tmp_path: Path) -> None:
    (tmp_path / "delivery").mkdir()
    folder = write_delivery(tmp_path / "delivery", delivery_of(3))
    found = import_catalogue(CatalogueKind.GSTANDAARD, folder, tmp_path / "catalogue.csv")
    assert found.lines(Language.EN) == [f"3 products written to {tmp_path / 'catalogue.csv'}"]


def test_a_source_that_cannot_be_used_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ComplianceError):
        import_catalogue(CatalogueKind.CBG, tmp_path / "nowhere.csv", tmp_path / "catalogue.csv")
    assert list(tmp_path.iterdir()) == []
