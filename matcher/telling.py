"""From a verdict, a product and a strength to the answer that is read: one at a time, or many as a frame."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from .enumerations import MatchMethod
from .identification import BETWEEN, Identification, frame_of
from .products import Product
from .resolve import Verdict
from .scores import score_of
from .substances import Substances

CANDIDATES_MAX = 8
_CHOICE = Verdict._fields.index("choice")
_OWN = pl.Schema(dict.fromkeys(("product", "form", "device", "strength"), pl.String()))


class Finding(NamedTuple):
    """What a label was found to be: the verdict, the product where one fits, and the strength as the label says it."""

    verdict: Verdict
    product: Product | None
    strength: str


class Findings(NamedTuple):
    """What many labels were found to be: the numbers of verdict and product, and the strength each label asks for."""

    verdict: pl.Series
    product: pl.Series
    strength: pl.Series


def told(finding: Finding, substances: Substances) -> Identification:
    """Return the answer on one label."""
    verdict, product, strength = finding
    runner_up = BETWEEN.join(verdict.codes[:CANDIDATES_MAX]) if verdict.codes else None
    near = verdict.closeness if runner_up else None
    if verdict.atc is None:
        return Identification(
            verdict.decision,
            MatchMethod.NONE,
            0.0,
            runner_up=runner_up,
            runner_up_score=near,
            runner_up_product=verdict.proposed.first.name if verdict.proposed else None,
            reason=verdict.reason,
        )
    form = verdict.form
    if product is not None:
        form = form if form.form_class else product.medicine.form
        strength = strength or product.medicine.strength
    return Identification(
        verdict.decision,
        verdict.method,
        score_of(verdict.method, verdict.reason),
        verdict.atc,
        product.name if product else None,
        substances.shown_names(verdict.substances),
        form.form_class,
        form.device,
        strength or None,
        runner_up,
        near,
        reason=verdict.reason,
    )


def told_all(
    verdicts: Sequence[Verdict], products: Sequence[Product | None], found: Findings, substances: Substances
) -> pl.DataFrame:
    """Return the answers on many labels (`ANSWER`): what all products of equal verdicts share is told once."""
    questions = [_without_choice(verdict) for verdict in verdicts]
    distinct = dict(zip(questions, verdicts, strict=True))
    place = {question: number for number, question in enumerate(distinct)}
    number = pl.Series([place[question] for question in questions], dtype=pl.UInt32)
    shared = frame_of([told(Finding(verdict, None, ""), substances) for verdict in distinct.values()])
    own = pl.DataFrame([_product_row(product) for product in products], schema=_OWN, orient="row")
    is_named, is_told = pl.col("matched_atc").is_not_null(), pl.col("matched_form").is_not_null()
    return (
        shared[number.gather(found.verdict)]
        .hstack(own[found.product].with_columns(asked=found.strength))
        .with_columns(
            matched_product="product",
            matched_form=pl.coalesce("matched_form", "form"),
            matched_device=pl.when(is_told).then("matched_device").otherwise("device"),
            matched_strength=pl.when(is_named).then(pl.coalesce("asked", "strength")),
        )
        .select(shared.columns)
    )


def _without_choice(verdict: Verdict) -> tuple[object, ...]:
    return verdict[:_CHOICE] + verdict[_CHOICE + 1 :]


def _product_row(product: Product | None) -> tuple[str | None, ...]:
    if product is None:
        return None, None, None, None
    medicine = product.medicine
    return product.name, medicine.form.form_class, medicine.form.device, medicine.strength or None
