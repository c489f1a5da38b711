"""Who prescribes, dispenses and receives in invented lines: the structure the region published, invented patients."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from formulary import Level, agb

from .dice import Dice

FIRST_DAY, DAYS = date(2026, 9, 1), 30
_SPECIALISTS, _PHARMACIES = 6, 20
_SPECIALISMS = ["0303", "0306", "0313", "0330"]
_PATIENTS_EACH, _ADULTS_EACH, _THIRD = 1_500, 1_425, 3  # of every three patients the first is a man


@dataclass(frozen=True)
class Doctors:
    """The region's general practitioners, then some specialists; `practices` has a row for each, a place for each day.

    A specialist has no practice in the structure, and neither has whoever came or left within the month on other days.
    """

    codes: pl.Series
    practices: pl.Series

    @classmethod
    def of(cls, memberships: pl.DataFrame) -> "Doctors":
        """Return who is in a practice in the month, by the structure of the region (`MEMBERSHIPS`)."""
        days = pl.DataFrame({"day": [FIRST_DAY + timedelta(days) for days in range(DAYS)]})
        held = memberships.filter(pl.col("level") == Level.PRESCRIBER).join(days, how="cross")
        held = held.filter(
            pl.col("valid_from") <= pl.col("day"), pl.col("day") <= pl.col("valid_until").fill_null(date.max)
        )
        general = held["id"].unique().sort()
        specialists = [f"{agb.SPECIALIST}4{10_007 + 137 * number}" for number in range(_SPECIALISTS)]
        codes = pl.concat([general, pl.Series("id", specialists)])
        grid = codes.to_frame().join(days, how="cross").join(held, on=["id", "day"], how="left")
        # Sorted, so that the place of a doctor on a day can be reckoned; of two practices on one day the newer.
        ordered = grid.sort("id", "day", "valid_from", nulls_last=True).unique(["id", "day"], keep="last")
        return cls(codes, ordered.sort("id", "day")["part_of"])

    def __len__(self) -> int:
        return len(self.codes)


def people(dice: Dice, doctors: Doctors, prescriber_no: pl.Series, fitting: pl.DataFrame) -> pl.DataFrame:
    """Return for every line who prescribed it, who dispensed it and who received it.

    `fitting` has a row a line: `day_no`, and of the medicine `for_sex` and `for_adults`, as the formulary limits it.
    """
    number, code = pl.col("number"), pl.col("voorschrijver")
    is_specialist = code.str.starts_with(agb.SPECIALIST)
    specialism = pl.lit(pl.Series(_SPECIALISMS)).gather(number % len(_SPECIALISMS))
    # Most patients have one pharmacy, near the practice; one line in ten comes from another.
    shop = (number + pl.when(pl.col("away") == 0).then(7).otherwise(0)) % _PHARMACIES
    practice = doctors.practices.gather(prescriber_no * DAYS + fitting["day_no"]).alias("praktijk")
    drawn = [prescriber_no.alias("number"), dice.below(10, "away"), practice]
    places = pl.DataFrame([*drawn, doctors.codes.gather(prescriber_no).alias("voorschrijver")]).select(
        "voorschrijver",
        pl.when(is_specialist).then(specialism).otherwise(pl.lit("0100")).alias("specialisme voorschrijver"),
        "praktijk",
        pl.format("02{}", 600_019 + shop * 29).alias("apotheek"),
    )
    place = prescriber_no * _PATIENTS_EACH + _place_of_patient(dice, fitting)
    return pl.concat([places, _patients(dice, len(doctors))[place]], how="horizontal")


def _place_of_patient(dice: Dice, fitting: pl.DataFrame) -> pl.Series:
    """Return which of the doctor's patients each line is for: no man gets a pill that is for women only."""
    place, sex = pl.col("patient"), pl.col("for_sex")
    drawn = fitting.with_columns(dice.below(_PATIENTS_EACH, "patient")).with_columns(
        pl.when("for_adults").then(place % _ADULTS_EACH).otherwise(place).alias("patient")
    )
    man, woman = place - place % _THIRD, place + (place % _THIRD == 0).cast(pl.Int64)
    return drawn.select(pl.when(sex == "M").then(man).when(sex == "F").then(woman).otherwise(place)).to_series()


def _patients(dice: Dice, doctors: int) -> pl.DataFrame:
    count = doctors * _PATIENTS_EACH
    place = pl.int_range(count, eager=True) % _PATIENTS_EACH
    # Two draws added: most people on medicines are between forty and eighty; the last patients of each are children.
    adult = 1_928 + dice.below(52, "born", count) + dice.below(29, "born later", count)
    born = adult.zip_with(place < _ADULTS_EACH, 2_009 + dice.below(14, "child born", count))
    return pl.DataFrame(
        {
            "patient": pl.select(pl.format("P{}", pl.int_range(count).cast(pl.String()).str.zfill(7))).to_series(),
            "geboortejaar": born,
            "geslacht": pl.Series(["M", "V", "V"]).gather(place % _THIRD),
            "verzekeraar": pl.Series(["9001", "9002", "9003", "9004"]).gather(dice.below(4, "insurer", count)),
        }
    )
