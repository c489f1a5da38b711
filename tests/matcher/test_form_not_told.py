"""A label that tells no form names no product of one form: what was not written is nobody's deviation."""

import polars as pl
import pytest

from matcher import Identifier, identifier

_ROWS = [
    ("PARACETAMOL AMAROX BRUISTABLET 500MG", "Bruistablet", "AMAROX"),
    ("PARACETAMOL CF ZETPIL 500MG", "Zetpil", "CF"),
    ("PARACETAMOL TEVA TABLET 500MG", "Tablet", "TEVA"),
    ("PARACETAMOL CF TABLET 500MG", "Tablet", "CF"),
]


@pytest.fixture(scope="module")
def known() -> Identifier:
    rows = [(name, "N02BE01", "PARACETAMOL", form, "500MG", firm) for name, form, firm in _ROWS]
    columns = ["product_name", "atc", "substances", "form", "strength", "firm"]
    return identifier(pl.DataFrame(rows, schema=columns, orient="row"))


@pytest.mark.parametrize(
    ("label", "product", "form"),
    [
        ("paracetamol 500mg", None, None),
        ("paracetamol 500mg teva", "PARACETAMOL TEVA TABLET 500MG", "tablet"),
        ("paracetamol 500mg cf", None, None),
        ("paracetamol zetpil 500mg", "PARACETAMOL CF ZETPIL 500MG", "rectal"),
        ("paracetamol tabl 500mg", "PARACETAMOL TEVA TABLET 500MG", "tablet"),
    ],
)
def test_only_a_form_that_is_told_is_stated(
    known: Identifier, label: str, product: str | None, form: str | None
) -> None:
    one = known(label)
    many = known.identify_frame(pl.DataFrame({"label": [label, *(f"{label} {n}" for n in range(300))]})).row(
        0, named=True
    )
    assert (one.decision, one.matched_atc, one.matched_strength) == ("MATCHED", "N02BE01", "500 mg")
    assert (one.matched_product, one.matched_form) == (product, form)
    assert (many["matched_atc"], many["matched_product"], many["matched_form"]) == ("N02BE01", product, form)
