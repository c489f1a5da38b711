"""Reading the names in a label: the brand at its head, the substances anywhere, and what remains unexplained."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .correct import Corrected, Correction
from .gist import Gist, GistReader
from .label import COMBINATION_WORDS, SALTS, FormWord, kind_of, may_be_potency
from .products import Medicine, Products
from .substances import Substances, SubstanceSet, root_of
from .unknown import WORD_MIN, UnknownWords
from .vocabulary import rows_of

_NAME, _UNKNOWN = "name", "unknown"


class Reading(NamedTuple):
    """The names found in a label."""

    brand: str  # the catalogue's own head, or its first word alone, or empty
    is_family: bool  # only the first word of the brand is known: "Cozaar" where the catalogue has "Cozaar Plus"
    is_extended: bool  # an unknown word follows the brand
    is_cut_short: bool  # what follows the brand begins the longer name of another medicine: "Cozaar p(lus)"
    is_doubtful: bool  # a word is unknown or not found as written: too little for a label without strength or form
    substances: SubstanceSet
    literal: str  # the one name as written, for salts that have a code of their own
    unknown: tuple[str, ...]
    has_unknown_part: bool  # what a "/" joins to a name is unknown
    combination_word: bool  # a word such as "plus" says there is more than the names
    form_words: tuple[FormWord, ...]  # what cut or glued words added
    distance: int = 0  # letters changed to find the name
    closeness: float = 1.0  # the share of the name's letters that were written
    is_cut: bool = False
    is_unsure: bool = False  # a word is near to several names
    rivals: tuple["Reading", ...] = ()  # the label read with names as near, or one letter further away
    rivals_closeness: float = 0.0  # that of the nearest of them
    open_rivals: int = 0  # so many of them, the nearest, may be told apart by strength and form

    @property
    def bare(self) -> "Reading":
        """The names alone, and whether one of them was corrected at all: what is judged, once for all that read so."""
        is_corrected = self.distance > 0 or self.is_cut
        if not is_corrected and not self.rivals:
            return self
        return self._replace(
            distance=int(is_corrected), is_cut=False, closeness=1.0, rivals=(), rivals_closeness=0.0, open_rivals=0
        )


class _Seen(NamedTuple):
    """What was found so far in a label, and the kind of each of its words."""

    kinds: list[str]
    found: list[str]
    salts: list[str]
    unknown: list[str]
    forms: list[FormWord]


class Names:
    """What the words of labels name, by one catalogue."""

    def __init__(self, substances: Substances, products: Products) -> None:
        """Gather every word that can begin or make up a name."""
        self._substances = substances
        self._heads = products.by_head
        self._firsts = products.by_first
        self._longest: dict[str, int] = {}
        self._extensions = _extensions(products.by_head)
        for head in products.by_head:
            first = head.partition(" ")[0]
            self._longest[first] = max(self._longest.get(first, 0), head.count(" ") + 1)
        parts = frozenset(" ".join([*products.by_head, *substances.names]).split(" "))
        firsts = frozenset().union(self._longest, substances.first_words, *self._extensions.values())
        self._gists = GistReader(firsts, parts)
        self.gist_of = self._gists.gist_of
        self._read_before: dict[tuple[tuple[str, ...], tuple[int, ...]], Reading] = {}
        self._corrected_before: dict[tuple[Corrected, tuple[int, ...]], Reading] = {}
        self._kept: dict[Reading, Reading] = {}
        self._scanned: dict[tuple[tuple[str, ...], frozenset[int]], Reading] = {}
        lookalikes = [(row["one"], row["other"]) for row in rows_of("lookalikes")]
        self._correction = Correction(self._meanings(), lookalikes, substances.names, self._firsts)
        self._unknown = UnknownWords(substances, self._correction)

    def _meanings(self) -> dict[str, str]:
        """Return what each word of every name means: a substance word its root, a brand itself."""
        meanings: dict[str, str] = {}
        # Brands first: where a brand is also a word of a substance, its own meaning is the safer one.
        for first in self._firsts:
            if first.isalpha() and kind_of(first) is None:
                meanings[first] = f"brand {first}"
        for name, substance in self._substances.names.items():
            words = name.split(" ")
            for word in words:
                if word.isalpha() and len(word) >= WORD_MIN and word not in SALTS and kind_of(word) is None:
                    meaning = self._substances.canonical(substance) if len(words) == 1 else root_of(word)
                    meanings.setdefault(word, meaning)
        return meanings

    def brand_at(self, words: Sequence[str], start: int) -> str:
        """Return the longest head of the catalogue that begins at this word, or nothing."""
        word = words[start]
        for length in range(min(self._longest.get(word, 0), len(words) - start), 0, -1):
            head = " ".join(words[start : start + length])
            if head in self._heads:
                return head
        return word if word in self._firsts and len(word) >= WORD_MIN and kind_of(word) is None else ""

    @property
    def memory(self) -> int:
        """How many readings are kept for labels to come."""
        return len(self._scanned)

    def forget(self) -> None:
        """Let go of all that was read; what the catalogue and the vocabulary say stays."""
        self._gists.forget()
        for kept in (self._read_before, self._corrected_before, self._kept, self._scanned):
            kept.clear()
        self._correction.forget()
        self._unknown.forget()

    def told_by(self, words: Sequence[str]) -> dict[str, str]:
        """Return for each of many words the one that is read instead: itself, one that says the same, or a gap.

        Looked at all at once, which is many times quicker than one by one.
        """
        kept, unknown = self._gists.kept_of(words)
        # A misspelt name that begins as a vitamin does is kept as it is, and looked up all the same.
        self._unknown.look_up([*unknown, *filter(may_be_potency, kept)])
        told = {word: word if word in kept else "" for word in words}
        return told | self._unknown.stand_ins(unknown)

    def read(self, gist: Gist) -> Reading:
        """Return the names in a label, correcting a word only where nothing was found as written."""
        question = gist.words, gist.joined
        reading = self._read_before.get(question)
        if reading is None:
            reading = self._read_before[question] = self._read(gist)
        return reading

    def _read(self, gist: Gist) -> Reading:
        joined = frozenset(gist.joined)
        scan = self._scan(gist.words, joined)
        if not scan.unknown or (scan.brand and not scan.has_unknown_part):
            return self._only(scan)
        named = bool(scan.brand or scan.substances) and not scan.has_unknown_part
        corrected = self._correction.of(gist.words, scan.unknown, everywhere=not named)
        if corrected.words == gist.words:
            unsure = self._with_rivals(scan, corrected, joined)
            return self._only(unsure._replace(open_rivals=corrected.open_rivals))
        # Many misspellings of a word are one correction: read once what they come down to.
        question = corrected, gist.joined
        reading = self._corrected_before.get(question)
        if reading is None:
            reading = self._corrected_before[question] = self._only(self._read_corrected(corrected, joined))
        return reading

    def _read_corrected(self, corrected: Corrected, joined: frozenset[int]) -> Reading:
        read = self._scan(corrected.words, joined)._replace(
            distance=corrected.distance, is_cut=corrected.is_cut, is_doubtful=True, closeness=corrected.closeness
        )
        return self._with_rivals(read, corrected, joined)

    def _with_rivals(self, reading: Reading, corrected: Corrected, joined: frozenset[int]) -> Reading:
        """Return the reading with the label read with each name that it might also mean."""
        if not corrected.is_unsure and not corrected.rivals:
            return reading
        return reading._replace(
            is_unsure=corrected.is_unsure,
            rivals=tuple([self._scan(rival, joined) for rival, _ in corrected.rivals]),
            rivals_closeness=max((near for _, near in corrected.rivals), default=0.0),
        )

    def _only(self, reading: Reading) -> Reading:
        """Return the one reading that equals this; which words were unknown no longer matters."""
        plain = reading._replace(unknown=("?",)) if reading.unknown else reading
        return self._kept.setdefault(plain, plain)

    def _scan(self, words: tuple[str, ...], joined: frozenset[int]) -> Reading:
        """Return the names in these words as they stand; what many labels may mean is looked through once."""
        question = words, joined
        reading = self._scanned.get(question)
        if reading is None:
            reading = self._scanned[question] = self._look_through(words, joined)
        return reading

    def _look_through(self, words: tuple[str, ...], joined: frozenset[int]) -> Reading:
        seen = _Seen([""] * len(words), [], [], [], [])
        brand, literal, start = "", "", 0
        while start < len(words):
            hit = self._substances.at(words, start)
            head = "" if brand or seen.unknown else self.brand_at(words, start)
            # A head that is itself the name of a substance is no brand: "Metformine" of a firm not known to be one.
            if head and (hit is None or head.count(" ") > hit[0].count(" ")):
                brand = head
            elif hit is not None:
                literal, head = hit[0], hit[0]
                (seen.salts if literal in SALTS and start not in joined else seen.found).append(hit[1])
            else:
                self._see_other(words[start], start, seen)
                start += 1
                continue
            step = head.count(" ") + 1
            seen.kinds[start : start + step] = [_NAME] * step
            start += step
        return self._reading(words, joined, seen, (brand, literal))

    def _see_other(self, word: str, place: int, seen: _Seen) -> None:
        """Place a word at which no name begins: a name glued to its form, a form cut off, or unknown."""
        said = self._unknown.of(word)
        if said.glued is not None:
            seen.found.append(said.glued[0])
            seen.forms.append(said.glued[1])
            seen.kinds[place] = _NAME
        elif said.may_name:
            is_after_name = bool(seen.found) or _NAME in seen.kinds
            form = said.form_after_name if is_after_name else said.form
            if seen.unknown:
                form = said.form_after_unknown
            if form is not None:
                seen.forms.append(form)
            else:
                seen.unknown.append(word)
                seen.kinds[place] = _UNKNOWN

    def _reading(self, words: tuple[str, ...], joined: frozenset[int], seen: _Seen, named: tuple[str, str]) -> Reading:
        brand, literal = named
        kinds = seen.kinds
        after = kinds.index(_NAME) + brand.count(" ") + 1 if brand else len(words)
        ends = [*kinds, _UNKNOWN]
        beside = ({ends[place - 1], ends[place]} for place in joined if place > 0)
        return Reading(
            brand=brand,
            is_family=bool(brand) and brand not in self._heads,
            is_extended=after < len(words) and kinds[after] == _UNKNOWN,
            is_cut_short=after < len(words) and words[after] in self._extensions.get(brand, ()),
            is_doubtful=bool(seen.unknown),
            substances=frozenset(seen.found or ([] if brand else seen.salts)),
            literal=literal if len(seen.found or seen.salts) == 1 else "",
            unknown=tuple(seen.unknown),
            has_unknown_part=any(pair == {_NAME, _UNKNOWN} for pair in beside),
            combination_word=not COMBINATION_WORDS.isdisjoint(words) and COMBINATION_WORDS.isdisjoint(brand.split(" ")),
            form_words=tuple(seen.forms),
        )


def _extensions(heads: Mapping[str, Sequence[Medicine]]) -> dict[str, frozenset[str]]:
    """Return, for each head that begins a longer head of another medicine, how the word after it may begin."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for longer, medicines in heads.items():
        head, _, word = longer.rpartition(" ")
        if {medicine.atc for medicine in heads.get(head, medicines)} != {medicine.atc for medicine in medicines}:
            found[head].update(word[:length] for length in range(1, len(word) + 1))
    return {head: frozenset(words) for head, words in found.items()}
