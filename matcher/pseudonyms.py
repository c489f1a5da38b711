"""Who a line is about, without saying who: pseudonyms under the user's own key, and no number of anyone left over."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256

import polars as pl

from formulary import bsn

from .distinct import looked_up, numbered
from .written import as_text

_NO_PATIENT = ("999999999", "000000000")  # "unknown" in the insurers' interfaces, never one person
PATIENT_NUMBER = "raw_patient_no"  # of a patient as written; `patient_no` is that of the pseudonym
_PSEUDONYM = r"^ps-[A-Za-z0-9_-]{16}$"
_SHORTEST_NUMBER = 5  # a patient number of fewer signs occurs in labels by chance
_BLOCK = 64  # bytes that SHA-256 takes at a time
_PSEUDONYM_BYTES = 12  # 96 bits: among a hundred million people no two the same are to be expected


def with_patient_numbers(lines: pl.LazyFrame, present: list[str]) -> tuple[pl.LazyFrame, pl.Series]:
    """Return the lines with the number of their patient, and who is meant by each number."""
    if "patient" not in present:
        return lines, pl.Series("patient", [], pl.String)
    counted, patients = numbered(lines, ["patient"], PATIENT_NUMBER)
    return counted, patients.select(as_text("patient"))["patient"]


def told_of_patients(patients: pl.Series, key: bytes) -> pl.DataFrame:
    """Return what lines tell of each patient: `patient`, a pseudonym, and `patient_no`.

    One HMAC a patient, not one a line. A patient who is a pseudonym in one file (rejects that come back) and raw in
    another is one patient: the number is that of the pseudonym.
    """
    pseudonyms = pseudonyms_of(patients, key)
    numbers = pseudonyms.rank("dense").fill_null(0).cast(pl.UInt32).alias("patient_no")
    return pl.DataFrame([pseudonyms.alias("patient"), numbers])


def with_pseudonyms(lines: pl.LazyFrame, told: pl.DataFrame) -> pl.LazyFrame:
    """Return lines `with_patient_numbers` with what is told of each."""
    return lines.with_columns(looked_up(PATIENT_NUMBER, told))


def pseudonyms_of(patients: pl.Series, key: bytes) -> pl.Series:
    """Return the pseudonym of each patient; nobody known has none, and a pseudonym of ours stays what it is."""
    # A dash or a question mark is how some systems write that nobody is known.
    is_known = patients.str.contains(r"[\pL\pN]") & ~patients.is_in(_NO_PATIENT) & ~patients.str.contains(_PSEUDONYM)
    digests = list(_digests(patients.filter(is_known), key))
    short = pl.Series(digests, dtype=pl.Binary()).bin.slice(0, _PSEUDONYM_BYTES).bin.encode("base64")
    named = pl.lit("ps-") + short.str.replace_all("+", "-", literal=True).str.replace_all("/", "_", literal=True)
    made = pl.Series([None], dtype=pl.String).new_from_index(0, len(patients))
    made = made.scatter(is_known.fill_null(value=False).arg_true(), pl.select(named).to_series())
    frame = pl.DataFrame({"patient": patients, "made": made})
    return frame.select(
        pl.when(pl.col("patient").str.contains(_PSEUDONYM)).then("patient").otherwise("made")
    ).to_series()


def _digests(patients: pl.Series, key: bytes) -> Iterator[bytes]:
    # Both hashes of an HMAC begin with the key, padded (RFC 2104, section 4): what they make of it is made once, and
    # copied. That takes half the time of copying an `hmac.HMAC`.
    padded = (key if len(key) <= _BLOCK else sha256(key).digest()).ljust(_BLOCK, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))
    for patient in patients:
        within, around = inner.copy(), outer.copy()
        within.update(patient.encode())
        around.update(within.digest())
        yield around.digest()


def with_safe_references(lines: pl.LazyFrame, key: bytes, present: list[str]) -> pl.LazyFrame:
    """Return the lines with references that are citizen service numbers replaced by pseudonyms.

    Of nine-digit references made by chance one in eleven passes the test; where most do, they are no references.
    """
    names = [name for name in ("line_id", "reversal_of", "linked_to") if name in present]
    nine = pl.col(names).str.len_bytes() == 9  # they were read: no spaces are left around them
    if not names or not lines.select(pl.any_horizontal(nine.any())).collect().item():
        return lines
    passes = [bsn.has_valid_test(as_text(name)) for name in names]
    passing, of = (
        lines.select(
            pl.sum_horizontal(each.sum() for each in passes).alias("passing"),
            pl.sum_horizontal(each.count() for each in passes).alias("of"),
        )
        .collect()
        .row(0)
    )
    if passing * 2 <= of:
        return lines
    hide = partial(pseudonyms_of, key=key)
    hidden = [
        pl.when(is_number)
        .then(as_text(name).map_batches(hide, return_dtype=pl.String(), is_elementwise=True))
        .otherwise(name)
        .alias(name)
        for name, is_number in zip(names, passes, strict=True)
    ]
    return lines.with_columns(hidden)


def have_own_numbers(lines: pl.LazyFrame, labels: pl.Series, patients: pl.Series) -> bool:
    """Tell whether the label of some line holds the number of its patient.

    `labels` are in order of `evidence_no`, `patients` in that of `PATIENT_NUMBER`. Only lines of which either could be
    so are looked at: a number of digits alone is not in a label without as many digits in a row.
    """
    lengths = patients.str.len_chars()
    shortest = min(lengths.filter(lengths >= _SHORTEST_NUMBER).unique().to_list(), default=None)
    if shortest is None:
        return False
    with_digits = labels.str.contains(rf"\d{{{shortest}}}").fill_null(value=False).arg_true()
    of_other_signs = (patients.str.contains(r"\D") & (lengths >= _SHORTEST_NUMBER)).fill_null(value=False).arg_true()
    could_be = [
        pl.col(number).is_in(found.implode())
        for number, found in (("evidence_no", with_digits), (PATIENT_NUMBER, of_other_signs))
        if not found.is_empty()
    ]
    if not could_be:
        return False
    return bool(lines.filter(pl.any_horizontal(could_be)).select(_holds_own_number().any()).collect().item())


def without_own_numbers(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Return the lines with the patient's own number taken out of the label."""
    told = pl.struct("label", "patient")
    masked = told.map_batches(without_own_number, return_dtype=pl.String(), is_elementwise=True)
    return lines.with_columns(masked.alias("label"))


def _holds_own_number() -> pl.Expr:
    patient = pl.col("patient").str.strip_chars()
    holds = pl.col("label").str.contains(patient, literal=True)
    return (holds & (patient.str.len_chars() >= _SHORTEST_NUMBER)).fill_null(value=False)


def without_own_number(lines: pl.Series) -> pl.Series:
    """Return the labels of a batch of labels and patients, with a patient's own number taken out of the label."""
    frame = lines.struct.unnest()
    told = frame.select(_holds_own_number()).to_series()
    own = frame.filter(told).rows()
    return frame["label"].scatter(told.arg_true(), [text.replace(number.strip(), bsn.MASK) for text, number in own])
