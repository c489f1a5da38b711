"""Whose deviation it was; a documented reason, an insurer's choice or a shortage takes the line out of the rate.

Remark codes: COD450 (Vektis). 03 and 09: another product for medical need; 02 and 08: for logistic need.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial

import polars as pl

from formulary import agb, conform

from .distinct import looked_up
from .enumerations import AttributedTo, Outcome, Reason
from .frames import ATTRIBUTED_LINES, AttributedLines, JudgedLines

_MEDICAL_NEED = ("03", "09")
_LOGISTIC_NEED = ("02", "08")
# Whose a deviation is, by number: nobody's, then in the order in which it is asked; the first four excuse it.
_REASONS = (Reason.MEDICAL_NEED, Reason.LOGISTIC_NEED, Reason.INSURER_PREFERENCE, Reason.IN_SHORTAGE)
_OWNERS = pl.DataFrame(
    {
        "attributed_to": [
            None,
            AttributedTo.MEDICAL_NEED,
            AttributedTo.LOGISTIC,
            AttributedTo.INSURER,
            AttributedTo.SHORTAGE,
            AttributedTo.SPECIALIST,
            AttributedTo.PRESCRIBER,
        ]
    },
    schema={"attributed_to": pl.Enum(AttributedTo)},
)
_LOOKED_AT = (
    "outcome",
    "dispensed_on",
    "prescriber_agb",
    "prescriber_specialism",
    "insurer_uzovi",
    "zi",
    "prescribed_prk",
    "remark",
    "preferred_atc",
)
_ZI_BASE = 100_000_000  # an insurer and a ZI number as one whole number


def attribute_deviations(lines: JudgedLines, preferences: pl.DataFrame, shortages: pl.DataFrame) -> AttributedLines:
    """Return every line with `attributed_to`; deviations that were not the prescriber's choice become EXCEPTED.

    `preferences` (`PREFERENCES`) are the products that insurers designated, `shortages` (`SHORTAGES`) what could
    not be had. A deviation prescribed by a specialist is the specialist's: it stays in the specialist's own rate.
    """
    conditions = (
        pl.col("remark").is_in(_MEDICAL_NEED),
        pl.col("remark").is_in(_LOGISTIC_NEED),
        _is_designated(preferences),
        _is_in_shortage(lines, shortages),
        _by_specialist(),
    )
    look = partial(owners_of, conditions=conditions)
    owner = pl.struct(_LOOKED_AT).map_batches(look, return_dtype=pl.UInt32(), is_elementwise=True)
    owned = lines.with_columns(owner.alias("owner_no"))
    excused, outcome = pl.col("owner_no").is_between(1, len(_REASONS)), pl.Enum(Outcome)
    told = [pl.when(pl.col("owner_no") == n).then(pl.lit(why, pl.Enum(Reason))) for n, why in enumerate(_REASONS, 1)]
    attributed = owned.with_columns(
        pl.coalesce(*told, "reason").alias("reason"),
        pl.when(excused).then(pl.lit(Outcome.EXCEPTED, outcome)).otherwise("outcome").alias("outcome"),
        *looked_up("owner_no", _OWNERS),
    )
    return AttributedLines(conform(attributed, ATTRIBUTED_LINES))


def owners_of(lines: pl.Series, conditions: Sequence[pl.Expr]) -> pl.Series:
    """Return the row of `_OWNERS` for each line of a batch; only lines that deviate are looked at.

    `conditions` are asked in order; a deviation that meets none is the prescriber's.
    """
    frame = lines.struct.unnest()
    deviates = (frame["outcome"] == Outcome.NON_ADHERENT).fill_null(value=False)
    owners = pl.Series([0], dtype=pl.UInt32).new_from_index(0, len(lines))
    if not deviates.any():
        return owners
    first = [pl.when(is_so).then(pl.lit(n, pl.UInt32)) for n, is_so in enumerate(conditions, 1)]
    found = frame.filter(deviates).select(pl.coalesce(*first, pl.lit(len(conditions) + 1, pl.UInt32))).to_series()
    return owners.scatter(deviates.arg_true(), found)


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
