"""From the words of a label to its form class, the fine form that tells products apart, and the inhalation device."""

from functools import cache, lru_cache
from typing import NamedTuple

import polars as pl

from ..vocabulary import rows_of

# Where words disagree the more local place decides: a nebuliser mist in the nose is a nasal spray.
_PLACES = (
    "eye",
    "ear",
    "nasal",
    "inhalation",
    "vaginal",
    "rectal",
    "patch",
    "implant",
    "injection",
    "oromucosal",
    "other",
    "cutaneous",
    "oral",
)
# The finer shape decides: a powder for a drink is sold and judged as a drink, a melting tablet is no plain tablet.
_SHAPES = (
    "effervescent",
    "effervescent_granules",
    "melt",
    "dispersible",
    "lyophilisate",
    "chew",
    "gum",
    "lozenge",
    "suppository",
    "enema",
    "cream",
    "ointment",
    "gel",
    "lotion",
    "shampoo",
    "foam",
    "paste",
    "lacquer",
    "ovule",
    "ring",
    "insert",
    "spray",
    "drops",
    "syrup",
    "drink",
    "granules",
    "powder",
    "suspension",
    "tablet",
    "capsule",
    "patch",
    "emulsion",
    "gas",
    "concentrate",
    "solution",
    "cr",
)
_DEVICES: tuple[str, ...] = ("aerosol", "powder", "solution")
_DEVICE_OF_SHAPE = {"powder": "powder", "capsule": "powder", "solution": "solution", "suspension": "solution"}
_PREFIX_MIN = 4  # letters; shorter beginnings fit too many words
_SUFFIX_MIN = 5


class FormWord(NamedTuple):
    """What one word says about the form; an empty text says nothing."""

    place: str
    shape: str
    release: str
    device: str


class Form(NamedTuple):
    """Form class (as in the interface, or nothing), fine shape, whether film-coated, and the inhalation device.

    `has_pen` tells that it comes in a pen, syringe or cartridge; `release` is "modified", "enteric" or not told.
    """

    form_class: str | None
    shape: str
    is_film: bool
    device: str | None
    has_pen: bool
    release: str = ""


NO_FORM = Form(None, "", False, None, False)
MODIFIED = NO_FORM._replace(release="modified")
FORM_WORDS = {
    row["word"]: FormWord(row["place"], row["shape"], row["release"], row["device"]) for row in rows_of("forms")
}
_LONG_TAILS = frozenset(word[-_SUFFIX_MIN:] for word in FORM_WORDS if len(word) >= _SUFFIX_MIN)
_CLASSES = [(row["place"], row["shape"], row["release"], row["class"]) for row in rows_of("form_classes")]
ROUTES = {row["class"]: row["route"] for row in rows_of("route_groups")}


def form_word(word: str) -> FormWord | None:
    """Return what a word says about the form, where it is one."""
    return FORM_WORDS.get(word)


def route_of(form: Form) -> str | None:
    """Return the route by which a form is used, where it tells one."""
    # What is chewed is swallowed; only the class that it shares with lozenges says otherwise. So is what says nothing
    # but how it is released: "EC", "MGA", "SR".
    is_swallowed = form.shape == "chew" or (form.form_class is None and form.shape == "" and form.release != "")
    return "oral" if is_swallowed else ROUTES.get(form.form_class or "")


@cache
def _prefixes() -> dict[str, FormWord]:
    """Return every beginning of a form word that only words of one meaning share."""
    found: dict[str, set[FormWord]] = {}
    for word, meaning in FORM_WORDS.items():
        for length in range(_PREFIX_MIN, len(word)):
            found.setdefault(word[:length], set()).add(meaning)
    return {beginning: meanings.pop() for beginning, meanings in found.items() if len(meanings) == 1}


def may_hold_form(words: pl.Series) -> pl.Series:
    """Tell of each word whether it begins or ends as a form word does; else it is no form cut off or glued on."""
    cut, tails = (pl.Series(sorted(some), dtype=pl.String).implode() for some in (_prefixes(), _LONG_TAILS))
    return words.str.tail(_SUFFIX_MIN).is_in(tails) | words.is_in(cut)


def form_word_cut_or_joined(word: str) -> FormWord | None:
    """Return the form of a word that was cut off ("TABLE") or glued to another ("ALLERGIENEUSSPRAY")."""
    if len(word) >= _PREFIX_MIN and (cut := _prefixes().get(word)) is not None:
        return cut
    if word[-_SUFFIX_MIN:] not in _LONG_TAILS:
        return None
    last = len(word) - _SUFFIX_MIN
    return next((FORM_WORDS[word[n:]] for n in range(2, last + 1) if word[n:] in FORM_WORDS), None)


@lru_cache(maxsize=1 << 16)
def form_of(words: tuple[FormWord, ...]) -> Form:
    """Return the form that these words together name."""
    return _form(
        frozenset(word.place for word in words),
        frozenset(word.shape for word in words),
        frozenset(word.release for word in words),
        frozenset(word.device for word in words),
    )


def _form(places: frozenset[str], shapes: frozenset[str], releases: frozenset[str], devices: frozenset[str]) -> Form:
    place = next((place for place in _PLACES if place in places), "")
    shape = next((shape for shape in _SHAPES if shape in shapes), "")
    if shape == "drops" and "tablet" in shapes:
        shape = "tablet"  # DR is also "dragee" and a doctor's title
    if shape == "powder" and "suspension" in shapes and "oral" not in places:
        shape = "suspension"  # the price lists count "poeder voor suspensie" by its volume once made
    release = next((release for release in ("enteric", "modified") if release in releases), "")
    device = next((device for device in _DEVICES if device in devices), None)
    form_class = _class(place, shape, release)
    if device is None:
        device = _DEVICE_OF_SHAPE.get(shape)
    device = device if form_class == "inhalation" else None
    return Form(form_class, shape, "film" in releases, device, "pen" in devices, release)


def _class(place: str, shape: str, release: str) -> str | None:
    for row_place, row_shape, row_release, form_class in _CLASSES:
        if row_place in ("", place) and row_shape in ("", shape) and row_release in ("", release):
            return form_class or None
    return None
