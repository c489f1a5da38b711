"""The catalogue as an index: its products taken apart like labels, by brand and by substances."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import polars as pl

from .label import (
    FIRM,
    FIRMS,
    NO_FORM,
    WRITTEN,
    Form,
    ParsedLabel,
    Strength,
    firms_apart,
    form_of,
    form_word,
    kind_of,
    parse_tokens,
    route_of,
    tokens_in,
    tokens_of,
    tokens_of_half,
)
from .substances import Substances, SubstanceSet

OPTIONAL_TEXT = ("substances", "form", "route", "strength", "firm", "label_name")
_TOLD = ("atc", "substances", "form", "route", "strength")  # what tells medicines apart beside their name
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
        texts = _texts(catalogue)
        held = texts.select("atc", "substances").unique(maintain_order=True)
        for code, names in held.filter(pl.col("substances") != "").iter_rows():
            self._learn(code, names)
        self._medicines: dict[tuple[object, ...], Medicine] = {}
        self._medicine_of: dict[tuple[object, ...], Medicine] = {}
        tokens = tokens_in(texts["product_name"])
        self.rows = self._taken_apart(texts.hstack(firms_apart(tokens)))
        self.is_closed = _is_closed(catalogue, texts["product_name"])
        self.by_name: defaultdict[str, list[Product]] = defaultdict(list)
        self.as_written: dict[str, list[Product]] = {}
        self._learn_names(texts["product_name"], tokens)
        if "label_name" in catalogue.columns:
            self._learn_names(texts["label_name"], tokens_in(texts["label_name"]))
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

    def _learn_names(self, names: pl.Series, tokens: pl.Series) -> None:
        """Know each row by a name of its own; a name that stands in two columns or rows gathers all its rows."""
        for name, spelled, product in zip(names.to_list(), tokens.list.join(" ").to_list(), self.rows, strict=True):
            if not spelled:
                continue
            same = self.by_name[spelled]
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

    def _taken_apart(self, rows: pl.DataFrame) -> list[Product]:
        """Return the product of every row; what rows that differ in their firms alone say is read once."""
        told = rows.select(*_TOLD, "firm", WRITTEN)
        distinct = told.unique(maintain_order=True)
        place = told.join(distinct.with_row_index("place"), on=told.columns, how="left", maintain_order="left")["place"]
        parts = [self._part(row) for row in distinct.iter_rows(named=True)]
        products = []
        for name, firms, part in rows.select("product_name", FIRMS, place).iter_rows():
            medicine, packs, own = parts[part]
            product = Product(name, packs, own | _words_in(firms), medicine)
            medicine.products.append(product)
            products.append(product)
        return products

    def _part(self, row: dict[str, str]) -> tuple[Medicine, frozenset[str], frozenset[str]]:
        """Return the medicine, packs and firms that a row tells of beside the firms in its name."""
        label = parse_tokens(tokens_of_half(row[WRITTEN]))
        firms = _words_in(row["firm"])
        packs = frozenset([pack for strength in label.strengths for pack in strength.packs])
        return self._medicine_in(label, row, firms), packs, firms

    def _medicine_in(self, label: ParsedLabel, row: dict[str, str], firms: frozenset[str]) -> Medicine:
        """Return the medicine of a row; rows that differ in their firm alone are taken apart once."""
        head = label.words[: label.head_length]
        unnamed = (*head[:1], *(word for word in head[1:] if word not in firms and kind_of(word) != FIRM))
        told = tuple([row[name] for name in _TOLD])
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


def _texts(catalogue: pl.DataFrame) -> pl.DataFrame:
    """Return the catalogue's texts; what is not told is empty."""
    names = ("product_name", "atc", *OPTIONAL_TEXT)
    empty = pl.lit("")
    told = {name: pl.col(name).cast(pl.String) if name in catalogue.columns else empty for name in names}
    return catalogue.select(pl.coalesce(text, empty).alias(name) for name, text in told.items())


@cache
def _form_named(form: str, route: str) -> Form:
    words = [form_word(word) for word in tokens_of(f"{form} {route}")]
    return form_of(tuple(word for word in words if word is not None))


def _is_closed(catalogue: pl.DataFrame, names: pl.Series) -> bool:
    """Tell whether a strength or form that the catalogue lacks does not exist.

    A list with product codes or in the pharmacy's own label style is the whole assortment; a register of names in
    running text is not, and a substance it lacks in one strength is still that substance.
    """
    coded = [column for column in _CODED if column in catalogue.columns]
    if coded and not all(catalogue.select(pl.col(coded).is_null().all()).row(0)):
        return True
    return (names == names.str.to_uppercase()).sum() > _CLOSED_SHARE * len(names)
