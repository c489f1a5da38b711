"""What indicators ask of all lines of one patient in a period: is something else used too, does it go on, how much."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from .documents import Condition, Indicator, Population, Succession
from .succession import with_current_groups

# Answers travel with every line as one number, a bit a question: so many bits are left in it.
QUESTIONS_MAX = 20


class Ask(StrEnum):
    """What is asked of a patient's lines of some ATC groups in the period.

    ALSO: is there any; FOLLOWED: is there one so many days after this line, or later; OBSERVED: do the lines of the
    period reach that far; AT_MOST: do their quantities add up to no more than so many.
    """

    ALSO = "ALSO"
    FOLLOWED = "FOLLOWED"
    OBSERVED = "OBSERVED"
    AT_MOST = "AT_MOST"


class Question(NamedTuple):
    """One question about the lines of a patient of these ATC groups; `limit` is days or a quantity."""

    ask: Ask
    groups: tuple[str, ...]
    limit: int


def asked_in(population: Population, condition: Condition) -> list[Question]:
    """Return what a condition asks of the patient; a later line and a quantity are of the population's own groups."""
    groups = tuple(population.atc)
    asked = [Question(Ask.ALSO, tuple(condition.together_with), 0)] if condition.together_with else []
    if condition.followed_days_min is not None:
        asked.append(Question(Ask.FOLLOWED, groups, condition.followed_days_min))
    if condition.patient_quantity_max is not None:
        asked.append(Question(Ask.AT_MOST, groups, condition.patient_quantity_max))
    return asked


def needed_by(population: Population, condition: Condition) -> list[Question]:
    """Return what must be so for a condition to be asked at all: nobody is blamed for what lies after the last line."""
    return [
        Question(Ask.OBSERVED, (), each.limit) for each in asked_in(population, condition) if each.ask is Ask.FOLLOWED
    ]


def questions_of(indicators: Sequence[Indicator], succession: Sequence[Succession]) -> tuple[Question, ...]:
    """Return every question that some indicator asks of patients, each once, in order; at most QUESTIONS_MAX.

    Equal questions of several indicators are one. More of them are a fault of the rules folder.
    """
    return tuple(sorted(set(_questions(indicators, succession))))


def _questions(indicators: Sequence[Indicator], succession: Sequence[Succession]) -> Iterator[Question]:
    for indicator in indicators:
        current = with_current_groups(indicator, succession)
        for condition in current.conform if current.population else ():
            yield from asked_in(current.population or Population(), condition)
            yield from needed_by(current.population or Population(), condition)
