"""Labels seen before are not read again, and nothing but labels is kept."""

from pathlib import Path

import polars as pl
import pytest

from matcher.identification import ANSWER, LEARNED
from matcher.identification_cache import cache_key, read_known, write_known
from matcher.identifier import identifier
from matcher.reader import LabelReader

from .catalogues import PHARMACY_LIST, catalogue

LABELS = pl.DataFrame({"label": [f"omeprazl caps msr 20mg {number} st" for number in range(300)]})
KEY = "k1"


@pytest.fixture(scope="module")
def learned() -> pl.DataFrame:
    known = identifier(catalogue(PHARMACY_LIST))
    known.identify_frame(LABELS)
    return known.learned


def test_what_was_learned_is_read_back(tmp_path: Path, learned: pl.DataFrame) -> None:
    assert write_known(tmp_path, KEY, learned)
    found = read_known(tmp_path, KEY)
    assert found is not None
    assert found.equals(learned)


def test_a_second_run_reads_no_label_and_says_the_same(
    tmp_path: Path, learned: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_known(tmp_path, KEY, learned)
    again = identifier(catalogue(PHARMACY_LIST), read_known(tmp_path, KEY))
    monkeypatch.setattr(LabelReader, "of_all", None)
    answers = again.identify_frame(LABELS)
    said = learned.select("label", *ANSWER.names())
    assert answers.equals(LABELS.join(said, on="label", how="left", maintain_order="left"))


@pytest.mark.parametrize("count", [1, 20, 300])
def test_a_second_run_of_codes_and_labels_builds_no_index_and_says_the_same(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    # Every label with a code that agrees, one that contradicts it, one that is none of ours, and alone.
    atc = pl.DataFrame({"atc": ["A02BC01", "N02CC01", "V99ZZ99", None, ""]}, schema={"atc": pl.String()})
    asked = LABELS.head(count).join(atc, how="cross")
    first = identifier(catalogue(PHARMACY_LIST))
    told = first.identify_frame(asked)
    again = identifier(catalogue(PHARMACY_LIST), first.learned)
    monkeypatch.setattr(LabelReader, "__init__", None)
    assert again.identify_frame(asked).equals(told)
    assert told["reason"].n_unique() > 1


def test_only_new_labels_are_read(learned: pl.DataFrame) -> None:
    warm = identifier(catalogue(PHARMACY_LIST), learned.head(100))
    answers = warm.identify_frame(LABELS).select(ANSWER.names())
    assert answers.equals(identifier(catalogue(PHARMACY_LIST)).identify_frame(LABELS).select(ANSWER.names()))


def test_a_few_new_labels_are_learned_beside_many(learned: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    warm = identifier(catalogue(PHARMACY_LIST), learned.head(290))
    told = [warm.identify_frame(part) for part in (LABELS[:295], LABELS)]
    again = identifier(catalogue(PHARMACY_LIST), warm.learned)
    monkeypatch.setattr(LabelReader, "__init__", None)
    assert again.identify_frame(LABELS).equals(told[1])
    assert again.learned.select("label").is_unique().all()


def test_a_service_that_is_asked_a_few_for_ever_stays_as_it_is() -> None:
    warm = identifier(catalogue(PHARMACY_LIST))
    for number in range(70):
        warm.identify_frame(pl.DataFrame({"label": [f"omeprazol {number}"]}))
    assert warm.learned.height == 64


def test_a_label_with_a_citizen_service_number_is_never_kept(tmp_path: Path, learned: pl.DataFrame) -> None:
    told = learned.head(2).with_columns(label=pl.Series(["losec voor 111222333", "losec"]))
    write_known(tmp_path, KEY, told)
    found = read_known(tmp_path, KEY)
    assert found is not None
    assert found["label"].to_list() == ["losec"]


def test_a_code_that_is_a_citizen_service_number_is_never_kept(tmp_path: Path, learned: pl.DataFrame) -> None:
    told = learned.head(2).with_columns(zi=pl.Series(["111222333", "15468852"]))
    write_known(tmp_path, KEY, told)
    found = read_known(tmp_path, KEY)
    assert found is not None
    assert found["zi"].to_list() == ["15468852"]


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def _of_another_shape(path: Path) -> None:
    pl.DataFrame({"label": ["losec"]}).write_parquet(path, metadata={"formulary-identification": KEY})


def _without_our_mark(path: Path) -> None:
    pl.read_parquet(path).write_parquet(path)


def _twice_the_same(path: Path) -> None:
    rows = pl.read_parquet(path)
    pl.concat([rows, rows]).write_parquet(path, metadata={"formulary-identification": KEY})


@pytest.mark.parametrize("damaged", [_truncated, _of_another_shape, _without_our_mark, _twice_the_same, Path.unlink])
def test_a_damaged_or_foreign_file_counts_as_none(tmp_path: Path, learned: pl.DataFrame, damaged) -> None:  # type: ignore[no-untyped-def]
    write_known(tmp_path, KEY, learned)
    damaged(tmp_path / f"labels-{KEY}.parquet")
    assert read_known(tmp_path, KEY) is None


def test_another_catalogue_has_another_key() -> None:
    assert len({cache_key("one"), cache_key("other"), cache_key("one", "other"), cache_key("one")}) == 3


def test_only_the_newest_files_stay(tmp_path: Path, learned: pl.DataFrame) -> None:
    for number in range(6):
        write_known(tmp_path, f"k{number}", learned.head(1))
    assert len(list(tmp_path.iterdir())) == 4


def test_a_folder_that_cannot_be_written_costs_no_run(tmp_path: Path, learned: pl.DataFrame) -> None:
    (tmp_path / "file").touch()
    assert not write_known(tmp_path / "file", KEY, learned)


def test_what_is_learned_has_the_promised_shape(learned: pl.DataFrame) -> None:
    assert learned.schema == LEARNED
