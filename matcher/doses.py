"""How many defined daily doses a line is: exact to the last step, and then rounded once to thousandths.

A line's doses are its quantity times what one unit of it holds, over the published daily dose. They can only be worked
out where a unit of quantity is one thing: a piece of a solid form with a plain strength, or a millilitre of a liquid
to swallow with a strength per millilitre. Anything else has no doses, and says why; nothing is guessed.
"""

import re
from collections.abc import Iterable
from fractions import Fraction

import polars as pl

from formulary import FormClass, Rulebook, Unit, with_current_groups

from .distinct import looked_up_in
from .enumerations import Decision, DoseGap, Outcome
from .facts import LineFacts
from .label import strength_of
from .levels import epoch_of_day

_PIECES = frozenset(
    {
        FormClass.TABLET,
        FormClass.TABLET_MODIFIED,
        FormClass.TABLET_ENTERIC,
        FormClass.TABLET_DISPERSIBLE,
        FormClass.TABLET_OROMUCOSAL,
        FormClass.CAPSULE,
        FormClass.CAPSULE_MODIFIED,
        FormClass.CAPSULE_ENTERIC,
        FormClass.RECTAL,
    }
)
_PLAIN = re.compile(r"\d+(,\d+)? (g|mg|microg|IE)")
_PER_ML = re.compile(r"\d+(,\d+)? (g|mg|microg|IE)/(\d+(,\d+)? )?ml")
_OF_PRODUCT = ("matched_atc", "matched_form", "matched_strength")
_RATIO_MAX = 10**15  # keeps quantity times ratio within the 128 bits of a whole number
_THOUSAND = 1000


_OF_CHOICE = pl.Schema({"place": pl.UInt64(), "doses": pl.Int128(), "per": pl.Int128(), "dose_gap": pl.Enum(DoseGap)})


def with_doses(lines: pl.LazyFrame, choices: pl.DataFrame, daily_doses: pl.DataFrame) -> pl.LazyFrame:
    """Return the lines with `doses_milli`, thousandths of a daily dose rounded half up once, and `dose_gap`.

    `lines` are lines or their facts, and `choices` says what each `choice_no` of them is. `daily_doses` are those of
    the rule book (`DAILY_DOSES`); that of the day of the line counts. Exactly one of the two columns has a value.
    """
    n_epochs = 1 + 2 * daily_doses.height
    place = pl.col("choice_no").cast(pl.UInt64) * n_epochs + epoch_of_day(daily_doses).cast(pl.UInt64)
    asked = lines.with_columns(place.alias("place"))
    day = pl.col("dispensed_on").min().alias("day")
    held = asked.group_by("place").agg(pl.col("choice_no").first(), day).collect()
    places = held.join(choices.select("choice_no", *_OF_PRODUCT), on="choice_no").select("place", *_OF_PRODUCT, "day")
    found = asked.with_columns(looked_up_in("place", _of_choices(places, daily_doses).sort("place")))
    thousandths = (pl.col("quantity") * _THOUSAND).cast(pl.Int64).cast(pl.Int128)
    size = (thousandths.abs() * pl.col("doses") * 2 + pl.col("per")) // (pl.col("per") * 2)
    told = (size * thousandths.sign()).cast(pl.Int64, strict=False)
    gap = pl.when(told.is_null()).then(pl.coalesce("dose_gap", pl.lit(DoseGap.NO_QUANTITY, pl.Enum(DoseGap))))
    return found.with_columns(told.alias("doses_milli"), gap.alias("dose_gap")).drop("place", "doses", "per")


def counted_in_doses(rulebook: Rulebook, choices: pl.DataFrame) -> pl.Expr:
    """Return whether a line (by its choice) is of a medicine that some indicator counts in doses."""
    asked = [each for each in rulebook.indicators if each.unit is Unit.DDD]
    current = [with_current_groups(each, rulebook.circumstances.succession).population for each in asked]
    groups = {group for population in current if population for group in population.atc or [""]}
    in_groups = [pl.col("matched_atc").str.starts_with(group) for group in sorted(groups)]
    is_named = pl.col("decision") == Decision.MATCHED
    in_any = pl.any_horizontal(pl.lit(value=False), *in_groups).fill_null(value=False)
    return pl.col("choice_no").is_in(choices.filter(is_named & in_any)["choice_no"].implode())


def dose_gaps(facts: LineFacts, choices: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Return of how many judged lines the doses could not be worked out, and why: `dose_gap`, `lines`.

    Only lines of medicines that an indicator counts in doses are looked at; those in the row without a gap have doses.
    """
    judged = pl.col("outcome").is_in([Outcome.ADHERENT, Outcome.NON_ADHERENT])
    looked_at = facts.filter(judged & counted_in_doses(rulebook, choices))
    told = with_doses(looked_at, choices, rulebook.circumstances.daily_doses).group_by("dose_gap")
    return told.agg(pl.len().cast(pl.Int64).alias("lines")).sort("dose_gap").collect()


def _of_choices(places: pl.DataFrame, daily_doses: pl.DataFrame) -> pl.DataFrame:
    """Return for each choice and stretch of days how many doses one unit of it is, `doses` / `per`, or the gap."""
    defined: dict[str, list[dict[str, object]]] = {}
    for row in daily_doses.iter_rows(named=True):
        defined.setdefault(row["atc"], []).append(row)
    rows: list[tuple[object, ...]] = []
    for place, atc, form, strength, day in places.iter_rows():
        held = [
            row
            for row in defined.get(atc, ())
            if day is not None
            and row["valid_from"] <= day
            and (row["valid_until"] is None or day <= row["valid_until"])
        ]
        found = _doses_a_unit(form, strength, _defined_for(form, held))
        if isinstance(found, DoseGap):
            rows.append((place, None, None, found))
        else:
            rows.append((place, found.numerator, found.denominator, None))
    return pl.DataFrame(rows, schema=_OF_CHOICE, orient="row")


def _defined_for(form: str | None, held: Iterable[dict[str, object]]) -> str:
    """Return the daily dose for a form, else that for any form, as text such as `20 mg`; nothing without one."""
    said = {bool(row["form"]): f"{row['amount']} {row['unit']}" for row in held if _is_for(form, row["form"])}
    return said.get(True, said.get(False, ""))


def _is_for(form: str | None, forms: object) -> bool:
    return not forms or (isinstance(forms, list) and form in forms)


def _doses_a_unit(form: str | None, strength: str | None, defined: str) -> Fraction | DoseGap:
    if not defined:
        return DoseGap.NO_DDD
    if strength is None:
        return DoseGap.NO_STRENGTH
    is_piece = form in _PIECES and _PLAIN.fullmatch(strength)
    is_liquid = form == FormClass.ORAL_LIQUID and _PER_ML.fullmatch(strength)
    if not (is_piece or is_liquid):
        return DoseGap.OTHER_UNIT
    (kind, held), (kind_of_dose, dose) = _amount(strength), _amount(defined)
    ratio = held / dose
    fits = kind == kind_of_dose and max(ratio.numerator, ratio.denominator) <= _RATIO_MAX
    return ratio if fits else DoseGap.OTHER_UNIT


def _amount(text: str) -> tuple[str, Fraction]:
    """Return the family of an amount (mass, activity) and its size, exactly; per millilitre where it is one."""
    kind, _, size = strength_of(text.upper().replace(".", ",")).key.partition(" ")
    # Strengths of liquids are kept per microlitre, so that all of them are whole.
    return kind.removesuffix("/ml"), Fraction(size) * (1000 if kind.endswith("/ml") else 1)
