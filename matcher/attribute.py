"""Whose deviation it was; a documented reason, an insurer's choice or a shortage takes the line out of the rate.

Remark codes: COD450 (Vektis). 03 and 09: another product for medical need; 02 and 08: for logistic need.
"""

from collections.abc import Iterable
from datetime import date

import polars as pl

from formulary import agb, conform

from .frames import ATTRIBUTED_LINES, AttributedLines, AttributedTo, JudgedLines, Outcome, Reason

_MEDICAL_NEED = ("03", "09")
_LOGISTIC_NEED = ("02", "08")
_ZI_BASE = 100_000_000  # an insurer and a ZI number as one whole number


def attribute_deviations(lines: JudgedLines, preferences: pl.DataFrame, shortages: pl.DataFrame) -> AttributedLines:
    """Return every line with `attributed_to`; deviations that were not the prescriber's choice become EXCEPTED.

    `preferences` (`PREFERENCES`) are the products that insurers designated, `shortages` (`SHORTAGES`) what could
    not be had. A deviation prescribed by a specialist is the specialist's: it stays in the specialist's own rate.
    """
    excuses = [
        (pl.col("remark").is_in(_MEDICAL_NEED), Reason.MEDICAL_NEED, AttributedTo.MEDICAL_NEED),
        (pl.col("remark").is_in(_LOGISTIC_NEED), Reason.LOGISTIC_NEED, AttributedTo.LOGISTIC),
        (_is_designated(preferences), Reason.INSURER_PREFERENCE, AttributedTo.INSURER),
        (_is_in_shortage(lines, shortages), Reason.IN_SHORTAGE, AttributedTo.SHORTAGE),
    ]
    deviates = pl.col("outcome") == Outcome.NON_ADHERENT
    excused = deviates & pl.any_horizontal(is_so for is_so, _, _ in excuses).fill_null(value=False)
    reason, outcome, whose = pl.Enum(Reason), pl.Enum(Outcome), pl.Enum(AttributedTo)
    reasons = [pl.when(deviates & is_so).then(pl.lit(why, reason)) for is_so, why, _ in excuses]
    owners = [pl.when(deviates & is_so).then(pl.lit(who, whose)) for is_so, _, who in excuses]
    owners.append(pl.when(deviates & _by_specialist()).then(pl.lit(AttributedTo.SPECIALIST, whose)))
    owners.append(pl.when(deviates).then(pl.lit(AttributedTo.PRESCRIBER, whose)))
    attributed = lines.with_columns(
        pl.coalesce(*reasons, "reason").alias("reason"),
        pl.when(excused).then(pl.lit(Outcome.EXCEPTED, outcome)).otherwise("outcome").alias("outcome"),
        pl.coalesce(*owners).alias("attributed_to"),
    )
    return AttributedLines(conform(attributed, ATTRIBUTED_LINES))


def _by_specialist() -> pl.Expr:
    of_type = pl.col("prescriber_agb").str.starts_with(agb.SPECIALIST)
    of_specialism = pl.col("prescriber_specialism").str.starts_with(agb.SPECIALIST)
    return of_type.fill_null(value=False) | of_specialism.fill_null(value=False)


def _is_designated(preferences: pl.DataFrame) -> pl.Expr:
    product = pl.col("insurer_uzovi").cast(pl.Int64, strict=False) * _ZI_BASE + pl.col("zi")
    lists = preferences.with_columns(
        (pl.col("insurer_uzovi").cast(pl.Int64) * _ZI_BASE + pl.col("zi")).alias("product")
    ).group_by("valid_from", "valid_until")
    return _any(product.is_in(list_["product"].implode()) & _on(*days) for days, list_ in lists)


def _is_in_shortage(lines: JudgedLines, shortages: pl.DataFrame) -> pl.Expr:
    """Tell whether everything the formulary would rather see, or the product prescribed, could not be had that day."""
    if shortages.is_empty():
        return pl.lit(value=False)
    wanted = lines.select(pl.col("preferred_atc").unique()).collect()["preferred_atc"].drop_nulls().sort()
    of_substance = shortages.filter(pl.col("prk").is_null() & pl.col("zi").is_null())
    conditions = [
        (pl.col("preferred_atc") == codes)
        & pl.all_horizontal(_is_short(code, of_substance) for code in codes.split("|"))
        for codes in wanted
        if set(codes.split("|")) <= set(of_substance["atc"])
    ]
    of_product = shortages.drop_nulls("prk").group_by("valid_from", "valid_until")
    conditions += [pl.col("prescribed_prk").is_in(list_["prk"].implode()) & _on(*days) for days, list_ in of_product]
    return _any(conditions)


def _is_short(code: str, shortages: pl.DataFrame) -> pl.Expr:
    return _any(
        _on(*days) for days in shortages.filter(pl.col("atc") == code).select("valid_from", "valid_until").rows()
    )


def _on(valid_from: date, valid_until: date | None) -> pl.Expr:
    began = pl.col("dispensed_on") >= valid_from
    return began if valid_until is None else began & (pl.col("dispensed_on") <= valid_until)


def _any(conditions: Iterable[pl.Expr]) -> pl.Expr:
    listed = list(conditions)
    return pl.any_horizontal(listed).fill_null(value=False) if listed else pl.lit(value=False)
