"""A misspelt word is read as a known one only where nothing else can be meant."""

import pytest

from matcher.similarity import NearWords, Similar, distance_allowed, unsure
from matcher.spelling import sound_of
from matcher.substances import Substances, begins_salt, root_of, substance_of, without_salt

KNOWN = [
    "OMEPRAZOL",
    "ESOMEPRAZOL",
    "METOPROLOL",
    "CITALOPRAM",
    "PREDNISON",
    "PREDNISOLON",
    "LYRICA",
    "NIFEDIPINE",
    "NIMODIPINE",
    "CLOBETASOL",
    "CLOBETASON",
]


@pytest.fixture(scope="module")
def near() -> NearWords:
    return NearWords({word: word for word in KNOWN}, [("NIFEDIPINE", "NIMODIPINE"), ("CLOBETASOL", "CLOBETASON")])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("METOPRLOL", Similar("METOPROLOL", 1, is_cut=False)),
        ("METPORLOL", Similar("METOPROLOL", 2, is_cut=False)),
        ("CITALOPRAMM", Similar("CITALOPRAM", 1, is_cut=False)),
        ("LYRECA", Similar("LYRICA", 1, is_cut=False)),
        ("METOPRO", Similar("METOPROLOL", 0, is_cut=True)),
        ("PREDNISO", unsure(0, ["PREDNISON", "PREDNISOLON"])),
        ("CLOBETASOX", unsure(1, ["CLOBETASOL", "CLOBETASON"])),
        ("XYLOFOON", None),
        ("LYR", None),
    ],
)
def test_a_word_means_one_known_word_or_none(near: NearWords, written: str, meant: Similar | None) -> None:
    assert near.nearest(written) == meant


def test_many_words_at_once_mean_what_each_means_alone(near: NearWords) -> None:
    words = [
        "METOPRLOL",
        "METPORLOL",
        "PREDNISO",
        "CLOBETASOX",
        "XYLOFOON",
        "LYR",
        "OMEPRAZOLUM",
        "NIFEDIPINUMM",
        "LYRECA",
    ]
    together = NearWords({word: word for word in KNOWN}, [("NIFEDIPINE", "NIMODIPINE"), ("CLOBETASOL", "CLOBETASON")])
    together.look_up(words)
    assert {word: together._known[word] for word in words} == {word: near.nearest(word) for word in words}


def test_a_look_alike_a_letter_further_leaves_the_nearest_open_to_strength_and_form(near: NearWords) -> None:
    assert near.nearest("NIEDIPINE") == Similar("", 1, False, ("NIFEDIPINE", "NIMODIPINE"), 1)


def test_a_look_alike_as_near_is_never_open(near: NearWords) -> None:
    found = near.nearest("CLOBETASOX")
    assert found is not None
    assert found.open_rivals == 0


def test_a_sound_decides_nothing_where_a_look_alike_is_as_near() -> None:
    near = NearWords({word: word for word in KNOWN}, [("PREDNISON", "PREDNISOLON")])
    assert near.same_sound("PREDNISOON") == "PREDNISON"
    assert near.has_twin("PREDNISON", "PREDNISOON")


def test_the_answer_is_the_same_the_second_time(near: NearWords) -> None:
    assert near.nearest("METOPRLOL") is near.nearest("METOPRLOL")


def test_a_rival_one_letter_further_is_named() -> None:
    near = NearWords({"TRAMADOL": "TRAMADOL", "PANADOL": "PANADOL"}, [])
    assert near.nearest("TAMADOL") == Similar("TRAMADOL", 1, is_cut=False, rivals=("PANADOL",))


@pytest.mark.parametrize(("length", "allowed"), [(4, 0), (5, 1), (7, 1), (8, 2), (20, 2)])
def test_longer_words_may_hold_more_wrong_letters(length: int, allowed: int) -> None:
    assert distance_allowed(length) == allowed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OMEPRAZOLUM", "OMEPRAZOLE"),
        ("NIFEDIPINUM", "NIFEDIPINE"),
        ("AMFOTERICINE", "AMPHOTERICIN"),
        ("OESTRADIOL", "ESTRADIOL"),
        ("CHLOORTALIDON", "CLORTALIDONE"),
        ("LEVODOPUM", "LEVODOPA"),
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


def test_look_alikes_do_not_sound_alike() -> None:
    assert sound_of("PREDNISON") != sound_of("PREDNISOLON")


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("METOPROLOLSUCCINAAT", "METOPROLOL"),
        ("DEXAMETHASONDINATRIUMFOSFAAT", "DEXAMETHASON"),
        ("NATRIUMVALPROAAT", "VALPROAAT"),
        ("MAGNESIUMSULFAAT", "MAGNESIUMSULFAAT"),
        ("NATRIUM", "NATRIUM"),
    ],
)
def test_a_salt_is_cut_off_only_where_a_name_remains(word: str, bare: str) -> None:
    assert without_salt(word) == bare


def test_an_acid_and_its_salt_have_one_root() -> None:
    assert root_of("VALPROINEZUUR") == root_of("NATRIUMVALPROAAT")


def test_a_cut_off_salt_is_recognised() -> None:
    assert (begins_salt("PROP"), begins_salt("QQQ")) == (True, False)


@pytest.mark.parametrize(
    ("name", "substance"),
    [("METOPROLOL SUCCINAAT", "METOPROLOL"), ("LAMIVUDINE 0-WATER", "LAMIVUDIN"), ("KALIUMCLAVULANAAT", "CLAVULAN")],
)
def test_a_substance_is_known_without_salt_and_water(name: str, substance: str) -> None:
    assert substance_of(name) == substance


def test_one_substance_can_have_several_codes() -> None:
    substances = Substances.of_vocabulary()
    assert {"B01AC06", "N02BA01"} <= substances.codes[frozenset({substances.named("acetylsalicylzuur")})]
