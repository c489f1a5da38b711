"""From the names, strength and form of a label to one ATC code and, where it can be told, one product."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from .frames import Decision, MatchMethod
from .label import COMBINATION_WORDS, ROUTES, Form, ParsedLabel, form_of
from .names import Reading
from .products import Product, Products
from .reasons import MatchReason
from .substances import Substances, SubstanceSet
from .vocabulary import rows_of

_SYSTEMIC = frozenset({"oral", "injection", "rectal", "patch", "oromucosal", "implant", "nasal", "inhalation"})
_LOCAL_ONLY = frozenset({"eye", "ear", "cutaneous", "vaginal"})
_ROUTES_OF_ATC = {row["atc"]: frozenset(row["routes"].split()) for row in rows_of("atc_routes")}
_PREFIXES = sorted(_ROUTES_OF_ATC, key=len, reverse=True)
# Behind the brand of an injection or inhaler comes the name of its pen or device; elsewhere another medicine's name.
_DEVICE_ROUTES = frozenset({"injection", "inhalation"})
# Shapes that are one medicine to a pharmacist; any other two shapes that differ are two products.
_SAME_SHAPE = {
    "syrup": "drink",
    "suspension": "drink",
    "solution": "drink",
    "effervescent_granules": "effervescent",
    "cr": "cream",
}
_LOOSE_SHAPES = frozenset({"", "concentrate", "emulsion", "gas", "drink", "powder", "granules"})


class Verdict(NamedTuple):
    """What a label is: decision, how it was found, and the evidence class by which its score is looked up."""

    decision: Decision
    method: MatchMethod
    reason: MatchReason
    evidence: str
    atc: str | None = None
    product: Product | None = None
    substances: SubstanceSet = frozenset()
    codes: tuple[str, ...] = ()


@cache
def routes_of_code(code: str) -> frozenset[str]:
    """Return the routes an ATC code is used by; systemic where its group names none."""
    return next((_ROUTES_OF_ATC[prefix] for prefix in _PREFIXES if code.startswith(prefix)), _SYSTEMIC)


class _Asked(NamedTuple):
    """What the label asks for, ready to compare."""

    form: Form
    route: str | None
    strengths: frozenset[str]
    numbers: frozenset[str]
    packs: frozenset[str]
    firms: frozenset[str]


def _asked(label: ParsedLabel, reading: Reading) -> _Asked:
    form = form_of([*label.form_words, *reading.form_words])
    return _Asked(
        form,
        ROUTES.get(form.form_class or ""),
        frozenset(strength.key for strength in label.strengths if strength.key),
        frozenset(label.numbers),
        frozenset(pack for strength in label.strengths for pack in strength.packs),
        reading.firms,
    )


def _has_strength(product: Product, asked: _Asked) -> bool:
    if not product.numbers <= asked.numbers:
        return False
    if asked.strengths:
        return product.strengths == asked.strengths
    # Without a unit the bare number must be the product's own; without any number nothing is said.
    value = product.strength.partition(" ")[0]
    return bool(asked.numbers) and asked.numbers == {value} | product.numbers


def _has_form(product: Product, asked: _Asked) -> bool:
    one, other = product.form, asked.form
    if one.form_class is None or other.form_class is None:
        # A bare "solution" is no injection: what only one of them says must at least be the same shape.
        return not _says(one) or not _says(other) or (one.shape != "" and _shape(one.shape) == _shape(other.shape))
    if one.form_class != other.form_class:
        return False
    if one.device and other.device and one.device != other.device:
        return False
    return _shape(one.shape) == _shape(other.shape) or one.form_class == "inj_inf" or not (one.shape and other.shape)


def _says(form: Form) -> bool:
    return form.form_class is not None or form.shape != ""


def _shape(shape: str) -> str:
    return _SAME_SHAPE.get(shape, shape)


def _has_pack(product: Product, asked: _Asked) -> bool:
    return not product.packs or not asked.packs or not product.packs.isdisjoint(asked.packs)


def _fits_route(product: Product, route: str | None) -> bool:
    return route is None or product.route is None or product.route == route


class Resolver:
    """Decides what a label is, by one catalogue and the vocabulary."""

    def __init__(self, substances: Substances, products: Products) -> None:
        """Keep where products and codes are found."""
        self._substances = substances
        self._products = products

    def resolve(self, label: ParsedLabel, reading: Reading) -> Verdict:
        """Return the verdict on a label whose names were read."""
        asked = _asked(label, reading)
        verdict = self._resolve_names(label, reading, asked)
        # A name one letter further away that fits the strength and form as well leaves it unsure.
        fits = (self._resolve_names(label, rival, asked) for rival in reading.rivals)
        if verdict.product is not None and any(rival.product is not None for rival in fits):
            return _review(MatchReason.SPELLING_UNSURE, [verdict.product])
        return verdict

    def _resolve_names(self, label: ParsedLabel, reading: Reading, asked: _Asked) -> Verdict:
        if reading.has_unknown_part:
            return _review(MatchReason.UNKNOWN_COMPONENT)
        if reading.brand:
            return self._resolve_brand(label, reading, asked)
        if reading.substances:
            return self._resolve_substances(label, reading, asked)
        if reading.is_unsure:
            return _review(MatchReason.SPELLING_UNSURE)
        if reading.unknown:
            return _unmatched(MatchReason.NAME_UNKNOWN)
        return _unmatched(MatchReason.NO_NAME_IN_LABEL)

    def _resolve_brand(self, label: ParsedLabel, reading: Reading, asked: _Asked) -> Verdict:
        index = self._products.by_first if reading.is_family else self._products.by_head
        rows = [self._products.rows[number] for number in index[reading.brand]]
        if reading.substances:
            agreeing = [row for row in rows if self._holds(row, reading.substances)]
            if not agreeing:
                return self._resolve_substances(label, reading._replace(brand=""), asked)
            rows = agreeing
        fitting = [row for row in rows if _count_fits(label, row)]
        if reading.is_family and (len({row.atc for row in rows}) > 1 or not fitting or _adds_substance(fitting)):
            return _review(MatchReason.BRAND_EXTENDED, rows)
        rows = fitting or rows
        if reading.combination_word and all(len(row.substances) == 1 for row in rows):
            return _review(MatchReason.BRAND_EXTENDED, rows)
        return self._decide(rows, set(), asked, reading)

    def _holds(self, row: Product, named: SubstanceSet) -> bool:
        """Tell whether a product holds what the label names beside its brand; "insulin" is any insulin."""
        if row.atc in self._substances.codes.get(named, ()):
            return True
        return all(any(own == name or own.startswith(f"{name} ") for own in row.substances) for name in named)

    def _resolve_substances(self, label: ParsedLabel, reading: Reading, asked: _Asked) -> Verdict:
        named = reading.substances
        rows = [self._products.rows[number] for number in self._products.by_substances.get(named, ())]
        codes = set(self._substances.codes.get(named, ()))
        if not rows and reading.literal:
            rows = [self._products.rows[number] for number in self._products.by_head.get(reading.literal, ())]
        if not rows and not codes:
            return _review(MatchReason.UNKNOWN_COMPONENT if len(named) > 1 else MatchReason.NAME_UNKNOWN)
        counted = max((strength.count for strength in label.strengths), default=0)
        if counted > len(named) and not any(_has_strength(row, asked) for row in rows):
            return _review(MatchReason.COMPONENTS_DIFFER, rows, codes)
        if reading.combination_word and len(named) == 1:
            return _review(MatchReason.COMPONENTS_DIFFER, rows, codes)
        return self._decide(rows, codes, asked, reading)

    def _decide(self, rows: Sequence[Product], known: set[str], asked: _Asked, reading: Reading) -> Verdict:
        here = [row for row in rows if _fits_route(row, asked.route)]
        strong = [row for row in here if _has_strength(row, asked)]
        exact = [row for row in strong if _has_form(row, asked)]
        codes = self._one_code(exact) or self._one_code(strong) or self._codes(here, known, asked, reading)
        if not codes and reading.brand:
            # A brand in a form that the catalogue lacks keeps its one code where that code is used by this route.
            codes = {code for code in self._one_code(rows) if _is_used_by(code, asked.route)}
        if len(codes) != 1:
            return _review(MatchReason.SEVERAL_CODES if codes else MatchReason.FORM_UNEXPECTED, rows, codes or known)
        code = next(iter(codes))
        if not code:
            return _unmatched(MatchReason.NO_ATC)
        exact = [row for row in exact if row.atc == code]
        if reading.distance or reading.is_cut:
            return self._similar(code, exact, asked, reading)
        method = MatchMethod.PARSED_LABEL
        level = "brand" if reading.brand else "substance"
        substances = reading.substances or self._set_of(code, exact or here)
        if exact:
            product = _nearest(exact, asked)
            return Verdict(
                Decision.MATCHED, method, MatchReason.PRODUCT_KNOWN, f"{level}_product", code, product, substances
            )
        if reading.is_extended and not strong and asked.route not in _DEVICE_ROUTES:
            return _review(MatchReason.BRAND_EXTENDED, rows)
        if self._products.is_closed and (asked.strengths or asked.form.form_class):
            return _review(MatchReason.STRENGTH_UNKNOWN, here, codes)
        reason = MatchReason.BRAND_KNOWN if reading.brand else MatchReason.SUBSTANCE_KNOWN
        return Verdict(Decision.MATCHED, method, reason, level, code, None, substances)

    def _similar(self, code: str, exact: Sequence[Product], asked: _Asked, reading: Reading) -> Verdict:
        evidence = "cut" if reading.is_cut and not reading.distance else f"similar_{reading.distance}"
        if not exact:
            return _review(MatchReason.SPELLING_UNSURE, (), {code})
        product = _nearest(exact, asked)
        substances = reading.substances or self._set_of(code, exact)
        return Verdict(
            Decision.MATCHED,
            MatchMethod.SIMILAR_NAME,
            MatchReason.SPELLING_CORRECTED,
            evidence,
            code,
            product,
            substances,
        )

    def _set_of(self, code: str, rows: Iterable[Product]) -> SubstanceSet:
        return next((row.substances for row in rows if row.atc == code and row.substances), None) or (
            self._substances.set_of_code.get(code, frozenset())
        )

    @staticmethod
    def _one_code(rows: Sequence[Product]) -> set[str]:
        codes = {row.atc or "" for row in rows}
        return codes if len(codes) == 1 else set()

    def _codes(self, rows: Sequence[Product], known: set[str], asked: _Asked, reading: Reading) -> set[str]:
        codes = {row.atc or "" for row in rows} | {code for code in known if _is_used_by(code, asked.route)}
        if len(codes) > 1 and reading.literal:
            codes = codes & self._substances.codes_of_name.get(reading.literal, set()) or codes
        return codes


def _is_used_by(code: str, route: str | None) -> bool:
    return route is None or route in routes_of_code(code)


def _adds_substance(rows: Iterable[Product]) -> bool:
    """Tell whether these brands carry a word ("plus", "comp") by which they hold more than their first word says."""
    return any(not COMBINATION_WORDS.isdisjoint(row.head.split(" ")) for row in rows)


def _count_fits(label: ParsedLabel, product: Product) -> bool:
    counted = max((strength.count for strength in label.strengths), default=0)
    return not counted or not product.components or counted == product.components


def _nearest(rows: Sequence[Product], asked: _Asked) -> Product:
    """Return the product of the firm named; else the one whose pack and coating fit; else the first listed."""
    return max(
        rows,
        key=lambda row: (
            not row.firms.isdisjoint(asked.firms),
            _has_pack(row, asked),
            row.form.is_film == asked.form.is_film,
        ),
    )


def _review(reason: MatchReason, rows: Iterable[Product] = (), codes: Iterable[str] = ()) -> Verdict:
    candidates = dict.fromkeys([*codes, *(row.atc for row in rows if row.atc)])
    return Verdict(Decision.REVIEW, MatchMethod.NONE, reason, "review", codes=tuple(candidates))


def _unmatched(reason: MatchReason) -> Verdict:
    return Verdict(Decision.UNMATCHED, MatchMethod.NONE, reason, "unmatched")
