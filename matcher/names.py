"""Reading the names in a label: the brand at its head, the substances anywhere, and what remains unexplained."""

from collections.abc import Sequence
from typing import NamedTuple

from .label import COMBINATION_WORDS, SALTS, ParsedLabel, form_word_cut_or_joined, kind_of
from .label.forms import FormWord
from .products import Products
from .similarity import NearWords
from .substances import Substances, SubstanceSet, root_of
from .vocabulary import rows_of

_WORD_MIN = 4  # letters; a shorter unknown word is a code of firm or pack, not a name


class Reading(NamedTuple):
    """The names found in a label."""

    brand: str  # the catalogue's own head, or empty
    is_whole_brand: bool  # every naming word of the label belongs to it
    substances: SubstanceSet
    literal: str  # the one name as written, for salts that have a code of their own
    unknown: tuple[str, ...]
    has_unknown_part: bool
    combination_word: bool
    distance: int  # letters changed to find the name
    is_cut: bool
    form_words: tuple[FormWord, ...]  # what cut or glued words added
    firms: frozenset[str]


class Names:
    """What the words of labels name, by one catalogue."""

    def __init__(self, substances: Substances, products: Products) -> None:
        """Gather every word that can begin or make up a name."""
        self._substances = substances
        self._heads = products.by_head
        self._firsts = products.by_first
        self._longest: dict[str, int] = {}
        for head in products.by_head:
            first = head.partition(" ")[0]
            self._longest[first] = max(self._longest.get(first, 0), head.count(" ") + 1)
        self.near = NearWords(self._meanings(), [(row["one"], row["other"]) for row in rows_of("lookalikes")])

    def _meanings(self) -> dict[str, str]:
        """Return what each word of every name means: a substance word its root, a brand itself."""
        meanings: dict[str, str] = {}
        for first in self._firsts:
            if first.isalpha() and kind_of(first) is None:
                meanings[first] = f"brand {first}"
        for name, substance in self._substances.names.items():
            words = name.split(" ")
            for word in words:
                if word.isalpha() and len(word) >= _WORD_MIN and word not in SALTS and kind_of(word) is None:
                    meaning = self._substances.canonical(substance) if len(words) == 1 else root_of(word)
                    meanings.setdefault(word, meaning)
        return meanings

    def brand_at(self, words: Sequence[str], start: int) -> str:
        """Return the longest head of the catalogue that begins at this word, or nothing."""
        for length in range(min(self._longest.get(words[start], 0), len(words) - start), 0, -1):
            head = " ".join(words[start : start + length])
            if head in self._heads:
                return head
        return ""

    def read(self, label: ParsedLabel) -> Reading:
        """Return the names in a label, correcting a word only where nothing was found as written."""
        words, joined = label.words, label.joined
        scan = self._scan(words, joined)
        if not scan.unknown or (scan.brand and not scan.has_unknown_part):
            return scan
        corrected, distance, is_cut = self._corrected(words, scan)
        if corrected == words:
            return scan
        return self._scan(corrected, joined)._replace(distance=distance, is_cut=is_cut)

    def _corrected(self, words: tuple[str, ...], scan: Reading) -> tuple[tuple[str, ...], int, bool]:
        named = bool(scan.brand or scan.substances)
        corrected, distance, is_cut = list(words), 0, False
        for place, word in enumerate(words):
            if word not in scan.unknown or (named and not scan.has_unknown_part and place > 0):
                continue
            if (same := self.near.same_sound(word)) is not None:
                corrected[place] = same
            elif (similar := self.near.nearest(word)) is not None:
                corrected[place] = similar.word
                distance, is_cut = max(distance, similar.distance), is_cut or similar.is_cut
        return tuple(corrected), distance, is_cut

    def _scan(self, words: tuple[str, ...], joined: frozenset[int]) -> Reading:
        brand, literal, start = "", "", 0
        found: list[str] = []
        salts: list[str] = []
        unknown: list[str] = []
        unknown_part = False
        forms: list[FormWord] = []
        firms: list[str] = []
        while start < len(words):
            word = words[start]
            if not brand and not found and not unknown and (head := self.brand_at(words, start)):
                brand = head
                start += head.count(" ") + 1
                continue
            hit = self._substances.at(words, start)
            if hit is not None:
                is_salt = hit[0] in SALTS and start not in joined
                (salts if is_salt else found).append(hit[1])
                literal = hit[0]
                start += hit[0].count(" ") + 1
                continue
            kind = kind_of(word)
            if kind is None and not word[0].isdigit():
                self._place_unknown(word, unknown, forms)
                unknown_part = unknown_part or (start in joined and word in unknown)
            elif kind == "firm":
                firms.append(word)
            start += 1
        return Reading(
            brand,
            bool(brand) and not unknown and not found,
            frozenset(found or ([] if brand else salts)),
            literal if len(found or salts) == 1 else "",
            tuple(unknown),
            unknown_part,
            not COMBINATION_WORDS.isdisjoint(words) and COMBINATION_WORDS.isdisjoint(brand.split(" ")),
            0,
            False,
            tuple(forms),
            frozenset(firms),
        )

    @staticmethod
    def _place_unknown(word: str, unknown: list[str], forms: list[FormWord]) -> None:
        form = form_word_cut_or_joined(word) if unknown or len(word) > _WORD_MIN else None
        if form is not None:
            forms.append(form)
        else:
            unknown.append(word)
