"""What an indicator asks of all lines of one patient in a period: is something else used too, does it go on, how much.

Each question is answered once for every line, and travels with it as one bit of a number (`patient_answers`).
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

import polars as pl

from formulary import Condition, Population, Rulebook, with_current_groups

from .enumerations import Netting, Outcome, Reason, Supply

ANSWERS = "patient_answers"
_QUESTIONS_MAX = 20  # so many bits are left in the number of a kind
WINDOW = "window_no"
_OF_PATIENT = ("patient", WINDOW)


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


def questions_of(rulebook: Rulebook) -> tuple[Question, ...]:
    """Return every question that some indicator asks of patients, each once, in order."""
    found = tuple(sorted(set(_questions(rulebook))))
    if len(found) > _QUESTIONS_MAX:
        raise OverflowError(f"{len(found)} questions about patients; a kind of line holds {_QUESTIONS_MAX}")
    return found


def _questions(rulebook: Rulebook) -> Iterator[Question]:
    for indicator in rulebook.indicators:
        current = with_current_groups(indicator, rulebook.circumstances.succession)
        for condition in current.conform if current.population else ():
            yield from asked_in(current.population or Population(), condition)
            yield from needed_by(current.population or Population(), condition)


def answers(questions: tuple[Question, ...]) -> pl.Expr:
    """Return the answers for each line as one number, a bit a question; a line without a patient answers none.

    Lines carry the number of their year, quarter or other period (`WINDOW`), which is what a patient's lines are looked
    for in; what was credited, not understood or not named for certain does not count, nor what is no medicine as
    registered.
    """
    bits = [_answer(each).fill_null(value=False).cast(pl.Int64) * (1 << n) for n, each in enumerate(questions)]
    return pl.sum_horizontal(pl.lit(0, pl.Int64), *bits).alias(ANSWERS)


def is_answered(question: Question, questions: tuple[Question, ...]) -> pl.Expr:
    """Return whether a question was answered with yes, from the number that `answers` made."""
    return (pl.col(ANSWERS) // (1 << questions.index(question))) % 2 == 1


def _answer(question: Question) -> pl.Expr:
    day = pl.col("dispensed_on")
    if question.ask is Ask.OBSERVED:
        return (day.max().over(WINDOW) - day).dt.total_days() >= question.limit
    is_medicine = ~pl.col("reason").is_in([Reason[each] for each in Supply]) & (
        pl.col("outcome") != Outcome.UNIDENTIFIED
    )
    stands = is_medicine & pl.col("problem").is_null() & (pl.col("netting") == Netting.STANDING)
    in_groups = pl.any_horizontal(
        pl.col("matched_atc").cast(pl.String).str.starts_with(group) for group in question.groups
    )
    counts = (stands & in_groups).fill_null(value=False)
    match question.ask:
        case Ask.ALSO:
            told = counts.any().over(_OF_PATIENT)
        case Ask.FOLLOWED:
            last = pl.when(counts).then(day).max().over(_OF_PATIENT)
            told = (last - day).dt.total_days() >= question.limit
        case _:
            quantity = pl.when(counts).then(pl.col("quantity"))
            is_known = ~(counts & pl.col("quantity").is_null()).any().over(_OF_PATIENT)
            told = is_known & (quantity.sum().over(_OF_PATIENT) <= question.limit)
    return told & pl.col("patient").is_not_null()
