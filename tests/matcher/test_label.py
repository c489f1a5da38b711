"""A product label is taken apart into words, exact strengths and a form."""

from fractions import Fraction

import polars as pl
import pytest

from matcher.label import (
    clean_text,
    clean_texts,
    exclusion_of,
    form_of,
    form_word,
    form_word_cut_or_joined,
    has_potency,
    kind_of,
    number_of,
    parse_tokens,
    strength_of,
    tokens_in,
    tokens_of,
)

LABELS = [
    "Amoxi/clav sandoz injpdr flacon 500/ 50mg",
    "Atrovent 20 microgram/dosis, aërosol, oplossing",
    "<b>Omeprazol</b>&nbsp;20&nbsp;mg",
    "CrÃ¨me 1 %",
    "Interferon α 3 MIE 💊",
    "TAMSULOSINE CAPS M.G.A. 0,4MG",
    "wwsp3,0ml",
    "",
]


@pytest.mark.parametrize(
    ("label", "cleaned"),
    [
        ("omeprazol  20mg", "OMEPRAZOL 20MG"),
        ("crème 10 µg", "CREME 10 UG"),
        ("CrÃ¨me 1 %", "CREME 1 %"),
        ("<b>Omeprazol</b>&nbsp;20 mg", "OMEPRAZOL 20 MG"),
        ("Interferon α", "INTERFERON ALFA"),
        ("CAPS M.G.A. 20MG", "CAPS MGA 20MG"),
        ("40.000 I.E.", "40.000 IE"),
        ("wwsp3,0ml", "WWSP 3,0ML"),
        ("\u200f💊", ""),
    ],
)
def test_a_label_is_cleaned_to_plain_capitals(label: str, cleaned: str) -> None:
    assert clean_text(label) == cleaned


def test_one_label_and_a_column_are_cut_alike() -> None:
    assert tokens_in(pl.Series(LABELS)).to_list() == [tokens_of(label) for label in LABELS]


def test_a_column_of_plain_labels_is_cleaned_alike() -> None:
    assert clean_texts(pl.Series(["a 1,5MG", "B.V. x"])).to_list() == [clean_text("a 1,5MG"), clean_text("B.V. x")]


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("2,5", "", Fraction(5, 2)),
        ("1.000.000", "IE", Fraction(1_000_000)),
        ("1,000,000", "IU", Fraction(1_000_000)),
        ("3.125", "MG", Fraction(25, 8)),
        ("1.250", "MG", Fraction(1250)),
        ("0.125", "MG", Fraction(1, 8)),
        ("1.234,5", "IE", Fraction(2469, 2)),
        ("5.", "", Fraction(5)),
    ],
)
def test_a_number_is_read_as_the_dutch_write_it(text: str, unit: str, number: Fraction) -> None:
    assert number_of(text, unit) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1G", "1000 MG"),
        ("0,5 MG", "500MCG"),
        ("100 UG/DO", "100MICROGRAM/DOSIS"),
        ("0,5%", "5MG/ML"),
        ("0,5%", "5 MG/G"),
        ("4MG/5ML", "0,8MG/ML"),
        ("500/125MG", "500 MG/125 MG"),
        ("1.000.000IE", "1 MILJ IE"),
        ("20 MG", "20MG"),
    ],
)
def test_one_strength_written_two_ways_is_one_strength(one: str, other: str) -> None:
    assert strength_of(one).key == strength_of(other).key


@pytest.mark.parametrize(
    ("one", "other"), [("50MG", "500MG"), ("50MG", "50MCG"), ("5MG/ML", "5MG"), ("500/125MG", "500/50MG")]
)
def test_other_strengths_are_other_strengths(one: str, other: str) -> None:
    assert strength_of(one).key != strength_of(other).key


@pytest.mark.parametrize(
    ("token", "text", "count", "packs"),
    [
        ("500/125MG", "500 mg/125 mg", 2, ()),
        ("100MCG/DO", "100 microg/dose", 1, ()),
        ("2,5 MG/5 ML", "2,5 mg/5 ml", 1, ()),
        ("125MG + 80MG", "125 mg/80 mg", 1, ()),
        ("10ML", "10 ml", 0, ("ml 10000",)),
        ("60DO", "60 dose", 0, ("dose 60",)),
        ("30ST", "30 piece", 0, ()),
    ],
)
def test_a_strength_tells_its_text_its_count_and_its_pack(
    token: str, text: str, count: int, packs: tuple[str, ...]
) -> None:
    strength = strength_of(token)
    assert (strength.text, strength.counted, strength.packs) == (text, count, packs)


@pytest.mark.parametrize(
    ("label", "form_class", "shape", "device"),
    [
        ("TABLET", "tablet", "tablet", None),
        ("TABLET MGA", "tablet_modified", "tablet", None),
        ("tabletten met verlengde afgifte", "tablet_modified", "tablet", None),
        ("CAPSULE MSR", "capsule_enteric", "capsule", None),
        ("SMELTTABLET", "tablet_dispersible", "melt", None),
        ("ZUIGTABLET", "tablet_oromucosal", "lozenge", None),
        ("TABLET SUBLINGUAAL", "tablet_oromucosal", "tablet", None),
        ("PDR V DRANK", "oral_liquid", "drink", None),
        ("poeder voor orale suspensie", "oral_powder", "powder", None),
        ("POEDER VOOR SUSPENSIE", "oral_liquid", "suspension", None),
        ("poeder voor oplossing voor injectie", "inj_inf", "powder", None),
        ("NEVEL NEUSSPRAY", "nasal", "spray", None),
        ("OOG DRUPPELS", "eye", "drops", None),
        ("AEROSOL", "inhalation", "", "aerosol"),
        ("INH PDR", "inhalation", "powder", "powder"),
        ("VERNEVELVLST", "inhalation", "", "solution"),
        ("TABLET VAGINAAL", "vaginal", "tablet", None),
        ("CR", "cutaneous", "cr", None),
        ("TABLET CR", "tablet_modified", "tablet", None),
        ("OPLOSSING", None, "solution", None),
        ("CAPSULE 30 TABLETTEN", "capsule", "capsule", None),
    ],
)
def test_words_name_a_form(label: str, form_class: str | None, shape: str, device: str | None) -> None:
    form = form_of(parse_tokens(tokens_of(label)).form_words)
    assert (form.form_class, form.shape, form.device) == (form_class, shape, device)


@pytest.mark.parametrize(
    ("word", "whole"), [("FILMOMHU", "FILMOMHULD"), ("HOESTDRANK", "DRANK"), ("OOGDRUPPE", "OOGDRUPPELS")]
)
def test_a_form_word_is_known_when_cut_or_glued(word: str, whole: str) -> None:
    assert form_word_cut_or_joined(word) == form_word(whole)


def test_an_ordinary_word_is_no_form() -> None:
    assert form_word_cut_or_joined("OMEPRAZOL") is None


def test_parts_keep_their_place_in_the_label() -> None:
    label = parse_tokens(tokens_of("Losartan kalium/HCT pch tablet 100/25mg"))
    assert (label.words, label.head_length, label.joined) == (
        ("LOSARTAN", "KALIUM", "HCT", "PCH", "TABLET"),
        5,
        frozenset({2}),
    )


def test_and_joins_as_a_slash_does() -> None:
    assert parse_tokens(tokens_of("lidocaine en prilocaine")).joined == frozenset({1})


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("TABLET", "form"),
        ("SANDOZ", "firm"),
        ("FLACON", "filler"),
        ("X", "filler"),
        ("TARTRAAT", "salt"),
        ("OMEPRAZOL", None),
    ],
)
def test_a_word_has_a_kind(word: str, kind: str | None) -> None:
    assert kind_of(word) == kind


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("FNA", "COMPOUNDED"),
        ("GLUCOSETESTSTRIP", "NOT_A_MEDICINE"),
        ("INCONTINENTIELUIER", "NOT_A_MEDICINE"),
        ("INSTRUCTIE", "SERVICE"),
        ("OMEPRAZOL", None),
    ],
)
def test_words_of_aids_and_services_are_known(word: str, reason: str | None) -> None:
    assert exclusion_of(word) == reason


@pytest.mark.parametrize(
    ("label", "is_potency"),
    [
        ("Arnica D6", True),
        ("Nux vomica C30 globuli", True),
        ("Vitamine D 3", False),
        ("Vitamine C 1000", False),
        ("Calcium D6 500MG", False),
    ],
)
def test_a_dilution_is_homeopathic(label: str, is_potency: bool) -> None:
    assert has_potency(parse_tokens(tokens_of(label))) is is_potency
