"""What the lines of one patient in a period answer to what indicators ask: is something else used too, how much.

Each question is answered once for every line, and travels with it as one bit of a number (`patient_answers`).
"""

import polars as pl

from formulary import Ask, Question

from .enumerations import Netting, Outcome, Reason, Supply
from .frames import CATEGORY

ANSWERS = "patient_answers"
WINDOW = "window_no"
_OF_PATIENT = ("patient", WINDOW)


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
        pl.col("matched_atc").cast(CATEGORY).cat.starts_with(group) for group in question.groups
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
