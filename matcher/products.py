"""The catalogue as an index: its products taken apart like labels, by brand and by substances."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import polars as pl

from .label import (
    FIRM,
    NO_FORM,
    Form,
    ParsedLabel,
    Strength,
    form_of,
    form_word,
    kind_of,
    parse_tokens,
    route_of,
    tokens_of,
    tokens_of_all,
)
from .substances import Substances, SubstanceSet

OPTIONAL_TEXT = ("substances", "form", "route", "strength", "firm", "brand", "label_name")
_TOLD = ("substances", "form", "route", "strength")  # what tells medicines apart beside their name and code
_CODED = ("zi", "hpk", "prk", "gpk", "strength")
_CLOSED_SHARE = 0.9


class Product(NamedTuple):
    """One row of the catalogue: its name, what tells it from others of the same medicine, and that medicine."""

    name: str
    packs: frozenset[str]
    firms: frozenset[str]
    medicine: "Medicine"


@dataclass(frozen=True, slots=True, eq=False)
class Medicine:
    """What products of several firms have in common; `strengths` are exact keys, `numbers` those in the name."""

    atc: str | None
    substances: SubstanceSet
    head: str
    form: Form
    route: str | None
    strengths: frozenset[str]
    strength: str
    components: int
    numbers: frozenset[str]
    products: list[Product] = field(default_factory=list)


class Products:
    """The catalogue's products, and where to find them."""

    def __init__(self, catalogue: pl.DataFrame, substances: Substances) -> None:
        """Take every row apart; the catalogue's own substances are learned on the way."""
        self.substances = substances
        columns = {name: _texts(catalogue, name) for name in ("product_name", "atc", *OPTIONAL_TEXT)}
        for code, names in dict.fromkeys(zip(columns["atc"], columns["substances"], strict=True)):
            if names:
                self._learn(code, names)
        tokens = tokens_of_all(pl.Series(columns["product_name"], dtype=pl.String))
        self._medicines: dict[tuple[object, ...], Medicine] = {}
        self._medicine_of: dict[tuple[object, ...], Medicine] = {}
        self.rows = [
            self._product(parse_tokens(row_tokens), dict(zip(columns, row, strict=True)))
            for row_tokens, row in zip(tokens, zip(*columns.values(), strict=True), strict=True)
        ]
        self.is_closed = _is_closed(catalogue, columns["product_name"])
        self.by_name: defaultdict[str, list[Product]] = defaultdict(list)
        self.as_written: dict[str, list[Product]] = {}
        self._learn_names(columns["product_name"], tokens)
        self._learn_names(columns["label_name"], tokens_of_all(pl.Series(columns["label_name"], dtype=pl.String)))
        self.by_head: defaultdict[str, list[Medicine]] = defaultdict(list)
        self.by_first: defaultdict[str, list[Medicine]] = defaultdict(list)
        self.by_substances: defaultdict[SubstanceSet, list[Medicine]] = defaultdict(list)
        for medicine in self._medicines.values():
            self._index(medicine)

    def _learn(self, code: str, names: str) -> None:
        listed = names.split("|")
        for name in listed:
            self.substances.learn_name(name)
        if code:
            self.substances.learn_code(code, listed)

    def _learn_names(self, names: Sequence[str], tokens: Sequence[list[str]]) -> None:
        """Know each row by a name of its own; a name that stands in two columns or rows gathers all its rows."""
        for name, name_tokens, product in zip(names, tokens, self.rows, strict=True):
            if not name_tokens:
                continue
            same = self.by_name[" ".join(name_tokens)]
            if product not in same[-1:]:
                same.append(product)
            # A label written exactly as in the catalogue needs no parsing.
            self.as_written[name] = same

    def _index(self, medicine: Medicine) -> None:
        if medicine.head:
            self.by_head[medicine.head].append(medicine)
            self.by_first[medicine.head.partition(" ")[0]].append(medicine)
        if medicine.substances:
            self.by_substances[medicine.substances].append(medicine)

    def _product(self, label: ParsedLabel, row: dict[str, str]) -> Product:
        firms = _words_in(row["firm"])
        packs = frozenset([pack for strength in label.strengths for pack in strength.packs])
        named_firms = [word for word in label.words if kind_of(word) == FIRM]
        medicine = self._medicine_in(label, row, firms)
        product = Product(row["product_name"], packs, firms.union(named_firms), medicine)
        medicine.products.append(product)
        return product

    def _medicine_in(self, label: ParsedLabel, row: dict[str, str], firms: frozenset[str]) -> Medicine:
        """Return the medicine of a row; rows that differ in their firm alone are taken apart once."""
        head = label.words[: label.head_length]
        unnamed = (*head[:1], *(word for word in head[1:] if word not in firms and kind_of(word) != FIRM))
        told = tuple([row[name] for name in ("atc", *_TOLD)])
        question = unnamed, label.strengths, label.numbers, label.form_words, told
        medicine = self._medicine_of.get(question)
        if medicine is None:
            medicine = self._medicine_of[question] = self._medicine(label, row, firms)
        return medicine

    def _medicine(self, label: ParsedLabel, row: dict[str, str], firms: frozenset[str]) -> Medicine:
        head, named = self._head(label, firms)
        substances = self._substances_of(row, named)
        # A name that is only the product's own substances is no brand.
        head = "" if named and named <= substances else head
        named_form = _form_named(row["form"], row["route"]) if row["form"] else NO_FORM
        form = named_form if named_form.form_class else label.form
        strengths = _strengths_in(row["strength"]) if row["strength"] else label.strengths
        keys = frozenset([strength.key for strength in strengths if strength.key])
        numbers = frozenset(label.numbers).intersection(label.words[: label.head_length])
        what = (row["atc"] or None, substances, head, form, keys, numbers)
        if (known := self._medicines.get(what)) is not None:
            return known
        shown = next((strength.text for strength in strengths if strength.key), "")
        count = max((strength.counted for strength in strengths), default=0)
        made = Medicine(row["atc"] or None, substances, head, form, route_of(form), keys, shown, count, numbers)
        self._medicines[what] = made
        return made

    def _substances_of(self, row: dict[str, str], named: SubstanceSet) -> SubstanceSet:
        known = self.substances
        if row["substances"]:
            return frozenset(known.canonical(known.named(name)) for name in row["substances"].split("|"))
        if named and row["atc"] in known.codes.get(named, ()):
            return named
        return known.set_of_code.get(row["atc"], named)

    def _head(self, label: ParsedLabel, firms: frozenset[str]) -> tuple[str, SubstanceSet]:
        """Return the name a product goes by (without firm and form), and the substances that name holds."""
        words: list[str] = []
        for word in label.words[: label.head_length]:
            if words and kind_of(word) == "form":
                break
            if not words or (kind_of(word) is None and word not in firms and not word[0].isdigit()):
                words.append(word)
        named = self.substances.named_in(words)
        return " ".join(words), frozenset(named)


@cache
def _words_in(text: str) -> frozenset[str]:
    return frozenset(tokens_of(text))


@cache
def _strengths_in(text: str) -> tuple[Strength, ...]:
    return parse_tokens(tokens_of(text)).strengths


def _texts(catalogue: pl.DataFrame, name: str) -> list[str]:
    if name not in catalogue.columns:
        return [""] * catalogue.height
    return catalogue[name].cast(pl.String).fill_null("").to_list()


@cache
def _form_named(form: str, route: str) -> Form:
    words = [form_word(word) for word in tokens_of(f"{form} {route}")]
    return form_of(tuple(word for word in words if word is not None))


def _is_closed(catalogue: pl.DataFrame, names: Sequence[str]) -> bool:
    """Tell whether a strength or form that the catalogue lacks does not exist.

    A list with product codes or in the pharmacy's own label style is the whole assortment; a register of names in
    running text is not, and a substance it lacks in one strength is still that substance.
    """
    coded = [column for column in _CODED if column in catalogue.columns]
    if coded and not all(catalogue.select(pl.col(coded).is_null().all()).row(0)):
        return True
    return sum(name == name.upper() for name in names) > _CLOSED_SHARE * len(names)
