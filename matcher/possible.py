"""What a line that nobody could name may still be: the ATC codes that are left, so that it widens no other bounds.

A label may name a substance for certain and still leave its code open, and a code may contradict its label: then the
product is one of a few. What is no medicine with an ATC code, or was dispensed on a day without a formulary, belongs
to no indicator at all. Of everything else nothing is known, and it may be anything.
"""

from collections.abc import Collection, Mapping

import polars as pl

from formulary import atc

from .enumerations import Decision
from .identification import BETWEEN, NAMES_SUBSTANCE
from .reasons import MatchReason
from .telling import CANDIDATES_MAX

ANY_OF = "|"  # between codes, as in `preferred_atc`
_NO_ATC = (
    MatchReason.NO_ATC,
    MatchReason.COMPOUNDED,
    MatchReason.HOMEOPATHIC,
    MatchReason.NOT_A_MEDICINE,
    MatchReason.SERVICE,
)


def possible_codes(answers: pl.DataFrame, current_atc: Mapping[str, str]) -> pl.Series:
    """Return for each answer (`matched_atc`, `runner_up`, `decision`, `match_reason`) its `possible_atc`.

    That is the codes it may be, today's, in order with `|` between them; "" where it has none, nothing where it may
    be anything or was named. A list of candidates that was cut off says nothing.
    """
    codes = pl.concat_list(pl.col("runner_up").str.split(BETWEEN), "matched_atc").list.drop_nulls()
    today = codes.list.eval(pl.element().replace(dict(current_atc)).unique().sort()).list.join(ANY_OF)
    is_whole = pl.col("runner_up").str.split(BETWEEN).list.len() < CANDIDATES_MAX
    # A substance that was only read by correcting its name may be another one.
    is_read = pl.col("runner_up_score") >= 1
    is_one_of = (_is_for(NAMES_SUBSTANCE) & is_read) | _is_for([MatchReason.CODE_LABEL_CONFLICT])
    limited = pl.when(_is_for(_NO_ATC)).then(pl.lit("")).when(is_one_of & is_whole).then(today)
    return answers.select(
        pl.when(pl.col("decision") != Decision.MATCHED).then(limited).alias("possible_atc")
    ).to_series()


def _is_for(reasons: Collection[MatchReason]) -> pl.Expr:
    return pl.col("match_reason").cast(pl.String).is_in(sorted(map(str, reasons)))


def spoken_of(choices: pl.DataFrame, entries: pl.DataFrame) -> pl.Series:
    """Return the `possible_atc` of each choice, less the codes of groups that the formulary of its day is silent about.

    `choices` have `segment_no` and `possible_atc`; `entries` are those of every stretch (`ENTRIES`). On a day without
    a formulary nothing is left.
    """
    known = (
        choices.select("segment_no", "possible_atc")
        .unique()
        .with_columns(code=pl.col("possible_atc").str.split(ANY_OF))
    )
    group = atc.group_of(pl.col("code")).alias("group")
    spoken = entries.select("segment_no", atc.group_of(pl.col("atc")).alias("group")).drop_nulls().unique()
    left = (
        known.drop_nulls()
        .explode("code")
        .with_columns(group)
        .join(spoken, on=["segment_no", "group"], how="semi")
        .group_by("segment_no", "possible_atc")
        .agg(pl.col("code").sort().str.join(ANY_OF).alias("left"))
    )
    told = choices.select("segment_no", "possible_atc").join(
        left, on=["segment_no", "possible_atc"], how="left", nulls_equal=True, maintain_order="left"
    )
    is_limited = pl.col("segment_no").is_null() | pl.col("possible_atc").is_not_null()
    return told.select(pl.when(is_limited).then(pl.col("left").fill_null("")).alias("possible_atc")).to_series()


def may_be_in(groups: list[str], except_groups: list[str]) -> pl.Expr:
    """Tell of each `possible_atc` whether a code of it is in the groups (none: in any) and in none of the others."""
    code = pl.element()
    inside = pl.any_horizontal(code.str.starts_with(each) for each in groups) if groups else pl.lit(value=True)
    outside = pl.any_horizontal(pl.lit(value=False), *(code.str.starts_with(each) for each in except_groups))
    some = pl.col("possible_atc").str.split(ANY_OF).list.eval(inside & ~outside).list.any()
    return pl.col("possible_atc").is_null() | ((pl.col("possible_atc") != "") & some)
