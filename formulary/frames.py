"""The shapes of the rule book's tables, and `conform`, which holds every frame in the house to its shape."""

import polars as pl

from .documents import Advice, Level


class FrameShapeError(TypeError):
    """A frame does not have the columns it was promised: a bug of ours, never a user's mistake."""


def conform(frame: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    """Return `frame` with exactly the columns of `schema`, in its order; list every difference if it cannot."""
    found = frame.collect_schema()
    wrong = [
        f"{name}: {found[name]} where {dtype} was promised" if name in found else f"{name}: missing"
        for name, dtype in schema.items()
        if found.get(name) != dtype
    ]
    if wrong:
        raise FrameShapeError("; ".join(wrong))
    return frame.select(schema.names())


# Optional columns may be absent from a file; a loaded catalogue has them all.
CATALOGUE = pl.Schema(
    {
        "product_name": pl.String(),
        "atc": pl.String(),
        "zi": pl.Int32(),
        "hpk": pl.Int32(),
        "prk": pl.Int32(),
        "gpk": pl.Int32(),
        "label_name": pl.String(),
        "substances": pl.String(),
        "form": pl.String(),
        "route": pl.String(),
        "strength": pl.String(),
        "firm": pl.String(),
        "brand": pl.String(),
        "valid_from": pl.Date(),
        "valid_until": pl.Date(),
    }
)

SUBSTANCES = pl.Schema({"atc": pl.String(), "name_nl": pl.String()})

# One row per stretch of days on which nothing in the formulary changes; both days inclusive, no last day: still on.
SEGMENTS = pl.Schema(
    {
        "segment_no": pl.UInt32(),
        "formulary_version": pl.String(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
    }
)

# One row per stretch, entry and ICPC range: an entry without an indication code has one row with empty bounds.
ENTRIES = pl.Schema(
    {
        "segment_no": pl.UInt32(),
        "formulary_version": pl.String(),
        "entry_id": pl.String(),
        "chapter": pl.String(),
        "indication": pl.String(),
        "icpc_first": pl.String(),
        "icpc_last": pl.String(),
        "age_min": pl.Int16(),
        "age_max": pl.Int16(),
        "sex": pl.String(),
        "atc": pl.String(),
        "substance": pl.String(),
        "form": pl.List(pl.String()),
        "device": pl.String(),
        "strengths": pl.List(pl.String()),
        "step": pl.Int32(),
        "rank": pl.Int32(),
        "advice": pl.Enum(Advice),
        "is_suspended": pl.Boolean(),
        "by_grace": pl.Boolean(),
    }
)

# What else decides over a line on its day; both days inclusive, no last day: until further notice.
PREFERENCES = pl.Schema(
    {"insurer_uzovi": pl.String(), "zi": pl.Int32(), "valid_from": pl.Date(), "valid_until": pl.Date()}
)
SHORTAGES = pl.Schema(
    {"atc": pl.String(), "prk": pl.Int32(), "zi": pl.Int32(), "valid_from": pl.Date(), "valid_until": pl.Date()}
)
MEMBERSHIPS = pl.Schema(
    {
        "level": pl.Enum(Level),
        "id": pl.String(),
        "part_of": pl.String(),
        "valid_from": pl.Date(),
        "valid_until": pl.Date(),
    }
)

# With whom somebody is compared, on which days.
PEER_GROUPS = pl.Schema(
    {
        "level": pl.Enum(Level),
        "id": pl.String(),
        "peer_group": pl.String(),
        "valid_from": pl.Date(),
        "valid_until": pl.Date(),
    }
)

# Who takes part in which scheme: no two stretches of one participant share a day.
PARTICIPATION = pl.Schema({"scheme": pl.String(), "id": pl.String(), "valid_from": pl.Date(), "valid_until": pl.Date()})
# One row per practice and quarter, with the first and last day of the quarter.
ENROLMENT = pl.Schema(
    {
        "practice_agb": pl.String(),
        "quarter": pl.String(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
        "patients": pl.Int64(),
    }
)

# What a day's treatment is taken to be; a dose without forms is for every form that has none of its own.
DAILY_DOSES = pl.Schema(
    {
        "atc": pl.String(),
        "form": pl.List(pl.String()),
        "amount": pl.String(),
        "unit": pl.String(),
        "valid_from": pl.Date(),
        "valid_until": pl.Date(),
    }
)

# Who was at which meeting of a pharmacotherapy group; nobody twice at one.
ATTENDANCE = pl.Schema({"held_on": pl.Date(), "group": pl.String(), "prescriber_agb": pl.String()})
# The counts of an earlier period; one row per period, level, id and indicator.
BASELINES = pl.Schema(
    {
        "period": pl.String(),
        "level": pl.Enum(Level),
        "id": pl.String(),
        "indicator": pl.String(),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
    }
)
