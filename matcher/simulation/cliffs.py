"""Who is within a few lines of another amount: where a scheme has cliffs, and who stands at their edge."""

import polars as pl

from formulary import Scheme, SchemePart

from .amounts import OF_CHANCE, amounts_of, kinds_of, with_place

LINES = (1, 2, 5)
NEAR = pl.Schema(
    {"period": pl.String(), "id": pl.String(), "part": pl.String(), "lines": pl.Int64(), "cents": pl.Int64()}
)


def edges(frames: list[pl.DataFrame], scheme: Scheme, unit_value: int) -> pl.DataFrame:
    """Return who comes in another band with 1, 2 or 5 lines more conform, or fewer (`lines` is then negative).

    Columns `NEAR`, the fewest lines each; `cents` is what that would change, before caps and floors, for parts in cents
    or in points of a fixed value (`unit_value` cents; nought where points share a budget).
    """
    pairs = zip(frames, scheme.parts, strict=True)
    found = [
        _edges_of(with_place(frame), scheme, part, unit_value)
        for frame, part in pairs
        if part.bands and part.measure in OF_CHANCE
    ]
    return pl.concat([NEAR.to_frame(), *found]).sort("period", "id", "part", "lines")


def _edges_of(frame: pl.DataFrame, scheme: Scheme, part: SchemePart, unit_value: int) -> pl.DataFrame:
    paid = frame.filter(pl.col("grounds").cast(pl.String).is_in(["BAND_REACHED", "BELOW_BANDS"]))
    kinds = kinds_of(frame, part)
    now = _unit(paid, kinds, 0, frame, (scheme, part))
    found = []
    for way in (1, -1):
        moved = [
            _unit(paid, kinds, way * lines, frame, (scheme, part)).with_columns(lines=pl.lit(way * lines, pl.Int64()))
            for lines in LINES
        ]
        for each in moved:
            changed = each.with_columns(was=now["unit"], was_band=now["band"])
            found.append(changed.filter(pl.col("band").ne_missing(pl.col("was_band"))))
    # A patient tariff makes a step as many times larger as there are patients.
    times = pl.col("patients") if str(part.per) == "PATIENT" else pl.lit(1, pl.Int64())
    cents = (pl.col("unit") - pl.col("was")) * times * (unit_value if part.in_points else 1)
    near = pl.concat(found).with_columns(
        part=pl.lit(part.name), cents=(cents // 1000) if part.in_points else cents, way=pl.col("lines").sign()
    )
    nearest = near.sort(pl.col("lines").abs()).unique(["period", "id", "way"], keep="first", maintain_order=True)
    return nearest.select(*NEAR)


def _unit(
    paid: pl.DataFrame, kinds: list[str], more: int, frame: pl.DataFrame, of: tuple[Scheme, SchemePart]
) -> pl.DataFrame:
    moved = paid.with_columns(n=(pl.col("n") + more).clip(0, pl.col("d")))
    wanted = moved.select("n", *kinds)
    known = amounts_of(wanted.unique(maintain_order=True), frame, *of)
    units = wanted.join(known, on=["n", *kinds], how="left", maintain_order="left", nulls_equal=True)
    return moved.select("period", "id", "patients").with_columns(units["band"], units["unit"])
