"""Tie the services of a claim to the medicines they belong to, wherever in the file either stands.

Both carry the same link number. A service nearly always stands in the block of its medicine; only where another block
has that number too are the blocks that were written looked at again. Of numbers that were seen, eight bytes are held.
"""

from pathlib import Path

import polars as pl

from ..enumerations import Supply

_IS_SERVICE = pl.col("supply") == Supply.SERVICE
_OF_MEDICINE = {"linked_to": "line_id", "of_medicine": "prescriber_agb", "its_specialism": "prescriber_specialism"}


class ClaimLinks:
    """The link numbers of a claim file, as far as it was read."""

    def __init__(self) -> None:
        """Know of none."""
        self._of_medicines: list[pl.Series] = []
        self._unanswered: list[pl.Series] = []  # of services without a medicine in their own block

    def tied(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return the lines of the next block, each service with what it has of the medicine in the same block."""
        medicines = _medicines(lines.lazy()).collect()
        asked = lines.filter(_IS_SERVICE).select("link").drop_nulls().unique()
        self._of_medicines.append(medicines["link"].hash())
        self._unanswered.append(asked.join(medicines, on="link", how="anti")["link"].hash())
        return _tied(lines, medicines)

    def tie_across(self, parts: list[Path]) -> None:
        """Tie anew, in the blocks as they were written, the services whose number other blocks have as well."""
        seen, unanswered = pl.concat(self._of_medicines), pl.concat(self._unanswered)
        doubtful = pl.concat([seen.filter(seen.is_duplicated()), unanswered.filter(unanswered.is_in(seen.implode()))])
        if doubtful.is_empty():
            return
        is_doubtful = pl.col("link").hash().is_in(doubtful.unique().implode())
        medicines = _medicines(pl.scan_parquet(parts).filter(is_doubtful)).collect()
        for part in parts:
            lines = pl.read_parquet(part)
            if lines.filter(_IS_SERVICE, is_doubtful).height:
                own = _medicines(lines.lazy().filter(~is_doubtful)).collect()
                _tied(lines.drop(_OF_MEDICINE), pl.concat([own, medicines])).write_parquet(part, compression="lz4")


def with_prescribers(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Return tied lines where a service that names no prescriber has that of its medicine."""
    return lines.with_columns(
        pl.coalesce("prescriber_agb", "of_medicine").alias("prescriber_agb"),
        pl.coalesce("prescriber_specialism", "its_specialism").alias("prescriber_specialism"),
    ).drop("link", "of_medicine", "its_specialism")


def _medicines(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each link number the first medicine that has it."""
    return (
        lines.filter(pl.col("supply").is_null(), pl.col("reversal_of").is_null())
        .drop_nulls("link")
        .select("link", **_OF_MEDICINE)
        .unique("link", keep="first", maintain_order=True)
    )


def _tied(lines: pl.DataFrame, medicines: pl.DataFrame) -> pl.DataFrame:
    asking = lines.with_columns(pl.when(_IS_SERVICE).then("link").alias("asked"))
    return asking.join(medicines, left_on="asked", right_on="link", how="left", maintain_order="left").drop("asked")
