"""A statement prints the arithmetic of an amount, step by step, in the reader's language."""

from typing import Any

import pytest

from formulary import Language
from matcher import RewardStep
from service.report.reward_steps import step_sentence


def step(kind: str, value: tuple[int | None, int | None], limit: tuple[int | None, int | None] = (None, None),
         cents: int | None = None) -> dict[str, Any]:  # fmt: skip
    """Return a row of `REWARD_STEPS`."""
    pairs = {"value_numerator": value[0], "value_denominator": value[1],
             "limit_numerator": limit[0], "limit_denominator": limit[1]}  # fmt: skip
    return {"step": kind, **pairs, "cents": cents}


SAID = [
    (step("SCORE", (57, 100)), "Score: 57 van 100 (57,0 %)."),
    (step("LINES", (1200, 1), (50, 1)), "Noemer 1.200; de regeling vraagt er minstens 50."),
    (step("BAND", (57, 100), (55, 100), 40_000), "57,0 % haalt de drempel van 55,0 %: € 400,00."),
    (step("NO_BAND", (1, 3), (55, 100), 0), "33,3 % blijft onder de laagste drempel van 55,0 %: € 0,00."),
    (step("IMPROVEMENT", (-1, 20)), "Verbetering ten opzichte daarvan: -5,0 %punt (-1 : 20)."),
    (step("POINT_VALUE", (12_500, 1000), (250, 1), 3125), "12,50 punten van € 2,50: € 31,25."),
    (step("CAP", (60_000, 1), (50_000, 1), -10_000), "€ 600,00 is meer dan het maximum van € 500,00: -€ 100,00."),
]


@pytest.mark.parametrize(("row", "sentence"), SAID, ids=lambda each: each["step"] if isinstance(each, dict) else "")
def test_a_step_is_a_sentence(row: dict[str, Any], sentence: str) -> None:
    assert step_sentence(row, Language.NL).replace("\N{NO-BREAK SPACE}", " ") == sentence


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(RewardStep))
def test_every_step_can_be_said(kind: RewardStep, language: Language) -> None:
    assert "{" not in step_sentence(step(kind, (1, 2), (3, 4), 5), language)
