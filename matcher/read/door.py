"""The door of the house: what is converted on the way in holds pseudonyms and years instead of people.

Every reader that writes lines to the workspace, or holds them as it found them, lets them pass here first.
"""

import polars as pl

from formulary import bsn

from ..pseudonyms import pseudonyms_of, with_safe_references, without_own_number
from ..written import as_text, as_year
from .headers import Header

# What has its own rule: numbers masked in these would be no pseudonym and no reference any more.
_OWN_RULE = ("patient", "birth_year", "line_id", "reversal_of", "linked_to")
_LABELS = ("label", "prescribed_label")


class Door:
    """Takes from the lines of one file who they are about, under the key of the pseudonyms."""

    def __init__(self, header: Header, key: bytes) -> None:
        """Know which columns there are, by the header of the file."""
        self._columns, self._key = list(header.wanted), key
        self._known = pl.DataFrame(schema={"patient": pl.String(), "pseudonym": pl.String()})

    def passed(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return the lines with pseudonyms for patients, years for birth dates, and no BSN in any text."""
        present = self._columns
        masked = [name for name in present if name not in _OWN_RULE]
        frame = self._without_patients(lines, present).with_columns(bsn.masked(pl.col(name)) for name in masked)
        if "birth_year" in present:
            frame = frame.with_columns(as_year("birth_year").cast(pl.String()))
        return with_safe_references(frame.lazy(), self._key, present).collect()

    def _without_patients(self, frame: pl.DataFrame, present: list[str]) -> pl.DataFrame:
        if "patient" not in present:
            return frame
        for label in (name for name in _LABELS if name in present):
            told = frame.select(pl.struct(pl.col(label).alias("label"), "patient")).to_series()
            frame = frame.with_columns(without_own_number(told).alias(label))
        patients = frame.select(as_text("patient")).to_series()
        return frame.with_columns(self._pseudonyms(patients).alias("patient"))

    def _pseudonyms(self, patients: pl.Series) -> pl.Series:
        """Return the pseudonym of each; a patient who was met before in the file is remembered for as long as that."""
        asked = patients.to_frame()
        new = asked.unique().join(self._known, on="patient", how="anti").drop_nulls()
        made = new.with_columns(pseudonyms_of(new["patient"], self._key).alias("pseudonym"))
        self._known = self._known.vstack(made)
        return asked.join(self._known, on="patient", how="left", maintain_order="left")["pseudonym"]
