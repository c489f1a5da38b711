"""Substances by name: what the words of a label name, which salts are one substance, and its ATC codes.

A substance is known by the sound of its name without salt and water: "METOPROLOLSUCCINAAT" and "Metoprololi
tartras" are both METOPROLOL. Sources: the vocabulary (aggregated from the register and GIP) and the catalogue.
"""

import re
from collections import defaultdict
from collections.abc import KeysView, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import polars as pl

from .label import SALTS, tokens_of
from .spelling import sound_of
from .vocabulary import rows_of, words_of

SubstanceSet = frozenset[str]

_SALT_ENDS = frozenset(row["word"] for row in rows_of("salts") if row["place"] in ("both", "end"))
_SALT_STARTS = frozenset(row["word"] for row in rows_of("salts") if row["place"] == "both")
_SALT_MIN = min(map(len, _SALT_ENDS))
# Few words end or begin as any salt does: a look at two letters spares the others forty.
_SALT_TAILS = frozenset(salt[-_SALT_MIN:] for salt in _SALT_ENDS)
_SALT_HEADS = frozenset(salt[:_SALT_MIN] for salt in _SALT_STARTS)
_SALT_BEGINNINGS = frozenset(salt[:length] for salt in _SALT_ENDS for length in range(1, len(salt) + 1))
_SALT_LENGTHS = sorted({len(salt) for salt in _SALT_ENDS}, reverse=True)
_NAME_MIN = 2  # letters in the longest word of a name
_ALIKE = 4  # letters by which a name and its salt begin alike
_METALS = tuple(_SALT_STARTS)
_REST_MIN = 4  # letters that must remain when a salt is cut off a word
_WATER = re.compile(r"[0-9X][0-9,.]*-WATER|\([^)]*\)|\[[^]]*\]")
_GROUP_NAME = re.compile(rf"\b(?:{'|'.join(sorted(words_of('group_words')))})\b|,", re.I)
_ACID_ENDS = tuple(row["word"] for row in rows_of("acid_endings"))
_DRESSED = rf"^(?:{'|'.join(sorted(_SALT_STARTS))})|(?:{'|'.join([*sorted(_SALT_ENDS), *_ACID_ENDS])})$"
_ACID = re.compile(rf"(?:{'|'.join(_ACID_ENDS)})$")


@lru_cache(maxsize=1 << 17)
def without_salt(word: str) -> str:
    """Return the word without the salts glued to its end and start; a word that is only a salt stays.

    >>> without_salt("METOPROLOLSUCCINAAT"), without_salt("NATRIUMVALPROAAT"), without_salt("NATRIUM")
    ('METOPROLOL', 'VALPROAAT', 'NATRIUM')
    """
    longest = len(word) - _REST_MIN
    # Magnesium sulphate is no salt of another substance: what remains must itself not be a salt.
    if word[-_SALT_MIN:] in _SALT_TAILS:
        for n in _SALT_LENGTHS:
            if n <= longest and word[-n:] in _SALT_ENDS and word[:-n] not in SALTS:
                return without_salt(word[:-n])
    if word[:_SALT_MIN] in _SALT_HEADS:
        for n in _SALT_LENGTHS:
            if n <= longest and word[:n] in _SALT_STARTS and word[n:] not in SALTS:
                return without_salt(word[n:])
    return word


def begins_salt(ending: str) -> bool:
    """Tell whether these letters are the beginning of a salt's name, as in FLUTICASONPROP."""
    return ending in _SALT_BEGINNINGS


@lru_cache(maxsize=1 << 14)
def words_of_name(name: str) -> tuple[str, ...]:
    """Return the words of a substance's name, without its water and what stands between brackets."""
    return tuple(word for word in tokens_of(_WATER.sub(" ", name)) if word not in "()/+")


@lru_cache(maxsize=1 << 14)
def substance_of(name: str) -> str:
    """Return the one spelling by which a substance is known: no salt, no water, as it sounds."""
    words = words_of_name(name)
    kept = [word for word in words if word not in SALTS] or words
    return " ".join(root_of(word) for word in kept)


def root_of(word: str) -> str:
    """Return a word of a name as it sounds without salt and without the ending of an acid."""
    bare = without_salt(word)
    acid = _ACID.sub("", bare) if bare.endswith(_ACID_ENDS) else bare
    # Valproate and valproic acid are one substance; what is left must still be a name.
    return sound_of(acid if len(acid) >= _REST_MIN else bare)


def are_bare(words: pl.Series) -> pl.Series:
    """Tell of each word, at a glance, that no salt or acid is glued to it; of such a word the root is its sound."""
    return ~words.str.contains(_DRESSED)


def end_in_begun_salt(words: pl.Series, least: int) -> pl.Series:
    """Tell of each word whether it ends on at least so many letters of the beginning of a salt."""
    beginnings = sorted(beginning for beginning in _SALT_BEGINNINGS if len(beginning) >= least)
    return words.str.contains(rf"(?:{'|'.join(beginnings)})$")


class Substances:
    """What is known of substances: their names, and the ATC codes of each set of them."""

    @classmethod
    def of_vocabulary(cls) -> "Substances":
        """Return what the vocabulary knows, free to learn more from a catalogue."""
        known, fresh = _vocabulary(), cls()
        for own, learned in zip(fresh._tables(), known._tables(), strict=True):
            own.update(learned)
        for codes, learned_codes in ((fresh.codes, known.codes), (fresh.codes_of_name, known.codes_of_name)):
            codes.update({key: set(found) for key, found in learned_codes.items()})  # type: ignore[misc]
        return fresh

    def _tables(self) -> tuple[dict[str, Any], ...]:
        return self.names, self.shown, self.set_of_code, self._same, self._longest

    def __init__(self) -> None:
        """Start knowing nothing."""
        self.names: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        self.codes: defaultdict[SubstanceSet, set[str]] = defaultdict(set)
        self.set_of_code: dict[str, SubstanceSet] = {}
        self.codes_of_name: defaultdict[str, set[str]] = defaultdict(set)
        self._same: dict[str, str] = {}
        self._learned: set[str] = set()
        self._titled: set[str] = set()  # the substances that codes are named after
        self._longest: dict[str, int] = {}

    def learn_vocabulary(self) -> None:
        """Know all that the vocabulary says."""
        rows = rows_of("substances")
        self._titled = {substance_of(name) for row in rows for name in _titles(row)}
        for row in rows:
            self._learn_single_names(row)
        for row in rows:
            self._learn_codes(row)
        for row in rows_of("abbreviations"):
            self._learn_abbreviation(row["short"], row["names"].split("|"))
        self._drop_replaced_codes({row["atc"] for row in rows if row["products"] == "0"})

    def _learn_single_names(self, row: dict[str, str]) -> None:
        titles, singles = _titles(row), [name for name in row["substances"].split("|") if name]
        for name in titles + singles:
            self.learn_name(name)
        if titles:
            own = [substance_of(name) for name in titles]
            # What has codes of its own is no other spelling of what this code is named after, but misplaced here.
            held = [substance_of(name) for name in singles]
            others = [other for other in held if other in own or other not in self._titled]
            self._join_spellings(own[0], own[1:] + others)

    def _join_spellings(self, known: str, others: list[str]) -> None:
        # Two names of one code are one substance if there are no others, or if they start alike;
        # anything else under the code may be an excipient.
        distinct = set(others) - {known}
        for other in distinct:
            if len(distinct) == 1 or (other[:_ALIKE] == known[:_ALIKE] and not known.startswith(_METALS)):
                self._same.setdefault(other, known)

    def learn_name(self, name: str) -> None:
        """Know a substance by this name, as written and without its salt."""
        words = words_of_name(name)
        if not words or name in self._learned:
            return
        self._learned.add(name)
        substance = substance_of(name)
        kept = [word for word in words if word not in SALTS]
        for spelling in (words, kept, [without_salt(word) for word in kept]):
            if spelling:
                self._know(spelling, substance)
        self.shown.setdefault(substance, name)

    def _know(self, words: Sequence[str], substance: str) -> None:
        if max(map(len, words)) < _NAME_MIN:
            return  # "L" of L-arginine is no name
        self.names.setdefault(" ".join(words), substance)
        self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def _learn_abbreviation(self, short: str, names: list[str]) -> None:
        if len(names) == 1:
            self.learn_name(names[0])
            self._know(tokens_of(short), self.canonical(substance_of(names[0])))

    def _learn_codes(self, row: dict[str, str]) -> None:
        code = row["atc"]
        for name in (row["name_nl"], row["name_en"]):
            if name and not _GROUP_NAME.search(name):
                self.learn_code(code, [name])
        titles = [name for name in (row["name_nl"], row["name_en"]) if name]
        own = {self.named(name) for name in titles if not _GROUP_NAME.search(name)}
        singles = [name for name in row["substances"].split("|") if name]
        held = {self.named(name) for name in singles}
        is_alone = bool(own) and len(held) == 1 and held.isdisjoint(self._titled)
        for name in singles:
            # What the register lists under a code that is named after something else is an excipient or a mistake.
            if self.named(name) in own or is_alone or not titles:
                self.learn_code(code, [name])
        for names in row["combinations"].split(";"):
            if names:
                for name in names.split("|"):
                    self.learn_name(name)
                self.learn_code(code, names.split("|"))

    def learn_code(self, code: str, names: Sequence[str]) -> SubstanceSet:
        """Know that these substances together have this ATC code; return their set."""
        if len(names) == 1:
            self.codes_of_name[" ".join(words_of_name(names[0]))].add(code)
        substances = frozenset(self.canonical(substance_of(name)) for name in names)
        self.codes[substances].add(code)
        self.set_of_code.setdefault(code, substances)
        return substances

    def canonical(self, substance: str) -> str:
        """Return the name under which all spellings of a substance are gathered."""
        for _ in range(3):
            following = self._same.get(substance)
            if following is None:
                break
            substance = following
        return substance

    def _drop_replaced_codes(self, unused: set[str]) -> None:
        # A code no product carries any more is the old code of the one that is carried.
        for codes in self.codes.values():
            if codes - unused:
                codes.difference_update(unused)

    def named(self, name: str) -> str:
        """Return the substance that a full name, salt and all, stands for."""
        return self.canonical(substance_of(name))

    def shown_names(self, substances: SubstanceSet) -> str | None:
        """Return the names of a set as people write them, or nothing for none."""
        return "|".join(sorted(self.shown.get(name, name) for name in substances)) or None

    @property
    def first_words(self) -> KeysView[str]:
        """The words with which names begin."""
        return self._longest.keys()

    def at(self, words: Sequence[str], start: int) -> tuple[str, str] | None:
        """Return the longest name that begins at this word, and its substance."""
        for length in range(min(self._longest.get(words[start], 0), len(words) - start), 0, -1):
            name = " ".join(words[start : start + length])
            if (substance := self.names.get(name)) is not None:
                return name, self.canonical(substance)
        return None

    def named_in(self, words: Sequence[str]) -> list[str]:
        """Return the substances named in these words, in order; a salt beside a name is no substance."""
        found: list[str] = []
        salts: list[str] = []
        start = 0
        while start < len(words):
            hit = self.at(words, start)
            if hit is not None:
                (salts if hit[0] in SALTS else found).append(hit[1])
            start += 1 if hit is None else hit[0].count(" ") + 1
        return found or salts


def _titles(row: Mapping[str, str]) -> list[str]:
    """Return the names of a code that name one substance, not a group."""
    return [name for name in (row["name_nl"], row["name_en"]) if name and not _GROUP_NAME.search(name)]


@cache
def _vocabulary() -> Substances:
    known = Substances()
    known.learn_vocabulary()
    return known
