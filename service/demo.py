"""Make a realistic month of dispensing lines for a rules folder, as a pharmacy's export would look.

Everything in it is invented and comes from the seed. Rows are looked up by number and never joined: polars promises
no row order after a join, and the same seed must give the same bytes.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from formulary import Advice, Rulebook, load_rulebook

from .demo_columns import day_no, product, what_was_noted, when_and_how_much
from .demo_people import FIRST_DAY, Doctors, people
from .dice import FINE, Dice, Pools, on_some

# How often a prescriber leaves the formulary, in percent of how often the country would.
_HABIT_MIN, _HABIT_MAX, _HABITS = 30, 290, 1_000
_HALF_GROWN = 10  # a medicine for older children too is hardly ever given to the youngest
_COLUMNS = (
    "regelnummer;afleverdatum;voorschrijver;specialisme voorschrijver;apotheek;praktijk;patient;geboortejaar;geslacht;"
    "verzekeraar;zi-nummer;atc;etiket;hoeveelheid;bedrag;icpc;eerste uitgifte;opmerking;credit van"
)
_CREDIT_REACH = 2_000  # a credit line follows the line it takes back within this many lines


@dataclass(frozen=True)
class World:
    """Who prescribes, and what can be chosen, sold and diagnosed; `atc_no` numbers the substances in all three."""

    doctors: Doctors
    choices: pl.DataFrame
    products: pl.DataFrame
    diagnoses: pl.DataFrame


def make_demo_lines(rules_folder: Path, out: Path, *, lines: int = 100_000, seed: int = 2026) -> Path:
    """Write a month of invented lines as a CSV file with Dutch headers, and return its path.

    The folder must hold `volumes.csv` (atc, dispensings), whose mix of products the lines follow, and `structure.csv`,
    whose prescribers and practices they come from.
    """
    dice, world = Dice(seed, lines), _world(rules_folder)
    days, prescriber_no = day_no(dice), _prescriber_no(dice, len(world.doctors))
    atc_no = _atc_no(dice, world.choices, prescriber_no)
    fitting = world.choices.select("for_sex", "for_adults")[atc_no].with_columns(days)
    is_other = world.choices["is_other"].gather(atc_no)
    frame = pl.concat(
        [
            when_and_how_much(dice, days, atc_no, is_other),
            people(dice, world.doctors, prescriber_no, fitting),
            product(dice, world.products, atc_no),
            what_was_noted(dice, world.diagnoses, atc_no),
        ],
        how="horizontal",
    )
    _exported(_with_faults(dice, _with_credits(dice, frame))).write_csv(out, separator=";")
    return out


def _world(rules_folder: Path) -> World:
    rulebook = load_rulebook(rules_folder)
    sold = rulebook.catalogue.filter(pl.col("zi").is_not_null(), pl.col("valid_until").is_null())
    in_force = _entries_in_force(rulebook)
    supported = in_force.filter(pl.col("advice") == Advice.RECOMMENDED)["atc"].implode()
    volumes = pl.read_csv(rules_folder / "volumes.csv", columns=["atc", "dispensings"])
    choices = volumes.filter(pl.col("atc").is_in(sold["atc"].implode())).sort("atc").with_row_index("atc_no")
    limited = choices.join(_limits(in_force), on="atc", how="left").sort("atc_no")
    return World(
        Doctors.of(rulebook.circumstances.memberships),
        limited.with_columns(
            pl.col("atc").is_in(supported).not_().alias("is_other"), pl.col("for_adults").fill_null(value=False)
        ),
        _numbered(sold, choices),
        _numbered(in_force.drop_nulls("icpc_first"), choices),
    )


def _entries_in_force(rulebook: Rulebook) -> pl.DataFrame:
    begun = rulebook.segments.filter(pl.col("first_day") <= FIRST_DAY)["segment_no"].max()
    return rulebook.entries.filter(pl.col("segment_no") == begun, ~pl.col("by_grace"))


def _limits(entries: pl.DataFrame) -> pl.DataFrame:
    """Return for each substance the one sex all its entries are for, if so, and whether they are for the grown only."""
    one_sex = (pl.col("sex").n_unique() == 1) & pl.col("sex").is_not_null().all()
    return entries.group_by("atc").agg(
        pl.when(one_sex).then(pl.col("sex").first()).alias("for_sex"),
        (pl.col("age_min").fill_null(0).min() >= _HALF_GROWN).alias("for_adults"),
    )


def _numbered(rows: pl.DataFrame, choices: pl.DataFrame) -> pl.DataFrame:
    known = rows.filter(pl.col("atc").is_in(choices["atc"].implode()))
    return known.with_columns(
        pl.col("atc").replace_strict(choices["atc"], choices["atc_no"]).alias("atc_no"), pl.lit(1).alias("weight")
    )


def _prescriber_no(dice: Dice, doctors: int) -> pl.Series:
    # The power makes some prescribers several times as busy as others, as they are.
    return ((dice.below(FINE, "prescriber") / FINE) ** 1.3 * doctors).cast(pl.Int64)


def _atc_no(dice: Dice, choices: pl.DataFrame, prescriber_no: pl.Series) -> pl.Series:
    """Return a substance for every line: a therapeutic group by its volume, in it a substance by habit and volume."""
    pool = pl.col("group") * 2 + pl.col("is_other").cast(pl.UInt32)
    grouped = choices.with_columns(pl.col("atc").str.head(5).rle_id().alias("group")).with_columns(pool.alias("pool"))
    groups = _groups(grouped)
    drawn = Pools.of(groups, "all", "dispensings").draw(pl.zeros(dice.lines, eager=True), dice.below(FINE, "group"))
    habit = dice.below(_HABIT_MAX - _HABIT_MIN, "habit", _HABITS).gather(prescriber_no) + _HABIT_MIN
    strays = dice.below(FINE, "stray") < drawn["other_share"] * habit // 100
    # Where the formulary supports nothing in a group, even the best habit does not help.
    is_other = strays | (drawn["other_share"] == FINE)
    found = Pools.of(grouped, "pool", "dispensings")
    return found.draw(drawn["group"] * 2 + is_other.cast(pl.UInt32), dice.below(FINE, "substance"))["atc_no"]


def _groups(grouped: pl.DataFrame) -> pl.DataFrame:
    """Return each group with its volume and the share of it (of a million) that the formulary does not support."""
    other = (pl.col("dispensings") * pl.col("is_other").cast(pl.Int64)).sum()
    return grouped.group_by("group", maintain_order=True).agg(
        (other * FINE // pl.col("dispensings").sum()).alias("other_share"),
        pl.col("dispensings").sum(),
        pl.lit(0).alias("all"),
    )


def _with_credits(dice: Dice, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with two in a hundred of them taking back an earlier one, each a different one."""
    place, is_credit = pl.int_range(dice.lines, eager=True), dice.hits(20, "credit")
    credited = (place - 1 - dice.below(_CREDIT_REACH, "back")).clip(0)
    is_credit &= (place > 0) & ~is_credit.gather(credited)
    is_credit &= pl.DataFrame([is_credit, credited]).select(pl.struct(pl.all()).is_first_distinct()).to_series()
    sign = 1 - 2 * is_credit.cast(pl.Int64)
    return frame[credited.zip_with(is_credit, place)].with_columns(
        on_some(credited + 1, is_credit).alias("credit van"),
        frame["regelnummer"],
        frame["afleverdatum"],
        pl.col("hoeveelheid") * sign,
        pl.col("cents") * sign,
    )


def _with_faults(dice: Dice, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with a field missing or impossible in one of a hundred, and AGB codes without their zero."""
    fault = dice.below(400, "fault")
    agb = pl.when(fault == 0).then(None).when(fault > 397).then(pl.col("voorschrijver").str.slice(1))
    return frame.with_columns(
        agb.otherwise("voorschrijver").alias("voorschrijver"),
        pl.when(fault == 1).then(pl.lit("31-09-2026")).otherwise("afleverdatum").alias("afleverdatum"),
        pl.when(fault == 2)
        .then(pl.lit("dertig"))
        .otherwise(pl.col("hoeveelheid").cast(pl.String()))
        .alias("hoeveelheid"),
        *[pl.when(fault != 3).then(pl.col(name)).alias(name) for name in ("zi-nummer", "atc", "etiket")],
    )


def _exported(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns in the order of an export, amounts with a decimal comma."""
    cents = pl.col("cents").abs()
    whole, part = (cents // 100).cast(pl.String()), (cents % 100).cast(pl.String()).str.zfill(2)
    amount = pl.when(pl.col("cents") < 0).then(pl.lit("-")).otherwise(pl.lit("")) + whole + "," + part
    columns = _COLUMNS.split(";")
    return frame.with_columns(amount.alias("bedrag")).select(columns)
