"""The arithmetic of a reward in the words of the reader: one sentence a step, down to the cent."""

from collections.abc import Mapping
from typing import Any

from formulary import Language, Sentences

from . import formats

_MATCHER = Sentences("matcher")
_UNITS = {"value": "value_numerator", "limit": "limit_numerator", "value_denominator": "value_denominator"}


def step_sentence(step: Mapping[str, Any], language: Language) -> str:
    """Return what one row of `REWARD_STEPS` says; every number in it is one of that row."""
    numbers = {name: number or 0 for name, number in step.items() if isinstance(number, int | None)}
    written = {name: formats.whole(number, language) for name, number in numbers.items()}
    shares = {f"{kind}_percent": _percent(numbers, kind, language) for kind in ("value", "limit")}
    amounts = {f"{kind}_euros": formats.euros(numbers[name], language) for kind, name in _UNITS.items()}
    said = {**written, **shares, **amounts, "cents": formats.euros(numbers["cents"], language)}
    said["value_decimals"] = formats.decimals(numbers["value_numerator"], numbers["value_denominator"] or 1, language)
    return _MATCHER.say(f"STEP_{step['step']}", language, **said)


def _percent(numbers: Mapping[str, int], kind: str, language: Language) -> str:
    part, of = numbers[f"{kind}_numerator"], numbers[f"{kind}_denominator"]
    # A score may have fallen since its baseline: the sign goes before, the size is rounded as any other.
    return ("-" if part < 0 else "") + formats.share(abs(part), of, language)
