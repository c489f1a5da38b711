"""Many labels at once say what each says alone, however their halves are combined."""

from collections.abc import Sequence
from importlib import import_module

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.identification import ANSWER
from matcher.identifier import Identifier
from matcher.label import halves_of, tokens_of_half, words_of_half
from matcher.reader import LabelReader

from .catalogues import pharmacy_identifier

WORDS = (
    *("METOPROLOL", "METOPRLOL", "OMEPRAZOL", "PREDNISO", "COZAAR", "PLUS", "p", "AMOXICILLINE", "CLAVULAANZUUR"),
    *("SANDOZ", "teva", "TABLET", "CAPS", "MSR", "MGA", "TAB FO", "DRANK", "IN", "EN", "MET", "/", "+", "(", ")"),
    *("20MG", "20 mg", "0,05 G", "500/125MG", "30 TABL", "50", "D6", "C 30", "VITAMINE", "ARNICA", "FNA", "TESTSTRIP"),
    *("ZWABBER", "💊", "crème", "<b>", "100ML", "60DO", "1/1/1", "x" * 301),
)
LABELS = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)


@pytest.fixture(scope="module")
def alone() -> Identifier:
    return pharmacy_identifier()


@pytest.fixture(scope="module")
def reader() -> LabelReader:
    return pharmacy_identifier()._reader


@settings(deadline=None)
@given(labels=st.lists(LABELS.filter(bool), min_size=1, max_size=40))
def test_many_labels_say_what_each_says_alone(alone: Identifier, reader: LabelReader, labels: list[str]) -> None:
    assert reader.of_all(pl.Series(labels)).rows() == [tuple(alone(label)) for label in labels]


def test_a_frame_with_codes_and_many_labels_says_what_each_line_says_alone(alone: Identifier) -> None:
    labels = [None, "", "LOSEC", *(f"METOPRLOL TABLET 50MG {number} ST" for number in range(300))]
    codes = ["15468852", None, ""] * 101
    lines = pl.DataFrame({"zi": codes, "label": labels})
    answers = pharmacy_identifier().identify_frame(lines).select(ANSWER.names()).rows()
    asked = zip(labels, codes, strict=True)
    assert answers == [tuple(alone(label, zi=code) if code else alone(label)) for label, code in asked]


def _told_by(words: Sequence[str]) -> dict[str, str]:
    return {word: word if word in {"METOPROLOL", "AMOXICILLINE"} else "" for word in words}


@pytest.mark.parametrize(
    ("label", "naming", "asking", "firms"),
    [
        ("METOPROLOL SANDOZ TABL 50 MG", ["METOPROLOL", "", ""], [".", ".", "TABLET", "50 MG"], ["SANDOZ"]),
        ("AMOXICILLINE/METOPROLOL 20", ["AMOXICILLINE", "METOPROLOL", "20"], [".", ".", ".", "20"], []),
        ("", [""], [], []),
    ],
)
def test_a_label_has_a_naming_and_an_asking_half(
    label: str, naming: list[str], asking: list[str], firms: list[str]
) -> None:
    (_, *halves) = halves_of(pl.Series([label]), _told_by).row(0)
    told = [words_of_half(halves[0])[0], tokens_of_half(halves[1]), tokens_of_half(halves[2])]
    spelled = [["TABLET" if word in {"TABL", "TAB", "TB", "T"} else word for word in told[1]]]
    assert [told[0], *spelled, told[2]] == [naming, asking, firms]


def test_a_reader_that_forgot_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.reader._MEMORY_MAX", 0)
    known = pharmacy_identifier()
    labels = ["METOPRLOL TABLET 50MG", "OMEPRAZOL CAPS MSR 20MG", "METOPRLOL TABLET 50 mg sandoz"]
    forgetful, remembering = [known(label) for label in labels], pharmacy_identifier()
    assert forgetful == [remembering(label) for label in labels]


def test_answers_of_single_labels_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("matcher.identifier"), "_LABELS_MAX", 10)
    known = pharmacy_identifier()
    for number in range(35):
        known(f"LOSEC {number}")
    assert len(known._by_label) <= 10
