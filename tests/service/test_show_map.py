"""`formulary check --show-map`: how each column is understood, without a patient in sight."""

import json
import sys
from pathlib import Path

import pytest

from matcher.read.headers import recognise
from service.cli import main
from tests.matcher.books import xlsx

HEAD = ("Receptnr", "Afl. datum", "AGB voorschrijver", "BSN", "Patiëntnummer", "Geb.dat.", "Etiketnaam",
        "Inkoopprijs", "Etiketnam", "Naam", "Kleur")  # fmt: skip
LINE = (
    1,
    "05-01-2026",
    "01012345",
    "111222333",
    "4711",
    "12-03-1961",
    "ZALF VOOR 123456782",
    1.5,
    "x",
    "Jansen",
    "rood",
)


def _shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, *more: str) -> str:
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(folder / "key"))
    monkeypatch.chdir(folder)
    (folder / "lines.xlsx").write_bytes(xlsx({"Blad1": [HEAD, LINE]}))
    monkeypatch.setattr(sys, "argv", ["formulary", "check", "lines.xlsx", "--show-map", *more])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, (folder / "formulary-results").exists()) == (0, False)
    return capsys.readouterr().out


def test_every_column_is_told_with_what_it_is_taken_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = json.loads(_shown(monkeypatch, capsys, tmp_path, "--json"))["files"][0]["columns"]
    assert {each["header"]: each["column"] or each["not_read"] or each["near"] for each in told} == {
        "Receptnr": "line_id",
        "Afl. datum": "dispensed_on",
        "AGB voorschrijver": "prescriber_agb",
        "BSN": "patient",
        "Geb.dat.": "birth_year",
        "Etiketnaam": "label",
        "Patiëntnummer": "patient",
        "Inkoopprijs": "AMOUNT",
        "Etiketnam": "label",
        "Naam": "PERSON",
        "Kleur": None,
    }


@pytest.mark.parametrize("words", [(), ("--lang", "en"), ("--json",)])
def test_no_patient_is_shown_and_no_value_of_an_unknown_column(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    told = _shown(monkeypatch, capsys, tmp_path, *words)
    assert [secret for secret in ("111222333", "123456782", "4711", "Jansen", "rood", "12-03") if secret in told] == []
    assert ("1961" in told, "[bsn]" in told) == (True, True)


@pytest.mark.parametrize(
    ("headers", "column", "header"),
    [
        (["Datum", "Afleverdatum", "Arts", "ATC"], "dispensed_on", "Afleverdatum"),
        (["Datum", "Arts", "ATC"], "dispensed_on", "Datum"),
        (["Datum", "Arts", "AGB arts", "ATC"], "prescriber_agb", "AGB arts"),
        (["Datum", "Arts", "ATC", "Bedrag", "Declaratiebedrag"], "cost", "Declaratiebedrag"),
    ],
)
def test_of_two_headers_for_one_column_the_one_that_says_less_gives_way(
    headers: list[str], column: str, header: str
) -> None:
    assert recognise(headers, "x", {}).columns[column] == header


def test_a_map_goes_before_what_we_know() -> None:
    found = recognise(["Datum", "Arts", "ATC", "Afleverdatum"], "x", {"Datum": "dispensed_on"})
    assert found.columns["dispensed_on"] == "Datum"
