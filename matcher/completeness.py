"""Whether every pharmacy delivered every month, and which scores lean on what is missing."""

from datetime import date

import polars as pl

from formulary import Rulebook, conform

from .enumerations import Delivery
from .facts import LineFacts, in_words
from .levels import WHO, at_every_level, epoch_of_day
from .period import Period
from .tables import AdherenceScores

# A row per pharmacy and month, from its first month on: its lines, and how many its own median leads one to expect.
COMPLETENESS = pl.Schema(
    {
        "pharmacy_agb": pl.String(),
        "month": pl.String(),
        "lines": pl.Int64(),
        "expected": pl.Int64(),
        "delivery": pl.Enum(Delivery),
    }
)
_MONTHS_MIN = 3  # months a pharmacy must have delivered before anything is expected of it
_EXPECTED_MIN = 20  # fewer lines a month vary so much by chance that silence says nothing
_SILENT_MAX = 2  # months after its last line in which a pharmacy is missed; after that it is taken to have closed
_LEANS_PERCENT = 5  # a score leans on a pharmacy that has this share of its lines
_FEW_PERCENT = 5  # months with less than this share of an ordinary month are stray dates, not part of the data


def completeness_of(facts: LineFacts, low_percent: int) -> pl.DataFrame:
    """Return what each pharmacy delivered each month (`COMPLETENESS`).

    MISSING: nothing, though it delivered before; LOW: less than `low_percent` of what its own median month leads one
    to expect; UNKNOWN: too few months or lines to expect anything. Months of which the lines hold only a part are
    compared by their days. A pharmacy that has been silent for longer is taken to have closed.
    """
    month = pl.col("month_no").alias("month")
    dated = facts.filter(pl.col("pharmacy_agb").is_not_null() & pl.col("dispensed_on").is_not_null())
    days = [pl.col("dispensed_on").min().alias("first"), pl.col("dispensed_on").max().alias("last")]
    held = in_words(dated.group_by("pharmacy_agb", month).agg(pl.len().cast(pl.Int64).alias("lines"), *days)).collect()
    months = _months(held)
    if months.is_empty():
        return COMPLETENESS.to_frame()
    told = _expected(held.select("pharmacy_agb", "month", "lines"), months).with_columns(_delivery(low_percent))
    name = pl.format("{}-{}", pl.col("month") // 12, (pl.col("month") % 12 + 1).cast(pl.String).str.zfill(2))
    named = told.with_columns(name.alias("month")).sort("pharmacy_agb", "month")
    return conform(named.lazy(), COMPLETENESS).collect()


def _months(held: pl.DataFrame) -> pl.DataFrame:
    """Return each month of the data (`month`) and how many of its `days` the lines span."""
    if held.is_empty():
        return pl.DataFrame(schema={"month": pl.Int32, "days": pl.Int64})
    per_month = held.group_by("month").agg(pl.col("lines").sum(), pl.col("first").min(), pl.col("last").max())
    usual = per_month["lines"].sort(descending=True)[: max(1, per_month.height // 2)].min()
    part = per_month.filter(pl.col("lines") * 100 >= pl.lit(usual) * _FEW_PERCENT)
    first, last = part["first"].min(), part["last"].max()
    held_months = part["month"].sort().to_list()
    numbers = range(held_months[0], held_months[-1] + 1)
    spanned = [(n, _days_spanned(n, first, last)) for n in numbers]
    return pl.DataFrame(spanned, schema={"month": pl.Int32, "days": pl.Int64}, orient="row")


def _days_spanned(month: int, first: object, last: object) -> int:
    begins, following = date(month // 12, month % 12 + 1, 1), date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    begin = max(begins, first) if isinstance(first, date) else begins
    end = min(following.toordinal() - 1, last.toordinal()) if isinstance(last, date) else following.toordinal() - 1
    return end - begin.toordinal() + 1


def _expected(held: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """Return each month from a pharmacy's first to shortly after its last, with `lines` and `expected` (or null)."""
    within = held.join(months, on="month")
    # Thousandths of a line a day, as whole numbers: months differ in days, and the first and last may be parts.
    a_day = (pl.col("lines") * 1000 // pl.col("days")).alias("a_day")
    own = within.group_by("pharmacy_agb").agg(
        pl.col("month").min().alias("first_month"),
        pl.col("month").max().alias("last_month"),
        a_day.median().floor().cast(pl.Int64),
        pl.len().alias("months"),
    )
    every = own.join(months, how="cross").filter(
        pl.col("month") >= pl.col("first_month"), pl.col("month") <= pl.col("last_month") + _SILENT_MAX
    )
    expected = pl.when(pl.col("months") >= _MONTHS_MIN).then(pl.col("a_day") * pl.col("days") // 1000)
    found = every.join(held, on=["pharmacy_agb", "month"], how="left").with_columns(pl.col("lines").fill_null(0))
    return found.with_columns(expected.alias("expected"))


def _delivery(low_percent: int) -> pl.Expr:
    lines, expected = pl.col("lines"), pl.col("expected")
    enum = pl.Enum(Delivery)
    return (
        pl.when(expected.is_null() | (expected < _EXPECTED_MIN))
        .then(pl.lit(Delivery.UNKNOWN, enum))
        .when(lines == 0)
        .then(pl.lit(Delivery.MISSING, enum))
        .when(lines * 100 < expected * low_percent)
        .then(pl.lit(Delivery.LOW, enum))
        .otherwise(pl.lit(Delivery.COMPLETE, enum))
        .alias("delivery")
    )


def with_provisional(
    scores: AdherenceScores, facts: LineFacts, completeness: pl.DataFrame, rulebook: Rulebook
) -> AdherenceScores:
    """Return the scores with `provisional`: true where a pharmacy with a good part of the lines did not deliver.

    A score is that of a period with a month in which the pharmacy's delivery is MISSING or LOW, and over all lines at
    hand at least one in twenty of its lines are that pharmacy's.
    """
    gaps = completeness.filter(pl.col("delivery").is_in([Delivery.MISSING, Delivery.LOW]))
    if gaps.is_empty() or scores.is_empty():
        return AdherenceScores(scores.with_columns(pl.lit(value=False).alias("provisional")))
    leaning = _leaning(facts, gaps["pharmacy_agb"].unique(), rulebook)
    months = [(name, month) for name in scores["period"].unique().sort() for month in _months_of(name)]
    of_period = pl.DataFrame(months, schema={"period": pl.String, "month": pl.String}, orient="row")
    missed = gaps.join(of_period, on="month").join(leaning, on="pharmacy_agb")
    marked = missed.select("period", "level", "id").unique().with_columns(pl.lit(value=True).alias("marked"))
    joined = scores.join(marked, on=["period", "level", "id"], how="left", maintain_order="left")
    told = joined.with_columns(pl.col("marked").fill_null(value=False).alias("provisional"))
    return AdherenceScores(told.select(scores.columns))


def _leaning(facts: LineFacts, pharmacies: pl.Series, rulebook: Rulebook) -> pl.DataFrame:
    """Return which ids of which level lean on which of these pharmacies: `level`, `id`, `pharmacy_agb`."""
    structure = rulebook.circumstances.memberships
    pharmacy = pl.col("pharmacy_agb").cast(pl.String)
    of_gap = pl.when(pharmacy.is_in(pharmacies.implode())).then(pharmacy.cast(pl.UInt32))
    placed = at_every_level(
        facts.select(
            *WHO,
            of_gap.fill_null(0).alias("class"),
            epoch_of_day(structure).alias("epoch"),
            period_no=pl.lit(0),
            cost_cents=pl.lit(0),
        ),
        structure,
        rulebook.region.id,
    )
    whole = placed.group_by("level", "id").agg(pl.col("lines").sum().alias("all_lines"))
    parts = placed.filter(pl.col("class") > 0).group_by("level", "id", "class").agg(pl.col("lines").sum())
    leaning = parts.join(whole, on=["level", "id"]).filter(
        pl.col("lines") * 100 >= pl.col("all_lines") * _LEANS_PERCENT
    )
    return leaning.select("level", "id", pl.col("class").cast(pl.String).str.zfill(8).alias("pharmacy_agb"))


def _months_of(name: str) -> list[str]:
    period = Period.parse(name)
    if period is None:
        return []
    first, last = (day.year * 12 + day.month - 1 for day in (period.first, period.last))
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(first, last + 1)]
