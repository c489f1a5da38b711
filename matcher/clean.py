"""What each written line means: typed columns, a pseudonym for the patient, a problem where it means nothing."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import polars as pl

from formulary import agb, atc, bsn, conform, gstandaard, icpc, uzovi

from .distinct import IN_ORDER, beside, categorised, held, looked_up, numbered
from .enumerations import Problem, Supply
from .frames import CATEGORY, CLEAN_LINES, EVIDENCE_PIECES, PRODUCT_COLUMNS, RAW_LINES, Cleaned, CleanLines, RawLines
from .pseudonyms import (
    PATIENT_NUMBER,
    have_own_numbers,
    told_of_patients,
    with_patient_numbers,
    with_pseudonyms,
    with_safe_references,
    without_own_numbers,
)
from .written import (
    as_date,
    as_decimal,
    as_digits,
    as_euros,
    as_text,
    as_whole_cents,
    as_year,
    as_yes_or_no,
    mostly,
)

_AGB_LENGTH, _LOWEST_AGB = 8, 1_000_000  # eight digits that do not begin with 00: nothing to restore
_SEXES = {"M": "M", "1": "M", "V": "F", "F": "F", "2": "F", "X": "X"}
# What a line needs and how it fails: the column, the problem where it is empty, and where it cannot be read.
_NEEDED = {
    "dispensed_on": (Problem.NO_DATE, Problem.BAD_DATE),
    "prescriber_agb": (Problem.NO_PRESCRIBER, Problem.BAD_PRESCRIBER),
}
_WRITTEN = ("dispensed_on", "prescriber_agb", "quantity", "cost_cents", "cost")
_SUSPECT = "may_have_problem"
_READABLE = {"quantity": Problem.BAD_QUANTITY, "cost_cents": Problem.BAD_COST}


def clean_lines(raw: RawLines, key: bytes) -> Cleaned:
    """Return every raw line with typed columns, the patient replaced by a pseudonym under `key`, and its `problem`.

    Labels are masked when they are identified: there every distinct one is looked at.
    What is optional and unreadable becomes empty; what is needed and unreadable becomes the line's problem.
    A pseudonym that we made before (in rejects that come back) is left as it is.
    """
    schema = raw.collect_schema()
    present = [name for name in RAW_LINES if schema[name] != pl.Null()]
    numbered_lines, patients = with_patient_numbers(raw, present)
    # To hash is Python's work, to read what is written that of polars: neither waits for the other.
    with ThreadPoolExecutor(1) as aside:
        naming = aside.submit(told_of_patients, patients, key)
        counted, evidence = _with_evidence(numbered_lines, present)
        if {"label", "patient"} <= set(present) and have_own_numbers(counted, evidence["label"], patients):
            counted, evidence = _with_evidence(without_own_numbers(numbered_lines), present)
        settled = with_safe_references(_settled(counted, evidence, present), key, present)
    named = with_pseudonyms(settled, naming.result()) if "patient" in present else settled
    found = {*named.collect_schema().names(), *evidence.columns}
    whole = named.with_columns(*looked_up("evidence_no", categorised(evidence)), *_absent(found))
    single = _without_second_line_ids(whole) if "line_id" in present else whole
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in EVIDENCE_PIECES.items() if name not in evidence]
    return Cleaned(CleanLines(conform(single, CLEAN_LINES)), evidence.with_columns(absent).select(PRODUCT_COLUMNS))


def _settled(lines: pl.LazyFrame, evidence: pl.DataFrame, present: list[str]) -> pl.LazyFrame:
    """Return the lines read, each with its `problem`, and worked out where they fit into memory.

    What is said of a patient or product is not held: it is looked up by its number wherever it is asked for.
    """
    written = lines.with_columns(
        *looked_up("evidence_no", categorised(evidence)),
        *(pl.col(name).alias(f"written_{name}") for name in _WRITTEN if name in present),
    )
    own = [name for name in present if name not in (*PRODUCT_COLUMNS, "patient")]
    typed = written.with_columns(
        *_absent([*present, "evidence_no"]), *(_typed(name) for name in own if name in _READERS)
    ).cast({name: CATEGORY for name in own if CLEAN_LINES.get(name) == CATEGORY})
    if "cost" in present:
        typed = typed.with_columns(pl.coalesce("cost_cents", "cost").alias("cost_cents"))
        own = [*own, "cost_cents"]
    numbers = ["evidence_no", *([PATIENT_NUMBER] if "patient" in present else [])]
    return held(typed.select(*dict.fromkeys(own), *numbers, _problem(present).alias("problem")))


def _absent(present: Collection[str]) -> list[pl.Expr]:
    """Return a column without values for each that there is not."""
    return [pl.lit(None, dtype).alias(name) for name, dtype in CLEAN_LINES.items() if name not in present]


def _with_evidence(lines: pl.LazyFrame, present: list[str]) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Return the lines with the number of what they say of their product, and that, read once a distinct piece."""
    names = [name for name in PRODUCT_COLUMNS if name in present]
    if not names:
        return lines.with_columns(pl.lit(0, pl.UInt32).alias("evidence_no")), pl.DataFrame()
    counted, evidence = numbered(lines, names, "evidence_no")
    return counted, evidence.select(_typed(name) for name in names)


def _typed(name: str) -> pl.Expr:
    return _READERS[name](name)


def _as_agb(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.Int32, strict=False)
    is_plain = (pl.col(name).str.len_bytes() == _AGB_LENGTH) & (number >= _LOWEST_AGB)
    plain = pl.when(is_plain).then(pl.col(name))
    return mostly(name, plain, agb.compacted(pl.col(name)), pl.String())


def _as_atc(name: str) -> pl.Expr:
    plain = pl.when(pl.col(name).str.contains(atc.PATTERN)).then(pl.col(name))
    return mostly(name, plain, atc.compacted(pl.col(name)), pl.String())


def _as_product_code(name: str) -> pl.Expr:
    return mostly(name, pl.lit(None, pl.Int32()), gstandaard.compacted(pl.col(name)), pl.Int32())


def _as_masked_text(name: str) -> pl.Expr:
    return bsn.masked(as_text(name)).alias(name)


def _as_sex(name: str) -> pl.Expr:
    word = pl.col(name).str.strip_chars().str.to_uppercase()
    return word.replace_strict(_SEXES, default=None, return_dtype=pl.String()).alias(name)


def _as_supply(name: str) -> pl.Expr:
    word = pl.col(name).str.strip_chars().str.to_uppercase()
    return word.cast(pl.Enum(Supply), strict=False).alias(name)


def _as_insurer(name: str) -> pl.Expr:
    plain = pl.when((pl.col(name).str.len_bytes() == 4) & (pl.col(name).cast(pl.Int32, strict=False) >= 0)).then(
        pl.col(name)
    )
    return mostly(name, plain, uzovi.compacted(pl.col(name)), pl.String())


def _as_indication(name: str) -> pl.Expr:
    return mostly(name, pl.lit(None, pl.String()), icpc.compacted(pl.col(name)), pl.String())


_READERS: dict[str, Callable[[str], pl.Expr]] = {
    "line_id": as_text,
    "dispensed_on": as_date,
    "prescriber_agb": _as_agb,
    "pharmacy_agb": _as_agb,
    "practice_agb": _as_agb,
    "prescriber_specialism": partial(as_digits, length=4),
    "patient": as_text,
    "birth_year": as_year,
    "sex": _as_sex,
    "insurer_uzovi": _as_insurer,
    **dict.fromkeys(gstandaard.CODE_KINDS, _as_product_code),
    "atc": _as_atc,
    "label": as_text,
    "quantity": as_decimal,
    "cost_cents": as_whole_cents,
    "cost": as_euros,
    "icpc": _as_indication,
    "first_issue": as_yes_or_no,
    "remark": partial(as_digits, length=2),
    "prescribed_prk": _as_product_code,
    "prescribed_label": _as_masked_text,
    "reversal_of": as_text,
    "supply": _as_supply,
    "linked_to": as_text,
}


def _problem(present: list[str]) -> pl.Expr:
    """Return the first thing that is wrong with a line; only lines that may have a problem are looked at closely."""
    written = [f"written_{name}" for name in (*_NEEDED, *_READABLE, "cost") if name in present]
    absent = [pl.lit(None, pl.Enum(Problem)).alias("damage")] if "damage" not in present else []
    seen = [] if absent else ["damage"]
    asked_too = [name for name in ("supply", "birth_year") if name in present]
    columns = [*seen, *asked_too, *_NEEDED, *PRODUCT_COLUMNS, *_READABLE, "reversal_of", *written]
    suspect = _may_have_problem(written, present).alias(_SUSPECT)
    look = partial(problems_of, present=present)
    return pl.struct(suspect, *absent, *columns).map_batches(look, return_dtype=pl.Enum(Problem), is_elementwise=True)


def problems_of(lines: pl.Series, present: list[str]) -> pl.Series:
    """Return the problem of each line of a batch; `present` names the columns that the file has."""
    suspect = lines.struct.field(_SUSPECT)
    none = pl.Series([None], dtype=pl.Enum(Problem)).new_from_index(0, len(lines))
    rows = suspect.arg_true()
    if rows.is_empty():
        return none
    told = lines.gather(rows).struct.unnest().select(_first_problem(present)).to_series()
    return none.scatter(rows, told)


def _may_have_problem(written: list[str], present: list[str]) -> pl.Expr:
    needed = pl.any_horizontal(pl.col(name).is_null() for name in _NEEDED)
    no_product = pl.all_horizontal(pl.col(name).is_null() for name in PRODUCT_COLUMNS)
    unread = [
        pl.col(name).is_null() & pl.col(f"written_{name}").is_not_null()
        for name in _READABLE
        if f"written_{name}" in written
    ]
    unread += (
        [pl.col("cost_cents").is_null() & pl.col("written_cost").is_not_null()] if "written_cost" in written else []
    )
    negative = (pl.col("quantity") < 0).fill_null(value=False)
    damaged = [pl.col("damage").is_not_null()] if "damage" in present else []
    return pl.any_horizontal(*damaged, needed, no_product, negative, _is_before_birth(present), *unread)


def _is_before_birth(present: list[str]) -> pl.Expr:
    # Of a birth only the year is kept, so a day in that year is no problem.
    if "birth_year" not in present:
        return pl.lit(value=False)
    return (pl.col("dispensed_on").dt.year() < pl.col("birth_year")).fill_null(value=False)


def _first_problem(present: list[str]) -> pl.Expr:
    # What is not judged need not say what it was: a service has no article, and often no prescriber.
    is_judged = pl.col("supply").is_null() if "supply" in present else pl.lit(value=True)
    of_choice = pl.when(is_judged).then(pl.coalesce(_whether_choice_is_told(present)))
    before_birth = _is(_is_before_birth(present), Problem.BEFORE_BIRTH)
    return pl.coalesce(pl.col("damage"), *_if_missing("dispensed_on", present), before_birth, of_choice)


def _whether_choice_is_told(present: list[str]) -> list[pl.Expr]:
    found = _if_missing("prescriber_agb", present)
    found.append(_is(pl.all_horizontal(pl.col(name).is_null() for name in PRODUCT_COLUMNS), Problem.NO_PRODUCT))
    found += [_is(pl.col(name).is_null() & _is_written(name, present), problem) for name, problem in _READABLE.items()]
    found.append(_is(pl.col("cost_cents").is_null() & _is_written("cost", present), Problem.BAD_COST))
    found.append(_is((pl.col("quantity") < 0) & pl.col("reversal_of").is_null(), Problem.NEGATIVE_QUANTITY))
    return found


def _if_missing(name: str, present: list[str]) -> list[pl.Expr]:
    if_empty, if_unreadable = _NEEDED[name]
    is_missing = pl.col(name).is_null()
    return [_is(is_missing & ~_is_written(name, present), if_empty), _is(is_missing, if_unreadable)]


def _is(is_so: pl.Expr, problem: Problem) -> pl.Expr:
    return pl.when(is_so).then(pl.lit(problem, pl.Enum(Problem)))


def _is_written(name: str, present: list[str]) -> pl.Expr:
    if name not in present:
        return pl.lit(value=False)
    return pl.col(f"written_{name}").str.contains(r"\S").fill_null(value=False)


def _without_second_line_ids(lines: pl.LazyFrame) -> pl.LazyFrame:
    # Most systems number their lines upwards (shorter numbers first), and then no two are the same.
    text = pl.col("line_id")
    longer_by = text.str.len_bytes().cast(pl.Int64).diff()
    is_after = (longer_by > 0) | ((longer_by == 0) & (text > text.shift()))
    not_after = lines.select((~is_after.fill_null(value=False)).sum()).collect().item()
    if not_after <= 1:  # the first comes after none
        return lines
    # Sorting eight-byte hashes finds suspects in bounded memory; only suspects are compared as text.
    hashes = lines.select(pl.col("line_id").drop_nulls().hash()).collect()["line_id"].sort()
    suspects = hashes.filter((hashes == hashes.shift()).fill_null(value=False)).unique()
    if suspects.is_empty():
        return lines
    numbered_lines = lines.select("source", "line_id").with_row_index("row")
    same = numbered_lines.filter(pl.col("line_id").hash().is_in(suspects.implode())).collect()
    is_second = ~pl.struct("source", "line_id").is_first_distinct() & pl.col("line_id").is_not_null()
    second = same.filter(is_second).select("row", second=True)
    rows = numbered_lines.select("row").join(second.lazy(), on="row", how="left", maintain_order="left")
    marked = beside(lines, rows.select("second").collect(optimizations=IN_ORDER))
    return marked.with_columns(
        pl.coalesce("problem", _is(pl.col("second"), Problem.DUPLICATE_LINE_ID)).alias("problem")
    )
