"""A claim file is read a block at a time: where one block ends and the next begins changes nothing."""

from pathlib import Path

import pytest

from matcher import FileUnusable
from tests.claims import SOUND, VERSIONS, claim, comment, put, read_claim, totalled
from tests.malformed.test_claims import READ, REFUSED

# In bytes: from less than a record of 360 signs to several people.
SIZES = (100, 361, 500, 722, 1_500)
# Services before their medicine, behind it, with somebody else, and of a medicine that is not there.
_LINKED = """
    line_id | patient | zi       | supply  | linked_to | quantity | cost_cents
    T1      | P1      |          | SERVICE | R9        | 1        | 650
    R1      | P1      | 11000155 |         |           | 30       | 1250
    T2      | P1      |          | SERVICE | R1        | 1        | 650
    R2      | P2      | 11000449 |         |           | 2,5      | 480
    T3      | P2      |          | SERVICE | R2        | 1        | 650
    R9      | P3      | 11010592 |         |           | 90       | 900
    T4      | P3      |          | SERVICE | NERGENS   | 1        | 650
    R8      | P4      | 11010592 |         |           | 90       | 900
    T5      | P4      |          | SERVICE | R2        | 1        | 650
"""


def _prescribed(records: list[str]) -> list[str]:
    """Return the records with a prescriber of its own for each medicine, none for services, and R8 linked as R2."""
    for n, record in enumerate(records):
        if record.startswith("04") and record[307:308] == "R":
            records[n] = put(record, "prescriber_agb", f"0100000{record[308]}")
            records[n] = put(records[n], "link", "R2".ljust(20)) if record[307:309] == "R8" else records[n]
        elif record.startswith("04"):
            records[n] = put(put(record, "prescriber_agb", "0" * 8), "prescriber_specialism", "0000")
    return records


def _small(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("matcher.read.encoding._BLOCK", size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("version", VERSIONS)
def test_lines_notes_and_counts_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, size: int
) -> None:
    records = claim(tmp_path, SOUND, version)
    records[2] = put(records[2], "code_list", "041", version)
    records[2:2] = [comment("Vrije tekst", version), " "]
    records[5:5] = [comment("Nog een", version)]
    whole, file = read_claim(tmp_path, records := [*totalled([r for r in records if r.strip()], version), " "])
    _small(monkeypatch, size)
    lines, same = read_claim(tmp_path, records)
    assert lines.equals(whole)
    assert same == file


@pytest.mark.parametrize("size", [*SIZES, 1 << 25])
def test_a_service_is_tied_to_the_first_medicine_of_its_number_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    _small(monkeypatch, size)
    lines, _ = read_claim(tmp_path, _prescribed(claim(tmp_path, _LINKED)))
    tied = lines.filter(supply="SERVICE").select("line_id", "linked_to", "prescriber_agb")
    assert tied.rows() == [
        ("T1", "R9", "01000009"),
        ("T2", "R1", "01000001"),
        ("T3", "R2", "01000002"),
        ("T4", None, None),
        ("T5", "R2", "01000002"),
    ]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_whole_is_refused_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    edit, code, line = REFUSED[name]
    _small(monkeypatch, 361)
    with pytest.raises(FileUnusable) as refused:
        read_claim(tmp_path, edit(claim(tmp_path)))
    assert (refused.value.code, refused.value.values.get("line")) == (code, line)


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_is_read_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    records = READ[name][0](claim(tmp_path))
    whole, _ = read_claim(tmp_path, records)
    _small(monkeypatch, 361)
    assert read_claim(tmp_path, records)[0].equals(whole)


def test_nothing_of_a_person_is_written_in_any_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = claim(tmp_path)
    bsn = records[1][14:23]
    _small(monkeypatch, 361)
    lines, _ = read_claim(tmp_path, records)
    kept = [file.read_bytes() for file in (tmp_path / "work-0").rglob("*") if file.is_file()]
    assert len(kept) > 1
    assert [content for content in (*kept, lines.write_csv().encode()) if bsn.encode() in content] == []
