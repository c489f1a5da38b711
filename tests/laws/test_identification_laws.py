"""Laws of identification: what may change in a label without changing its answer, and what may not."""

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.correct import Correction
from matcher.enumerations import Decision
from matcher.gist import GistReader
from matcher.identifier import Identifier
from matcher.label import clean_text
from matcher.spelling import SOUND_MIN, _sound, hear, sound_of

from ..matcher.catalogues import PHARMACY_LIST, pharmacy_identifier

NAMES = [line.split("|")[0].strip() for line in PHARMACY_LIST.strip().splitlines()]
MEDICINES = [name for name in NAMES if re.search(r"[0-9](?:MG|MCG)", name)]
ACCENTS = str.maketrans({"E": "É", "I": "Ï", "O": "ö"})


@pytest.fixture(scope="module")
def pharmacy() -> Identifier:
    return pharmacy_identifier()


WARM = pharmacy_identifier()


@given(st.sampled_from(MEDICINES), st.data())
def test_another_digit_never_yields_the_same_product(name: str, data: st.DataObject) -> None:
    start = re.search(r"[0-9,/]+(?=MG|MCG)", name)
    assert start is not None
    place = data.draw(st.sampled_from([n for n in range(*start.span()) if name[n].isdigit()]))
    digit = data.draw(st.sampled_from("0123456789"))
    changed = data.draw(
        st.sampled_from(
            [
                name[:place] + digit + name[place + 1 :],
                name[:place] + digit + name[place:],
                name[:place] + name[place + 1 :],
            ]
        )
    )
    same = _strength(changed) == _strength(name)
    assert same or WARM(changed).matched_product != name


def _strength(name: str) -> list[str]:
    return [number.lstrip("0") for number in re.findall(r"[0-9]+", name.replace(",0", ","))]


@given(
    st.sampled_from(NAMES),
    st.sampled_from(
        [
            str.lower,
            str.title,
            lambda name: f"  {name} ",
            lambda name: name.replace(" ", "   "),
            lambda name: name.translate(ACCENTS),
        ]
    ),
)
def test_padding_case_and_accents_change_nothing(name: str, change) -> None:  # type: ignore[no-untyped-def]
    assert WARM(change(name))[3:5] == WARM(name)[3:5]


@given(st.sampled_from(MEDICINES))
def test_the_three_word_orders_name_one_product(name: str) -> None:
    words = name.split(" ")
    strength = next(n for n, word in enumerate(words) if re.search(r"[0-9]M", word))
    forward = " ".join([words[0], words[strength], *words[1:strength], *words[strength + 1 :]])
    found = WARM(forward)
    assert (
        (found.matched_atc, found.matched_product) == (WARM(name).matched_atc, name)
        or "PLUS" in name
        or "DISKUS" in name
    )


@settings(max_examples=300)
@given(st.text(max_size=200))
def test_any_text_gets_an_answer_with_a_reason(label: str) -> None:
    assert WARM(label).reason


@given(st.text(max_size=60))
def test_cleaning_twice_is_cleaning_once(label: str) -> None:
    assert clean_text(clean_text(label)) == clean_text(label)


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=12))
def test_a_match_of_an_unknown_word_always_names_a_code(word: str) -> None:
    found = WARM(f"{word} TABLET 50MG")
    assert found.decision != Decision.MATCHED or found.matched_atc is not None


def test_time_grows_with_the_label_and_no_faster(pharmacy: Identifier) -> None:
    labels = ["OMEPRAZOL " * 1_000, "1/" * 5_000, "<" * 10_000, "A.B." * 2_500, "0," * 5_000, "&amp" * 2_500]
    assert {pharmacy(label).decision for label in labels} == {Decision.UNMATCHED}


SYLLABLES = ["PR", "EDNI", "SOL", "ON", "INUM", "AAT", "PHO", "SS", "NATRIUM", "SUCCI", "ZUUR", "AAA", "VIT", "D", "KS"]
WORDS = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5).map("".join)


@given(st.lists(WORDS, max_size=20))
def test_words_sounded_out_together_sound_as_each_alone(words: list[str]) -> None:
    long = [word for word in words if len(word) >= SOUND_MIN]
    hear(long)
    assert [sound_of(word) for word in long] == [_sound(word) for word in long]


@given(st.lists(WORDS, unique=True, max_size=20))
def test_words_told_apart_by_columns_are_told_apart_alone(words: list[str]) -> None:
    firsts, parts = frozenset({"PREDNISOLON", "SOL"}), frozenset({"SUCCI"})
    alone = GistReader(firsts, parts)
    kinds = {word: alone._learned(word) for word in words}
    kept, unknown = GistReader(firsts, parts).kept_of(words)
    assert set(unknown) == {word for word, kind in kinds.items() if kind == "unknown"}
    assert kept == {word for word, kind in kinds.items() if kind in ("unknown", "naming") or kind.startswith("!")}


@given(st.lists(WORDS, unique=True, max_size=20))
def test_known_names_found_by_columns_are_found_alone(words: list[str]) -> None:
    names = {"PREDNISOLON": "prednisolon", "PREDNISON": "prednison", "NATRIUM": "natrium", "SOLON": "solon"}
    correction = Correction(names, [], names, {})
    together = correction._same_names(pl.Series(words, dtype=pl.String))
    assert together == {word: same for word in words if (same := correction._same_name(word)) is not None}
