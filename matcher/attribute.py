"""Whose deviation it was; what the region excuses takes the line out of the rate, and stays to be seen.

Remark codes: COD450 (Vektis). 03 and 09: another product for medical need; 02 and 08: for logistic need.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

import polars as pl

from formulary import Excuse, Level, Rulebook, agb, conform

from .distinct import looked_up
from .enumerations import AttributedTo, Outcome, Reason
from .frames import ATTRIBUTED_LINES, AttributedLines, PairedLines

_MEDICAL_NEED = ("03", "09")
_LOGISTIC_NEED = ("02", "08")
# Whose a deviation is, in the order in which it is asked, and the reason where that can excuse it.
_OWNERS = (
    (AttributedTo.MEDICAL_NEED, Reason.MEDICAL_NEED),
    (AttributedTo.LOGISTIC, Reason.LOGISTIC_NEED),
    (AttributedTo.INSURER, Reason.INSURER_PREFERENCE),
    (AttributedTo.SHORTAGE, Reason.IN_SHORTAGE),
    (AttributedTo.PHARMACY, Reason.CHANGED_BY_PHARMACY),
    (AttributedTo.SPECIALIST, None),
    (AttributedTo.SPECIALIST, Reason.SPECIALIST_START),
    (AttributedTo.UNKNOWN, None),
    (AttributedTo.PRESCRIBER, None),
)
_LOOKED_AT = (
    "outcome",
    "dispensed_on",
    "prescriber_agb",
    "prescriber_specialism",
    "practice_agb",
    "insurer_uzovi",
    "zi",
    "prescribed_prk",
    "prescribed_outcome",
    "specialist_start",
    "remark",
    "preferred_atc",
)
_ZI_BASE = 100_000_000  # an insurer and a ZI number as one whole number


@dataclass(frozen=True)
class Excuses:
    """What tells whose a deviation is, and which of them the region takes out of the rate.

    `preferences` (`PREFERENCES`) are the products that insurers designated, `shortages` (`SHORTAGES`) what could not
    be had; `institution_types` are the kinds of AGB code that are no person's, `practices` the codes of practices.
    """

    preferences: pl.DataFrame
    shortages: pl.DataFrame
    excused: Collection[Excuse]
    institution_types: Collection[str]
    practices: Collection[str]

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Excuses":
        """Return what a rule book says."""
        region, circumstances = rulebook.region, rulebook.circumstances
        structure = circumstances.memberships
        practices = set(structure.filter(pl.col("level") == Level.PRACTICE)["id"]) | set(
            structure.filter(pl.col("level") == Level.PRESCRIBER)["part_of"]
        )
        return cls(
            circumstances.preferences, circumstances.unavailable, region.excused, region.institution_types, practices
        )


def attribute_deviations(lines: PairedLines, excuses: Excuses) -> AttributedLines:
    """Return every line with `attributed_to`; deviations that the region excuses become EXCEPTED.

    A documented need goes before all else. What an insurer designated is the insurer's, unless what was prescribed
    deviates itself; what was conform as prescribed and is not as dispensed is the pharmacy's. A deviation prescribed
    by a specialist is the specialist's and stays in the specialist's own rate; where another repeats it, the excuse
    SPECIALIST decides. UNKNOWN: the prescriber named is no person.
    """
    is_designated = _is_designated(excuses.preferences)
    conditions = (
        Condition(pl.col("remark").is_in(_MEDICAL_NEED), "remark"),
        Condition(pl.col("remark").is_in(_LOGISTIC_NEED), "remark"),
        Condition(is_designated & (pl.col("prescribed_outcome") != Outcome.NON_ADHERENT).fill_null(value=True), "zi"),
        Condition(_is_in_shortage(lines, excuses.shortages)),
        Condition(pl.col("prescribed_outcome") == Outcome.ADHERENT, "prescribed_outcome"),
        Condition(_by_specialist()),
        Condition(pl.col("specialist_start")),
        Condition(_by_institution(excuses)),
    )
    look = partial(owners_of, conditions=conditions)
    owner = pl.struct(_LOOKED_AT).map_batches(look, return_dtype=pl.UInt32(), is_elementwise=True)
    owned = lines.with_columns(owner.alias("owner_no"))
    told = _told_of_owners(excuses.excused)
    excused = told.select("attributed_to", why="reason", excepted="outcome")
    attributed = owned.with_columns(looked_up("owner_no", excused)).with_columns(
        pl.coalesce("why", "reason").alias("reason"), pl.coalesce("excepted", "outcome").alias("outcome")
    )
    return AttributedLines(conform(attributed, ATTRIBUTED_LINES))


def _told_of_owners(excused: Collection[Excuse]) -> pl.DataFrame:
    """Return what becomes of a line, by the number of whose it is; number 0 is nobody's."""
    named = {str(each) for each in excused}
    taken_out = [reason is not None and owner in named for owner, reason in _OWNERS]
    return pl.DataFrame(
        {
            "attributed_to": [None, *(owner for owner, _ in _OWNERS)],
            "reason": [None, *(why if is_out else None for (_, why), is_out in zip(_OWNERS, taken_out, strict=True))],
            "outcome": [None, *(Outcome.EXCEPTED if is_out else None for is_out in taken_out)],
        },
        schema={
            "attributed_to": pl.Enum(AttributedTo),
            "reason": pl.Enum(Reason),
            "outcome": pl.Enum(Outcome),
        },
    )


class Condition(NamedTuple):
    """When a deviation is somebody's, and the column without which it cannot be so: few files have all of them."""

    is_so: pl.Expr
    needs: str | None = None


def owners_of(lines: pl.Series, conditions: Sequence[Condition]) -> pl.Series:
    """Return for each line of a batch the number of whose it is (place in `_OWNERS` from 1); 0 where none deviates.

    `conditions` are asked in order; a deviation that meets none is the prescriber's.
    """
    rows = (lines.struct.field("outcome") == Outcome.NON_ADHERENT).arg_true()
    owners = pl.Series([0], dtype=pl.UInt32).new_from_index(0, len(lines))
    if rows.is_empty():
        return owners
    frame = lines.struct.unnest()[rows]
    first = [
        pl.when(each.is_so).then(pl.lit(n, pl.UInt32))
        for n, each in enumerate(conditions, 1)
        if each.needs is None or frame[each.needs].null_count() < frame.height
    ]
    found = frame.select(pl.coalesce(*first, pl.lit(len(conditions) + 1, pl.UInt32))).to_series()
    return owners.scatter(rows, found)


def _by_specialist() -> pl.Expr:
    of_type = pl.col("prescriber_agb").cat.starts_with(agb.SPECIALIST)
    of_specialism = pl.col("prescriber_specialism").str.starts_with(agb.SPECIALIST)
    return of_type.fill_null(value=False) | of_specialism.fill_null(value=False)


def _by_institution(excuses: Excuses) -> pl.Expr:
    code = pl.col("prescriber_agb")
    of_type = _any(code.cat.starts_with(each) for each in sorted(excuses.institution_types))
    is_practice = code.is_in(sorted(excuses.practices)) | (code == pl.col("practice_agb"))
    return of_type.fill_null(value=False) | is_practice.fill_null(value=False)


def _is_designated(preferences: pl.DataFrame) -> pl.Expr:
    product = pl.col("insurer_uzovi").cast(pl.String).cast(pl.Int64, strict=False) * _ZI_BASE + pl.col("zi")
    lists = preferences.with_columns(
        (pl.col("insurer_uzovi").cast(pl.Int64) * _ZI_BASE + pl.col("zi")).alias("product")
    ).group_by("valid_from", "valid_until")
    return _any(product.is_in(list_["product"].implode()) & _on(*days) for days, list_ in lists)


def _is_in_shortage(lines: PairedLines, shortages: pl.DataFrame) -> pl.Expr:
    """Tell whether everything the formulary would rather see, or the product prescribed, could not be had that day."""
    if shortages.is_empty():
        return pl.lit(value=False)
    found = lines.select(pl.col("preferred_atc").unique()).collect()["preferred_atc"]
    wanted = found.cast(pl.String).drop_nulls().sort()
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
