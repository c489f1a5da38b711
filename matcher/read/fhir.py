"""Read FHIR R4, a Bundle in JSON or resources line by line (NDJSON): prescriptions and dispensings of Dutch MP9.

Only the elements of `fhir_shapes` are read. A patient becomes a pseudonym here, a birth date its year; names and
addresses are never taken up. References are followed within one file.
"""

import io
import json
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import polars as pl

from ..enumerations import Problem
from ..errors import FileUnusable
from ..pseudonyms import pseudonyms_of
from .encoding import blocks_of, encoding_of
from .fhir_json import decoded, parsed
from .fhir_lines import COLUMNS, lines_of, resolved
from .fhir_shapes import REFERRED_KINDS, SHAPES, words
from .fhir_tables import contained_in, dispensed, referred, requested, with_keys
from .found import Found, Note
from .headers import Header
from .source import Source

_LARGEST_BUNDLE = 64 << 20
_LARGEST_RESOURCE = 1 << 20
_HEAD = pl.Struct({"resourceType": pl.String()})
_BATCH = 20_000  # resources that are taken apart at once
_ENDS = ("MedicationRequest", "MedicationDispense")


class _Said(NamedTuple):
    """What resources say: number, kind and size of each, a line for each broken one, tables of `fhir_tables`."""

    survey: pl.DataFrame
    misread: pl.DataFrame
    referred: pl.DataFrame
    requested: pl.DataFrame
    dispensed: pl.DataFrame


def is_fhir(source: Source) -> bool:
    """Tell whether a file is JSON, or FHIR in the other form that is not read."""
    return source.beginning.startswith(b"{") or _is_xml(source)


def read_fhir(source: Source) -> Found:
    """Return a line for each dispensing and each lone prescription; raise FileUnusable where the file is no FHIR."""
    if _is_xml(source):
        raise FileUnusable("FHIR_XML", source.name)
    found = _found(source)
    lines, n_parts = lines_of(found.requested, found.dispensed, resolved(found.referred))
    whole = pl.concat([lines, _broken(found.survey), found.misread], how="diagonal").sort("line_no").select(COLUMNS)
    if whole.is_empty():
        raise FileUnusable("FHIR_NO_LINES", source.name)
    hidden = _with_pseudonyms(whole, source.reading.key)
    names = [name for name in COLUMNS if name not in ("line_no", "damage") and hidden[name].null_count() < whole.height]
    own = Header(columns={name: name for name in names}, left_out=())
    notes = (*_note_on_parts(n_parts), *_note_on_others(found.survey))
    converted = source.workspace / "lines.parquet"
    hidden.write_parquet(converted, compression="lz4")
    return Found(pl.scan_parquet(converted), own, whole.height, notes=notes)


def _is_xml(source: Source) -> bool:
    return source.beginning.startswith(b"<") and b"http://hl7.org/fhir" in source.beginning[:2_000]


def _resources(source: Source) -> Iterator[pl.DataFrame]:
    """Give batches of resources as text, with their place, address, kind and size in bytes."""
    text = pl.col("text")
    # Where others are contained, theirs may be the first kind that is written: then it is looked up as it should be.
    has_contained = text.str.contains('"contained"', literal=True)
    inner = (
        pl.when(has_contained)
        .then(text)
        .map_batches(partial(decoded, dtype=_HEAD), return_dtype=_HEAD, is_elementwise=True)
    )
    guess = text.str.extract(r'"resourceType"\s*:\s*"(\w+)"')
    kind = pl.coalesce(inner.struct.field("resourceType"), guess)
    told = kind.alias("kind"), text.str.len_bytes().alias("size"), has_contained.alias("has_contained")
    for rows in _written_by_line(source) if _is_by_line(source) else [_of_bundle(source)]:
        for batch in rows.iter_slices(_BATCH):
            # polars 2.1 fails on texts that are cut out of a slice of several pieces.
            yield batch.rechunk().with_columns(told)


def _is_by_line(source: Source) -> bool:
    lines = [line for line in source.beginning.splitlines()[:50] if line.strip()]
    first = parsed(lines[0].decode("utf-8", errors="replace"))
    is_whole = isinstance(first, dict) or (len(lines[0]) > 1 and lines[-1].startswith(b"{"))
    return len(lines) > 1 and is_whole


def _written_by_line(source: Source) -> Iterator[pl.DataFrame]:
    encoding, n_lines = encoding_of(source), 0
    if not encoding.startswith("utf-8"):
        raise FileUnusable("FHIR_NOT_UTF8", source.name)
    for block in blocks_of(source, encoding):
        number = (pl.col("row") + 1 + n_lines).cast(pl.Int64()).alias("line_no")
        lines = pl.scan_lines(io.BytesIO(block), name="text", row_index_name="row")
        rows = lines.select(number, pl.lit(None, pl.String()).alias("url"), "text").collect()
        n_lines += rows.height
        yield rows.filter(pl.col("text").str.contains(r"\S"))


def _of_bundle(source: Source) -> pl.DataFrame:
    with source.open() as file:
        content = file.read(_LARGEST_BUNDLE + 1)
    if len(content) > _LARGEST_BUNDLE:
        raise FileUnusable("FHIR_TOO_LARGE", source.name, megabytes=_LARGEST_BUNDLE >> 20)
    try:
        whole = parsed(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileUnusable("FHIR_NOT_UTF8", source.name) from error
    if whole is None:
        raise FileUnusable("FHIR_BROKEN", source.name)
    if not isinstance(whole, dict) or not isinstance(whole.get("resourceType"), str):
        raise FileUnusable("FHIR_NOT", source.name)
    texts = [(number, url, _dumped(resource)) for number, (url, resource) in enumerate(_entries(whole, source.name), 1)]
    for number, _, text in texts:
        if len(text) > _LARGEST_RESOURCE:
            raise FileUnusable("FHIR_PART_TOO_LARGE", source.name, entry=number)
    schema = {"line_no": pl.Int64(), "url": pl.String(), "text": pl.String()}
    return pl.DataFrame(texts, schema=schema, orient="row")


def _entries(whole: dict[str, Any], where: str) -> list[tuple[str | None, Any]]:
    if whole["resourceType"] != "Bundle":
        return [(None, whole)]
    kind, entries = whole.get("type"), whole.get("entry", [])
    if kind not in words()["bundles"] or not isinstance(entries, list):
        raise FileUnusable("FHIR_BUNDLE_TYPE", where, known=", ".join(words()["bundles"]))
    told = [each if isinstance(each, dict) else {} for each in entries]
    addresses = [each.get("fullUrl") for each in told]
    return [
        (url if isinstance(url, str) else None, each.get("resource")) for url, each in zip(addresses, told, strict=True)
    ]


def _dumped(resource: Any) -> str:
    try:
        return json.dumps(resource)
    except RecursionError:  # as deep as could be read, but no deeper
        return ""


def _broken(survey: pl.DataFrame) -> pl.DataFrame:
    """Return a line for each resource that cannot be read at all."""
    kind, names = pl.col("kind"), [*words()["resources"]["names"]]
    found = [
        (kind.is_null(), Problem.BROKEN_JSON),
        (~kind.is_in(names) | (kind == "Bundle"), Problem.UNKNOWN_RESOURCE),
        (kind.is_in(list(SHAPES)) & (pl.col("size") > _LARGEST_RESOURCE), Problem.RESOURCE_TOO_LARGE),
    ]
    damage = pl.coalesce(pl.when(is_so).then(pl.lit(problem, pl.Enum(Problem))) for is_so, problem in found)
    return survey.select("line_no", damage.alias("damage")).drop_nulls("damage")


def _found(source: Source) -> _Said:
    """Return what all resources of a file say; raise FileUnusable where they are of another FHIR than ours."""
    batches = [_said_in(batch) for batch in _resources(source)]
    if not batches:
        raise FileUnusable("FHIR_NO_LINES", source.name)
    found = _Said(*(pl.concat(parts, how="vertical_relaxed") for parts in zip(*batches, strict=True)))
    for table in (found.requested, found.dispensed):
        newer = table["line_no"].filter(table["is_r5"]).min()
        if newer is not None:
            raise FileUnusable("FHIR_R5", source.name, line=newer)
    return found


def _said_in(resources: pl.DataFrame) -> _Said:
    """Return what a batch of resources says: each is taken apart once, and then its text is let go."""
    rows = resources.lazy().filter(pl.col("size") <= _LARGEST_RESOURCE)
    # What a resource contains is looked for only where there is anything.
    read = {kind: _read(rows, kind) for kind in SHAPES}
    holders = {kind: _read(rows.filter("has_contained"), kind) for kind in _ENDS}
    kinds = set(resources["kind"].drop_nulls())
    about = [referred(read[kind]) for kind in REFERRED_KINDS if kind in kinds]
    about += [referred(contained_in(frame, REFERRED_KINDS)) for frame in holders.values()]
    of_dispensing = contained_in(holders["MedicationDispense"], ("MedicationRequest",))
    asked = [requested(read["MedicationRequest"]), requested(of_dispensing).with_columns(line_no=None)]
    tables = [
        pl.concat(about, how="vertical_relaxed").collect(),
        pl.concat(asked, how="vertical_relaxed").collect(),
        dispensed(read["MedicationDispense"]).collect(),
    ]
    broken = pl.lit(Problem.BROKEN_JSON, pl.Enum(Problem)).alias("damage")
    misread = pl.concat(
        [table.filter("is_misread").select("line_no", broken) for table in tables], how="vertical_relaxed"
    )
    survey = resources.select("line_no", "kind", "size")
    return _Said(survey, misread, *(table.filter(~pl.col("is_misread")) for table in tables))


def _read(rows: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """Return the resources of a kind, taken apart, with their keys; one that is of another kind is misread."""
    shape = SHAPES[kind]
    of_kind = rows.filter(pl.col("kind") == kind)
    read = pl.col("text").map_batches(partial(decoded, dtype=shape), return_dtype=shape, is_elementwise=True)
    taken = of_kind.select("line_no", "url", read.alias("resource")).unnest("resource")
    is_kind = (pl.col("resourceType") == kind).fill_null(value=False)
    return with_keys(taken.with_columns((~is_kind).alias("is_misread")))


def _with_pseudonyms(lines: pl.DataFrame, key: bytes) -> pl.DataFrame:
    distinct = lines["patient"].drop_nulls().unique()
    hidden = pl.DataFrame({"patient": distinct, "hidden": pseudonyms_of(distinct, key)})
    joined = lines.select("patient").join(hidden, on="patient", how="left", maintain_order="left")
    return lines.with_columns(joined["hidden"].alias("patient"))


def _note_on_parts(n_parts: int) -> list[Note]:
    return [Note("FHIR_PARTS", {"n": n_parts})] if n_parts else []


def _note_on_others(survey: pl.DataFrame) -> list[Note]:
    known = [*words()["resources"]["names"]]
    others = survey.filter(pl.col("kind").is_in(known), ~pl.col("kind").is_in([*SHAPES, "Bundle"]))
    counts = others.group_by("kind").len().sort("kind")
    if counts.is_empty():
        return []
    return [Note("FHIR_OTHERS", {"kinds": ", ".join(f"{kind} ({n})" for kind, n in counts.iter_rows())})]
