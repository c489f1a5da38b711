"""Claims and FHIR at the command line: what a pharmacist sees of a good and of a damaged file, in both languages."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service.cli import main
from tests.claims import claim, comment, put, totalled
from tests.fhir import DISPENSING, WHOLE, bundle, by_line, changed
from tests.worlds import Rules

NAMES = ("Planteneel", "Roos", "Dorpsstraat", "6411XZ", "19500731", "1950-07-31", "A123456789")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder where the command runs, with rules, a key, and a folder of its own for what passes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("FORMULARY_CACHE", str(tmp_path / "cache"))
    Rules().write(tmp_path / "rules")
    return tmp_path


def _check(monkeypatch: pytest.MonkeyPatch, language: str, *files: str) -> int:
    words = ["formulary", "check", *files, "--rules", "rules", "--out", "out", "--csv", "--lang", language]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def _planted(folder: Path) -> tuple[bytes, list[str]]:
    """Return a claim of people with names and addresses, and the numbers they are known by."""
    records = claim(folder)
    for place, name in ((1, "Planteneel"), (4, "Roos")):
        records[place] = put(put(records[place], "0210", name.ljust(25)), "birth_date", "19500731")
        records[place] = put(put(records[place], "0217", "6411XZ"), "insured_no", "A123456789".ljust(15))
    records[2:2] = [comment("Planteneel, Dorpsstraat 1")]
    records[3] = put(records[3], "dispensed_on", "20260230")  # rejected, so that it stands in the rejects too
    return "\n".join(totalled(records)).encode(), sorted({each[14:23] for each in records if each[:2] == "02"})


BROKEN: dict[str, tuple[Callable[[Path], bytes], dict[str, str]]] = {
    "claim.txt": (
        lambda folder: "\n".join(claim(folder)[:-1]).encode(),
        {"nl": "claim.txt: het sluitrecord (99) ontbreekt", "en": "claim.txt: the trailer record (99) is missing"}),
    "total.txt": (
        lambda folder: "\n".join([*claim(folder)[:-1], put(claim(folder)[-1], "amount", "00000002381D")]).encode(),
        {"nl": "9907 Totaal declaratiebedrag (cent): 2381 / 2380", "en": "(stated / counted): 9907"}),
    "bundle.json": (
        lambda folder: bundle(WHOLE, "history"),
        {"nl": "bundle.json: een Bundle van dit type wordt niet gelezen", "en": "a Bundle of this type is not read"}),
    "cut.json": (lambda folder: bundle(WHOLE)[:-9], {"nl": "geen geldige JSON", "en": "no valid JSON"}),
}  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_damaged_file_is_refused_in_a_sentence(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, language: str
) -> None:
    make, sentences = BROKEN[name]
    (place / name).write_bytes(make(place))
    code, told = _check(monkeypatch, language, name), capsys.readouterr().err
    assert (code, "Traceback" in told, (place / "out").exists()) == (3, False, False)
    assert sentences[language] in told


def test_a_line_that_is_wrong_is_rejected_and_the_rest_is_judged(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "claim.txt").write_bytes(_planted(place)[0])
    (place / "lines.ndjson").write_bytes(by_line([*WHOLE, changed(DISPENSING, id="v2", status="blah")]))
    assert _check(monkeypatch, "nl", "claim.txt", "lines.ndjson") == 0
    told = json.loads((place / "out" / "summary.json").read_text(encoding="utf-8"))
    assert {file["name"]: (file["format"], file["lines"], file["outcomes"]["INVALID"]) for file in told["files"]} == {
        "claim.txt": ("AP304", 5, 1),
        "lines.ndjson": ("FHIR", 2, 1),
    }


def test_nothing_of_a_person_is_in_anything_that_is_written_or_said(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content, numbers = _planted(place)
    given = place / "given"
    given.mkdir()
    (given / "claim.txt").write_bytes(content)
    (given / "lines.ndjson").write_bytes(by_line([*WHOLE, changed(DISPENSING, id="v2", status="blah")]))
    temporary = place / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    assert _check(monkeypatch, "nl", "given/claim.txt", "given/lines.ndjson") == 0
    said = capsys.readouterr()
    files = [file for folder in ("out", "cache", "temporary") for file in (place / folder).rglob("*") if file.is_file()]
    text = b"".join(file.read_bytes() for file in files) + (said.out + said.err).encode()
    assert [word for word in (*NAMES, *numbers, WHOLE[0]["identifier"][0]["value"]) if word.encode() in text] == []
