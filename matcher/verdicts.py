"""What the formulary says of a choice: a substance in a form, for an indication and a patient, on a day.

The order of the questions is the order of the reasons: does it list the substance, for this patient, in this form
and strength, for this indication, and how high; if not, does it speak about the group at all. Where several entries
fit, the most specific wins: one that names the line's indication, patient, form or strength goes before one that
leaves them open.
"""

import polars as pl

from formulary import Advice, Agreement, atc, conform

from .alternatives import preferred_by_code, preferred_by_group, preferred_by_indication
from .enumerations import Reason
from .strengths import with_fitting_strength

VERDICT = pl.Schema(
    {
        "entry_id": pl.String(),
        "agreement": pl.Enum(Agreement),
        "choice_rank": pl.Int32(),
        "preferred": pl.String(),
        "preferred_atc": pl.String(),
        "verdict": pl.Enum(Reason),
    }
)
CONFORM = (Reason.FIRST_CHOICE, Reason.LATER_CHOICE, Reason.LISTED, Reason.GRACE)
DEVIATING = (
    Reason.NOT_LISTED,
    Reason.NOT_RECOMMENDED,
    Reason.OTHER_PATIENT,
    Reason.OTHER_FORM,
    Reason.OTHER_STRENGTH,
    Reason.OTHER_INDICATION,
)
_LAST = 1_000_000  # sorts entries without a step or rank behind those that have one
_OLDEST = 999
_MOST_SPECIFIC = ("fits_indication", "fits_patient", "fits_form", "fits_strength")
_FITS = ("fits_patient", "fits_form", "fits_strength", "fits_indication")


def verdicts(choices: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Return one verdict (`VERDICT`) for each row of `choices`, in its order.

    `choices` has the columns segment_no, matched_atc, matched_form, matched_device, matched_strength, icpc, age_from
    and sex; `entries` are those of every stretch (`ENTRIES`).
    """
    place = ["segment_no", "group"]
    asked = (
        choices.with_row_index("choice")
        .with_columns(atc.group_of(pl.col("matched_atc")).alias("group"))
        .join(preferred_by_code(choices, entries), on=["segment_no", "icpc"], how="left", nulls_equal=True)
        .join(preferred_by_group(entries), on=place, how="left", nulls_equal=True)
    )
    listed = with_fitting_strength(_listed(asked, entries))
    judged = (
        asked.join(_most_specific(listed.filter(~pl.col("by_grace"))), on="choice", how="left")
        .join(preferred_by_indication(entries), on=["segment_no", "indication"], how="left", nulls_equal=True)
        .with_columns(_verdict().alias("verdict"))
        .join(_graced(listed), on="choice", how="left")
        .with_columns(_verdict_with_grace())
    )
    told = judged.with_columns(
        _preferred("").alias("preferred"), _preferred("_atc").alias("preferred_atc"), _agreement().alias("agreement")
    )
    return conform(told.sort("choice").lazy(), VERDICT).collect()


def _listed(asked: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Return every entry that lists the substance of a choice, with how it fits: null where either leaves it open."""
    substance = entries.rename({"atc": "matched_atc", "sex": "entry_sex"})
    return asked.join(substance, on=["segment_no", "matched_atc"], how="inner").with_columns(
        _fits_patient().alias("fits_patient"),
        _fits_form().alias("fits_form"),
        _fits_indication().alias("fits_indication"),
    )


def _fits_patient() -> pl.Expr:
    age, sex = pl.col("age_from"), pl.col("sex")
    limits = [age >= pl.col("age_min"), age <= pl.col("age_max"), sex == pl.col("entry_sex")]
    outside = pl.any_horizontal(~limit for limit in limits)
    inside = pl.any_horizontal(limits)
    return pl.when(outside).then(pl.lit(value=False)).when(inside).then(pl.lit(value=True))


def _fits_form() -> pl.Expr:
    named = pl.col("form").list.len() > 0
    in_form = pl.when(named).then(pl.col("form").list.contains(pl.col("matched_form").cast(pl.String)))
    in_form = pl.when(pl.col("matched_form").is_not_null()).then(in_form)
    in_device = pl.col("device") == pl.col("matched_device")
    # Kleene's logic: what is known to differ decides; what is left open leaves open.
    differs = ~in_form | ~in_device
    return pl.when(differs).then(pl.lit(value=False)).when(in_form | in_device).then(pl.lit(value=True))


def _fits_indication() -> pl.Expr:
    # Where the whole formulary is silent about the line's indication, the substance alone is judged.
    is_open = pl.col("icpc_first").is_null() | pl.col("icpc").is_null() | pl.col("speaks_of_code").is_null()
    return pl.when(is_open).then(None).otherwise(pl.col("icpc").is_between("icpc_first", "icpc_last"))


def _most_specific(listed: pl.DataFrame) -> pl.DataFrame:
    """Return for each choice the entry that fits it best; step, rank and name settle what is equally specific."""
    fits = pl.min_horizontal(_FITS).fill_null(value=True)
    specific = [~pl.col(name).fill_null(value=False) for name in _MOST_SPECIFIC]
    # Of two age ranges that both hold the patient, one lies within the other: ranges that cross are a fault.
    width = pl.when("fits_patient").then(pl.col("age_max").fill_null(_OLDEST) - pl.col("age_min").fill_null(0))
    against = pl.col("advice") == Advice.NOT_RECOMMENDED  # where nothing tells them apart, doubt is no deviation
    order = [
        width.fill_null(_OLDEST + 1),
        against,
        pl.col("step").fill_null(_LAST),
        pl.col("rank").fill_null(_LAST),
        pl.col("entry_id"),
    ]
    kept = ["entry_id", "indication", "advice", "substance", "form", "strengths", "step", "is_suspended", *_FITS]
    return (
        listed.sort(~fits, *specific, *order[:1], "is_suspended", *order[1:])
        .unique("choice", keep="first", maintain_order=True)
        .select("choice", *kept, choice_rank="rank")
    )


def _graced(listed: pl.DataFrame) -> pl.DataFrame:
    """Return for each choice the entry of the version before that still supports it in the days of grace."""
    fits = pl.min_horizontal(_FITS).fill_null(value=True)
    best = _most_specific(listed.filter(pl.col("by_grace") & fits & ~pl.col("is_suspended")))
    return best.select("choice", graced_by="entry_id")


def _verdict() -> pl.Expr:
    is_first = (pl.col("choice_rank") == 1) & (pl.col("step").fill_null(1) == 1)
    unlisted = pl.col("entry_id").is_null()
    found = [
        (unlisted & (pl.col("is_group_suspended")), Reason.CHAPTER_SUSPENDED),
        (unlisted & pl.col("is_group_suspended").is_not_null(), Reason.NOT_LISTED),
        (unlisted, Reason.NOT_COVERED),
        (pl.col("is_suspended"), Reason.CHAPTER_SUSPENDED),
        (~pl.col("fits_patient"), Reason.OTHER_PATIENT),
        # Of a medicine that is only spoken of to advise against it, no other form or indication is preferred.
        (pl.col("advice") == Advice.NOT_RECOMMENDED, Reason.NOT_RECOMMENDED),
        (~pl.col("fits_form"), Reason.OTHER_FORM),
        (~pl.col("fits_strength"), Reason.OTHER_STRENGTH),
        (~pl.col("fits_indication"), Reason.OTHER_INDICATION),
        (is_first, Reason.FIRST_CHOICE),
        (pl.col("choice_rank").is_not_null(), Reason.LATER_CHOICE),
    ]
    enum = pl.Enum(Reason)
    chain = [pl.when(is_so).then(pl.lit(reason, enum)) for is_so, reason in found]
    return pl.coalesce(*chain, pl.lit(Reason.LISTED, enum))


def _verdict_with_grace() -> list[pl.Expr]:
    saved = pl.col("verdict").is_in([*DEVIATING, Reason.NOT_COVERED]) & pl.col("graced_by").is_not_null()
    return [
        pl.when(saved).then(pl.lit(Reason.GRACE, pl.Enum(Reason))).otherwise("verdict").alias("verdict"),
        pl.when(saved).then("graced_by").otherwise("entry_id").alias("entry_id"),
    ]


def _agreement() -> pl.Expr:
    form, indication = pl.col("fits_form").fill_null(value=False), pl.col("fits_indication").fill_null(value=False)
    agrees = (
        pl.when(form & indication)
        .then(pl.lit(Agreement.FORM_AND_INDICATION))
        .when(indication)
        .then(pl.lit(Agreement.INDICATION))
        .when(form)
        .then(pl.lit(Agreement.FORM))
        .otherwise(pl.lit(Agreement.SUBSTANCE))
    )
    return pl.when(pl.col("verdict").is_in(list(CONFORM))).then(agrees.cast(pl.Enum(Agreement)))


def _preferred(suffix: str) -> pl.Expr:
    """Return what the formulary would rather see, where the choice deviates: names, or with `_atc` their codes."""
    forms = pl.concat_str("substance", pl.lit(" ("), pl.col("form").list.join(" / "), pl.lit(")"))
    strengths = pl.concat_str("substance", pl.lit(" ("), pl.col("strengths").list.join(" / "), pl.lit(")"))
    in_strength = pl.col("verdict") == Reason.OTHER_STRENGTH
    same_substance = pl.col("matched_atc") if suffix else pl.when(in_strength).then(strengths).otherwise(forms)
    elsewhere = pl.coalesce(f"code_preferred{suffix}", f"indication_preferred{suffix}", f"group_preferred{suffix}")
    return (
        pl.when((pl.col("verdict") == Reason.OTHER_FORM) | in_strength)
        .then(same_substance)
        .when(pl.col("verdict").is_in(list(DEVIATING)))
        .then(elsewhere)
    )
