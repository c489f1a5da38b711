"""Whose deviation it was, where the line says so; a documented reason takes the line out of the rate.

Remark codes: COD450 (Vektis). 03 and 09: another product for medical need; 02 and 08: for logistic need.
"""

import polars as pl

from formulary import agb, conform

from .frames import ATTRIBUTED_LINES, AttributedLines, AttributedTo, JudgedLines, Outcome, Reason

_MEDICAL_NEED = ("03", "09")
_LOGISTIC_NEED = ("02", "08")


def attribute_deviations(lines: JudgedLines) -> AttributedLines:
    """Return every line with `attributed_to`; deviations with a documented need become EXCEPTED, with that reason.

    A deviation prescribed by a specialist is the specialist's: it stays in the specialist's own rate.
    """
    deviates = pl.col("outcome") == Outcome.NON_ADHERENT
    is_medical = deviates & pl.col("remark").is_in(_MEDICAL_NEED)
    is_logistic = deviates & pl.col("remark").is_in(_LOGISTIC_NEED)
    by_specialist = pl.col("prescriber_agb").str.starts_with(agb.SPECIALIST) | pl.col(
        "prescriber_specialism"
    ).str.starts_with(agb.SPECIALIST)
    reason, outcome, whose = pl.Enum(Reason), pl.Enum(Outcome), pl.Enum(AttributedTo)
    attributed = lines.with_columns(
        pl.when(is_medical)
        .then(pl.lit(Reason.MEDICAL_NEED, reason))
        .when(is_logistic)
        .then(pl.lit(Reason.LOGISTIC_NEED, reason))
        .otherwise("reason")
        .alias("reason"),
        pl.when(is_medical | is_logistic).then(pl.lit(Outcome.EXCEPTED, outcome)).otherwise("outcome").alias("outcome"),
        pl.when(is_medical)
        .then(pl.lit(AttributedTo.MEDICAL_NEED, whose))
        .when(is_logistic)
        .then(pl.lit(AttributedTo.LOGISTIC, whose))
        .when(deviates & by_specialist.fill_null(value=False))
        .then(pl.lit(AttributedTo.SPECIALIST, whose))
        .when(deviates)
        .then(pl.lit(AttributedTo.PRESCRIBER, whose))
        .alias("attributed_to"),
    )
    return AttributedLines(conform(attributed, ATTRIBUTED_LINES))
