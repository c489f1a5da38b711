"""Whether each line is according to the formulary in force on its day: every distinct choice is judged once.

The order of the questions is the order of the reasons: is there a version, does it speak about this group, does
it list the substance, in this form, for this indication, and how high. Where several entries fit, the most
specific wins: one that names the line's indication and form goes before one that names neither.
"""

import polars as pl

from formulary import Advice, Agreement, FormularyVersion, atc, conform

from .alternatives import preferred_by_code, preferred_by_group, preferred_by_indication
from .distinct import looked_up, numbered
from .frames import JUDGED_LINES, Decision, JudgedLines, Netting, Outcome, Reason, TracedLines

_CHOICE = ("formulary_version", "matched_atc", "matched_form", "matched_device", "icpc")
_VERDICT = pl.Schema(
    {
        "entry_id": pl.String(),
        "agreement": pl.Enum(Agreement),
        "choice_rank": pl.Int32(),
        "preferred": pl.String(),
        "verdict": pl.Enum(Reason),
    }
)
_CONFORM = (Reason.FIRST_CHOICE, Reason.LATER_CHOICE, Reason.LISTED)
_DEVIATES = (Reason.NOT_LISTED, Reason.NOT_RECOMMENDED, Reason.OTHER_FORM, Reason.OTHER_INDICATION)
_LAST = 1_000_000  # sorts entries without a step or rank behind those that have one


def judge_lines(lines: TracedLines, calendar: tuple[FormularyVersion, ...], entries: pl.DataFrame) -> JudgedLines:
    """Return every line with its `outcome`, the `reason` for it, and the `preferred` choice where it deviates.

    `calendar` names the version of each day; `entries` holds the entries of all versions (columns `ENTRIES`).
    """
    dated = lines.with_columns(_version_in_force(calendar).alias("formulary_version"))
    counted, choices = numbered(dated, _CHOICE, "choice_no")
    verdicts = _verdicts(choices, entries)
    reasoned = counted.with_columns(looked_up("choice_no", verdicts)).with_columns(_reason().alias("reason"))
    is_judged = pl.col("reason") == pl.col("verdict")
    judged = reasoned.with_columns(
        *(pl.when(is_judged).then(name).alias(name) for name in ("entry_id", "agreement", "choice_rank", "preferred")),
        _outcome().alias("outcome"),
    )
    return JudgedLines(conform(judged, JUDGED_LINES))


def _version_in_force(calendar: tuple[FormularyVersion, ...]) -> pl.Expr:
    day = pl.col("dispensed_on")
    in_force = [
        pl.when((day >= one.in_force_from) & (day <= one.in_force_until if one.in_force_until else True)).then(
            pl.lit(one.version)
        )
        for one in calendar
    ]
    return pl.coalesce(*in_force, pl.lit(None, pl.String()))


def _reason() -> pl.Expr:
    """Return why a line has its outcome: what is wrong with the line itself goes before the verdict on its product."""
    found = [
        (pl.col("problem").is_not_null(), Reason.NOT_UNDERSTOOD),
        (pl.col("netting") == Netting.REVERSED, Reason.REVERSED),
        (pl.col("netting") == Netting.REVERSAL, Reason.REVERSAL),
        (pl.col("netting") == Netting.ORPHAN_REVERSAL, Reason.ORPHAN_REVERSAL),
        (pl.col("match_reason") == "LOCAL_CODE", Reason.LOCAL_ARTICLE),
        (pl.col("decision") == Decision.REVIEW, Reason.UNSURE_PRODUCT),
        (pl.col("decision") == Decision.UNMATCHED, Reason.UNKNOWN_PRODUCT),
        (pl.col("formulary_version").is_null(), Reason.NO_VERSION_IN_FORCE),
    ]
    enum = pl.Enum(Reason)
    return pl.coalesce(*(pl.when(is_so).then(pl.lit(reason, enum)) for is_so, reason in found), "verdict")


def _outcome() -> pl.Expr:
    outcomes = {
        Reason.NOT_UNDERSTOOD: Outcome.INVALID,
        Reason.UNSURE_PRODUCT: Outcome.UNIDENTIFIED,
        Reason.UNKNOWN_PRODUCT: Outcome.UNIDENTIFIED,
        **dict.fromkeys(_CONFORM, Outcome.ADHERENT),
        **dict.fromkeys(_DEVIATES, Outcome.NON_ADHERENT),
    }
    every = {str(reason): str(outcomes.get(reason, Outcome.EXCLUDED)) for reason in Reason}
    return pl.col("reason").replace_strict(every, return_dtype=pl.Enum(Outcome))


def _verdicts(choices: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Return one verdict (`_VERDICT`) for each row of `choices`, in its order."""
    for_code = preferred_by_code(choices, entries)
    numbered = choices.with_row_index("choice").join(
        for_code, on=["formulary_version", "icpc"], how="left", nulls_equal=True
    )
    listed = numbered.join(
        entries.rename({"atc": "matched_atc"}), on=["formulary_version", "matched_atc"], how="inner"
    ).with_columns(_fits_form().alias("fits_form"), _fits_indication().alias("fits_indication"))
    by_group = preferred_by_group(entries)
    judged = (
        numbered.join(_most_specific(listed), on="choice", how="left")
        .with_columns(atc.group_of(pl.col("matched_atc")).alias("group"))
        .join(by_group, on=["formulary_version", "group"], how="left")
        .join(preferred_by_indication(entries), on=["formulary_version", "indication"], how="left")
        .with_columns(_verdict().alias("verdict"))
        .with_columns(_preferred().alias("preferred"), _agreement().alias("agreement"))
    )
    return conform(judged.sort("choice").lazy(), _VERDICT).collect()


def _fits_form() -> pl.Expr:
    """Tell whether an entry covers the line's form: null where either leaves it open."""
    in_form = pl.col("form").list.contains(pl.col("matched_form"))
    in_device = (pl.col("device") == pl.col("matched_device")).fill_null(value=True)
    is_open = (pl.col("form").list.len() == 0) | pl.col("matched_form").is_null()
    return pl.when(is_open).then(None).otherwise(in_form & in_device)


def _fits_indication() -> pl.Expr:
    """Tell whether an entry covers the line's indication: null where either, or the whole formulary, leaves it open."""
    is_open = pl.col("icpc_first").is_null() | pl.col("icpc").is_null() | pl.col("preferred_for_code").is_null()
    return pl.when(is_open).then(None).otherwise(pl.col("icpc").is_between("icpc_first", "icpc_last"))


def _most_specific(listed: pl.DataFrame) -> pl.DataFrame:
    """Return for each choice the entry that fits it best; step, rank and name settle what is equally specific."""
    fits = pl.min_horizontal("fits_form", "fits_indication").fill_null(value=True)
    order = [pl.col("step").fill_null(_LAST), pl.col("rank").fill_null(_LAST), pl.col("entry_id")]
    specific = [pl.col("fits_indication").fill_null(value=False), pl.col("fits_form").fill_null(value=False)]
    kept = ["entry_id", "indication", "advice", "substance", "form", "step", "fits_form", "fits_indication"]
    return (
        listed.sort(~fits, *(~each for each in specific), *order)
        .unique("choice", keep="first", maintain_order=True)
        .select("choice", *kept, choice_rank="rank")
    )


def _verdict() -> pl.Expr:
    is_first = (pl.col("choice_rank") == 1) & (pl.col("step").fill_null(1) == 1)
    found = [
        (pl.col("entry_id").is_null() & pl.col("speaks_of_group"), Reason.NOT_LISTED),
        (pl.col("entry_id").is_null(), Reason.NOT_COVERED),
        (pl.col("advice") == Advice.NOT_RECOMMENDED, Reason.NOT_RECOMMENDED),
        (pl.col("fits_form") == 0, Reason.OTHER_FORM),
        (pl.col("fits_indication") == 0, Reason.OTHER_INDICATION),
        (is_first, Reason.FIRST_CHOICE),
        (pl.col("choice_rank").is_not_null(), Reason.LATER_CHOICE),
    ]
    enum = pl.Enum(Reason)
    chain = [pl.when(is_so).then(pl.lit(reason, enum)) for is_so, reason in found]
    return pl.coalesce(*chain, pl.lit(Reason.LISTED, enum))


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
    is_conform = pl.col("verdict").is_in(list(_CONFORM))
    return pl.when(is_conform).then(agrees.cast(pl.Enum(Agreement)))


def _preferred() -> pl.Expr:
    """Return what the formulary would rather see, where the line deviates."""
    other_form = pl.concat_str("substance", pl.lit(" ("), pl.col("form").list.join(" / "), pl.lit(")"))
    elsewhere = pl.coalesce("preferred_for_code", "preferred_for_indication", "preferred_in_group")
    return (
        pl.when(pl.col("verdict") == Reason.OTHER_FORM)
        .then(other_form)
        .when(pl.col("verdict").is_in(list(_DEVIATES)))
        .then(elsewhere)
    )
