"""What shifted everywhere at once: a fault in the data, because people do not change all together in one month."""

import polars as pl

from formulary import atc, conform

from .enumerations import Alarm, Measure, Outcome
from .facts import LineFacts
from .frames import CATEGORY
from .statistics import wilson_limits

# A row per shift: of everything in a month, of a pharmacy (its AGB code) or a product (its ATC code); the share before
# and in the month, and of how many prescribers (`units`) how many went the same way (`together`).
ALARMS = pl.Schema(
    {
        "alarm": pl.Enum(Alarm),
        "id": pl.String(),
        "month": pl.String(),
        "measure": pl.Enum(Measure),
        "before": pl.Float64(),
        "after": pl.Float64(),
        "units": pl.Int64(),
        "together": pl.Int64(),
    }
)
_LINES_MIN = 10  # of a prescriber in either month; fewer lines have no direction
_UNITS_MIN = {Alarm.MONTH: 10, Alarm.PRODUCT: 10, Alarm.PHARMACY: 5}
_TOGETHER_PERCENT = 80
_POINTS_MIN = 0.10
_SURE = 0.998
_UNIT = ["prescriber_agb", "formulary_version"]
_NONE = pl.lit("").cast(CATEGORY)  # texts stay categories until what is found is told
_JUDGED = (Outcome.ADHERENT, Outcome.NON_ADHERENT, Outcome.EXCEPTED)
_UNNAMED = (Outcome.UNIDENTIFIED, Outcome.INVALID)


def alarms_of(facts: LineFacts) -> pl.DataFrame:
    """Return what shifted from one month to the next for nearly everyone (`ALARMS`), the earliest first.

    Of everything together and of each pharmacy: the share of lines that nobody could name or understand, and the rate,
    where one formulary version held in both months. Of each product: its share in its ATC-4 group. A shift is told
    where at least eight in ten prescribers with ten lines or more went the same way, by ten points together, and by
    more than chance (99.8 % intervals apart).
    """
    held, products = _held(facts)
    if held["month"].n_unique() < 2:
        return ALARMS.to_frame()
    # Whether a line was named does not ask which version held; whether it was right does.
    all_lines = held.with_columns(_NONE.alias("formulary_version"))
    everywhere = pl.concat(
        [
            _shifts(_shares(all_lines, _NONE, "unnamed", "lines"), Alarm.MONTH, Measure.NOT_NAMED),
            _shifts(_shares(held, _NONE, "adherent", "judged"), Alarm.MONTH, Measure.RATE),
        ]
    )
    pharmacy = pl.col("pharmacy_agb")
    somewhere = pl.concat(
        [
            _shifts(_shares(all_lines, pharmacy, "unnamed", "lines"), Alarm.PHARMACY, Measure.NOT_NAMED),
            _shifts(_shares(held, pharmacy, "adherent", "judged"), Alarm.PHARMACY, Measure.RATE),
            _shifts(_shares_of_products(products), Alarm.PRODUCT, Measure.SHARE_OF_GROUP),
        ]
    )
    # What shifted everywhere shifted in each pharmacy too: it is said once.
    own = somewhere.join(everywhere, on=["month", "measure"], how="anti")
    month = pl.format("{}-{}", pl.col("month") // 12, (pl.col("month") % 12 + 1).cast(pl.String).str.zfill(2))
    told = pl.concat([everywhere, own]).sort("month", "alarm", "id", "measure").with_columns(month.alias("month"))
    return conform(told.lazy(), ALARMS).collect()


def _held(facts: LineFacts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return how many lines there are and what became of them, and how many were judged per substance; per month."""
    month = pl.col("month_no").alias("month")
    known = facts.filter(pl.col("month_no").is_not_null() & pl.col("prescriber_agb").is_not_null())
    n_lines = pl.len().cast(pl.Int64).alias("lines")
    became = [
        _is(*outcomes).sum().cast(pl.Int64).alias(name)
        for name, outcomes in (("unnamed", _UNNAMED), ("judged", _JUDGED), ("adherent", (Outcome.ADHERENT,)))
    ]
    held, products = pl.collect_all(
        [
            known.group_by(month, *_UNIT, "pharmacy_agb").agg(n_lines, *became),
            known.filter(_is(*_JUDGED)).group_by(month, *_UNIT, "matched_atc").agg(n_lines),
        ]
    )
    return held, products


def _is(*outcomes: Outcome) -> pl.Expr:
    return pl.col("outcome").is_in(list(outcomes))


def _shares(held: pl.DataFrame, id_: pl.Expr, part: str, whole: str) -> pl.DataFrame:
    """Return per `id`, prescriber, version and month how many lines are the `whole`, and of them the `part`."""
    named = held.with_columns(id_.alias("id")).filter(pl.col("id").is_not_null() & (pl.col(whole) > 0))
    sums = [pl.col(part).sum().alias("part"), pl.col(whole).sum().alias("whole")]
    return named.group_by("id", *_UNIT, "month").agg(sums)


def _shares_of_products(products: pl.DataFrame) -> pl.DataFrame:
    """Return the same of each substance in its ATC-4 group, also where a prescriber has none of it."""
    group = atc.group_of(pl.col("matched_atc").cast(pl.String)).alias("group")
    named = products.with_columns(group).rename({"matched_atc": "id"})
    wholes = named.group_by("group", *_UNIT, "month").agg(pl.col("lines").sum().alias("whole"))
    enough = wholes.filter(pl.col("whole") >= _LINES_MIN)
    every = enough.join(named.select("group", "id").unique(), on="group")
    joined = every.join(named, on=["id", *_UNIT, "month"], how="left")
    return joined.select("id", *_UNIT, "month", pl.col("lines").fill_null(0).alias("part"), "whole")


def _shifts(shares: pl.DataFrame, alarm: Alarm, measure: Measure) -> pl.DataFrame:
    enough = shares.filter(pl.col("whole") >= _LINES_MIN)
    before = enough.with_columns(pl.col("month") + 1)
    pairs = enough.join(before, on=["id", *_UNIT, "month"], suffix="_before")
    way = (pl.col("part") * pl.col("whole_before") - pl.col("part_before") * pl.col("whole")).sign()
    summed = pairs.group_by("id", "month").agg(
        pl.len().cast(pl.Int64).alias("units"),
        pl.max_horizontal((way > 0).sum(), (way < 0).sum()).cast(pl.Int64).alias("together"),
        pl.col("part", "whole", "part_before", "whole_before").sum(),
    )
    before_share, after_share = pl.col("part_before") / pl.col("whole_before"), pl.col("part") / pl.col("whole")
    low, high = wilson_limits(pl.col("part"), pl.col("whole"), _SURE)
    low_before, high_before = wilson_limits(pl.col("part_before"), pl.col("whole_before"), _SURE)
    together = (pl.col("units") >= _UNITS_MIN[alarm]) & (
        pl.col("together") * 100 >= pl.col("units") * _TOGETHER_PERCENT
    )
    apart = ((after_share - before_share).abs() >= _POINTS_MIN) & ((low > high_before) | (high < low_before))
    told = summed.filter(together & apart)
    return told.select(
        pl.lit(alarm, pl.Enum(Alarm)).alias("alarm"),
        pl.col("id").cast(pl.String),
        "month",
        pl.lit(measure, pl.Enum(Measure)).alias("measure"),
        before_share.alias("before"),
        after_share.alias("after"),
        "units",
        "together",
    )
