"""`formulary rules export` and `import` take a rules folder to a workbook and back, and say what did not come along."""

from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from formulary import Language, RulesInvalid, sample_folder
from service.cli.rules import export_rules, import_rules
from service.errors import OutputUnusable


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "rules.xlsx"
    export_rules(sample_folder(), path, Language.NL)
    return path


def test_the_tables_of_an_imported_workbook_are_those_of_the_exported_folder(exported: Path, tmp_path: Path) -> None:
    import_rules(exported, tmp_path / "rules")
    tables = [path.relative_to(sample_folder()) for path in sample_folder().rglob("*.csv")]
    wrong = [
        name for name in tables if (tmp_path / "rules" / name).read_bytes() != (sample_folder() / name).read_bytes()
    ]
    assert (len(tables) > 3, wrong) == (True, [])


def test_an_export_says_what_it_left_out(tmp_path: Path) -> None:
    found = export_rules(sample_folder(), tmp_path / "rules.xlsx", Language.EN)
    assert found.lines(Language.EN) == [
        f"{found.tables} tables written to {tmp_path / 'rules.xlsx'}",
        "  not taken into the workbook: README.md",
    ]


def test_a_machine_reads_the_same(exported: Path, tmp_path: Path) -> None:
    answer = export_rules(sample_folder(), tmp_path / "rules.xlsx", Language.NL).as_json()
    assert (answer["left_out"], answer["rewritten"]) == (["README.md"], [])
    files = import_rules(exported, tmp_path / "rules").as_json()["files"]
    assert isinstance(files, list)
    assert "region.toml" in files


def test_an_import_says_how_to_go_on(exported: Path, tmp_path: Path) -> None:
    out = tmp_path / "rules"
    told = import_rules(exported, out).lines(Language.NL)
    assert told[0].endswith(f"bestanden geschreven naar {out}. Controleer ze met `formulary lint {out}`.")


def test_a_workbook_with_a_fault_writes_nothing(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "rules.xlsx") as book:
        book.add_worksheet("region").write_formula("B2", "=1")
    with pytest.raises(RulesInvalid) as refused:
        import_rules(tmp_path / "rules.xlsx", tmp_path / "rules")
    assert "rules.xlsx, blad region, cel B2: hier staat een formule" in refused.value.sentence(Language.NL)
    assert not (tmp_path / "rules").exists()


def test_a_folder_in_use_is_never_replaced(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputUnusable):
        import_rules(exported, tmp_path)
