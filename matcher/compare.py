"""Whether a product of the catalogue is what a label asks for: numbers exactly, forms by class and shape."""

from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from .label import Form, FormWord, Strength, form_of, route_of
from .products import Medicine, Product
from .vocabulary import rows_of

_SYSTEMIC = frozenset({"oral", "injection", "rectal", "patch", "oromucosal", "implant", "nasal", "inhalation"})
_ROUTES_OF_ATC = {row["atc"]: frozenset(row["routes"].split()) for row in rows_of("atc_routes")}
_PREFIXES = sorted(_ROUTES_OF_ATC, key=len, reverse=True)
# Shapes that are one medicine to a pharmacist; any other two shapes that differ are two products.
_SAME_SHAPE = {
    "syrup": "drink",
    "suspension": "drink",
    "solution": "drink",
    "effervescent_granules": "effervescent",
    "cr": "cream",
}


class Asked(NamedTuple):
    """What the label asks for beside a name; `components` is how many substances its strength counts."""

    form: Form
    route: str | None
    strengths: frozenset[str]
    numbers: frozenset[str]
    packs: frozenset[str]
    components: int


def asked_of(form_words: tuple[FormWord, ...], strengths: Sequence[Strength], numbers: Sequence[str]) -> Asked:
    """Return what these form words, strengths and bare numbers of a label ask for."""
    form = form_of(form_words)
    return Asked(
        form,
        route_of(form),
        frozenset([strength.key for strength in strengths if strength.key]),
        frozenset(numbers),
        frozenset([pack for strength in strengths for pack in strength.packs]),
        max([strength.counted for strength in strengths], default=0),
    )


def in_strength(medicines: Sequence[Medicine], asked: Asked) -> list[Medicine]:
    """Return those of which every strength, and every number in their own name, is what the label says."""
    if asked.strengths:
        alike = [medicine for medicine in medicines if medicine.strengths == asked.strengths]
        return [medicine for medicine in alike if medicine.numbers <= asked.numbers]
    # Without a unit the bare number must be the product's own; without any number nothing is said.
    said = asked.numbers
    return [each for each in medicines if said == {each.strength.partition(" ")[0]} | each.numbers] if said else []


def has_form(product: Medicine, asked: Asked) -> bool:
    """Tell whether the forms are one; what neither says does not count, what only one says must be the same shape."""
    one, other = product.form, asked.form
    if one.form_class is None or other.form_class is None:
        return not _says(one) or not _says(other) or _is_alike(one, other)
    if one.form_class != other.form_class:
        return False
    if one.device and other.device and one.device != other.device:
        return False
    return one.form_class == "inj_inf" or not (one.shape and other.shape) or _shape(one) == _shape(other)


def _is_alike(one: Form, other: Form) -> bool:
    """Tell whether two forms, of which one is not told in full, are alike in what they both say."""
    # "Metformine XR" is no plain tablet.
    if one.release != other.release:
        return False
    # A bare "solution" is no injection.
    return _shape(one) == _shape(other) if one.shape and other.shape else one.release != ""


def _says(form: Form) -> bool:
    return form.form_class is not None or form.shape != "" or form.release != ""


def _shape(form: Form) -> str:
    return _SAME_SHAPE.get(form.shape, form.shape)


def by_route(medicines: Sequence[Medicine], route: str | None) -> Sequence[Medicine]:
    """Return those used by this route; where a form is unknown, the ATC code tells."""
    if route is None:
        return medicines
    return [each for each in medicines if each.route == route or (each.route is None and _may_be_used(each, route))]


def _may_be_used(medicine: Medicine, route: str) -> bool:
    return medicine.atc is None or is_used_by(medicine.atc, route)


def count_fits(product: Medicine, asked: Asked) -> bool:
    """Tell whether the label counts as many strengths as the product, as far as both do."""
    return not asked.components or not product.components or asked.components == product.components


@cache
def _routes_of_code(code: str) -> frozenset[str]:
    return next((_ROUTES_OF_ATC[prefix] for prefix in _PREFIXES if code.startswith(prefix)), _SYSTEMIC)


def is_used_by(code: str, route: str | None) -> bool:
    """Tell whether an ATC code is used by this route; a group that names no route is systemic."""
    return route is None or route in _routes_of_code(code)


class Choice:
    """The products that a label may mean once its medicine is settled; the firm decides, else the first listed.

    Where the label tells no form and they come in several, none of them is it: a form that was not written is no
    deviation.
    """

    def __init__(self, medicines: Sequence[Medicine], asked: Asked) -> None:
        """Put those first whose coating and pack are as asked."""
        ranked = sorted(medicines, key=lambda medicine: medicine.form.is_film != asked.form.is_film)
        products = [product for medicine in ranked for product in medicine.products]
        if asked.packs:
            products.sort(key=lambda product: bool(product.packs) and product.packs.isdisjoint(asked.packs))
        self._products = products
        self._is_form_open = asked.form.form_class is None and len({_form_told(medicine) for medicine in medicines}) > 1

    @property
    def first(self) -> Product:
        """The product that comes first, to propose where a person decides."""
        return self._products[0]

    @cached_property
    def _by_firm(self) -> dict[str, Product]:
        # Backwards, so that the first product of a firm is the one that stays.
        first = {firm: product for product in reversed(self._products) for firm in product.firms}
        if not self._is_form_open:
            return first
        several = {
            firm
            for product in self._products
            for firm in product.firms
            if _form_told(product.medicine) != _form_told(first[firm].medicine)
        }
        return {firm: product for firm, product in first.items() if firm not in several}

    def of(self, firms: Iterable[str]) -> Product | None:
        """Return the product of one of these firms, or the first; nothing where only its form could tell which."""
        for firm in firms:
            if (product := self._by_firm.get(firm)) is not None:
                return product
        return None if self._is_form_open else self.first


def _form_told(medicine: Medicine) -> tuple[str | None, str | None]:
    return medicine.form.form_class, medicine.form.device
