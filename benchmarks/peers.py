"""Ours and the usual matchers side by side in one run: how right, how good at saying no, how fast.

    python benchmarks/peers.py GENERATED DATA [--labels 200000] [--few 300] [--out FILE]

GENERATED holds `master.parquet` and `dirty_N.parquet` of the seeded generator, DATA the real labels (matching_dev,
nl_cbg_register_dev). `make peers` makes the first, installs the peers from their own lock and runs this. Slow peers are
asked `--few` labels; all figures of one table come from one run, and the ratios are what to compare.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import extractOne
from rivals import FEW, MANY, Rival
from warm import median_microseconds

from matcher import identifier

Result = TypeVar("Result")
_PRECISION = 0.99
_FIRST = 1_000  # names and labels that every matcher is asked unmeasured: what a process loads once is no matching
_ONE_BY_ONE, _BEGINNING, _COMPARED = 20_000, 2_000, 100  # labels: asked one by one; the first of them; asked of a peer
_DANGEROUS = [
    "lasa",
    "combination_with_formulary_substance",
    "same_substance_other_route",
    "same_group_other_substance",
]
_REGISTER = {"substances": "substances_nl", "form": "form_nl", "route": "route_nl", "firm": "holder"}


class Task(NamedTuple):
    """Labels to find: the catalogue with a `key` per name; per label its right keys (none: nothing is right)."""

    catalogue: pl.DataFrame
    labels: pl.DataFrame


class Run(NamedTuple):
    """What one matcher said: a key and score per label, and how long that took, its index included."""

    name: str
    rows: pl.DataFrame
    seconds: float
    cpu_seconds: float


def generated(folder: Path, count: int) -> Task:
    """Return the generator's articles and dirty labels; right is the prescribable product (PRK)."""
    master = pl.read_parquet(folder / "master.parquet").unique("label", maintain_order=True)
    catalogue = master.select(
        product_name="label", atc="atc", substances="substance", key=pl.col("prk").cast(pl.String)
    )
    dirty = pl.read_parquet(folder / f"dirty_{count}.parquet")
    right = pl.when(pl.col("true_prk").is_not_null()).then(pl.concat_list(pl.col("true_prk").cast(pl.String)))
    return Task(catalogue, dirty.select("label", right=right, kind="kind"))


def real(data: Path) -> Task:
    """Return the register and the labels of the price lists; right are the gold ATC codes."""
    register = pl.read_csv(data / "nl_cbg_register_dev" / "products.csv", infer_schema=False)
    catalogue = register.filter(pl.col("atc").is_not_null()).select("product_name", "atc", key="atc", **_REGISTER)
    gold = pl.read_csv(data / "matching_dev" / "eval_dev.csv", infer_schema=False).filter(pl.col("source") != "cbg")
    codes = pl.concat_str("atc_gold", "atc_current", separator="|", ignore_nulls=True).str.split("|")
    ours = pl.read_csv(data / "matching_dev" / "formulary_gip.csv", infer_schema=False)["atc"]
    labels = gold.filter(pl.col("atc_gold").is_not_null() | (pl.col("negative_kind") == "no_atc")).select(
        "label",
        "source",
        "label_kind",
        right=pl.when(pl.col("atc_gold").is_not_null()).then(codes),
        is_dangerous=pl.col("negative_kind").is_in(_DANGEROUS),
    )
    return Task(catalogue.with_columns(in_formulary=pl.col("atc").is_in(ours.implode())), labels)


def run_rival(name: str, rival: Rival, task: Task, count: int | None) -> Run:
    """Return what a peer says of all labels, or of the first `count` of a seeded shuffle."""
    asked = task.labels if count is None else task.labels.sample(min(count, task.labels.height), seed=7, shuffle=True)
    names = task.catalogue["product_name"].to_list()
    rival(names[:_FIRST], asked["label"].head(_FIRST).to_list())
    (places, scores), seconds, cpu = _timed(lambda: rival(names, asked["label"].to_list()))
    found = pl.Series([place if place >= 0 else None for place in places], dtype=pl.UInt32)
    keys = task.catalogue["key"].gather(found)
    return Run(name, _judged(asked, keys, pl.Series(scores, dtype=pl.Float64), task), seconds, cpu)


def run_ours(task: Task) -> Run:
    """Return what our identification says, from the catalogue alone.

    Right first is asked of what a person is shown first, too, as it is of every answer of a peer; but only what is
    MATCHED is ever accepted, so that no score makes a candidate count.
    """
    asked = task.catalogue.drop("key", "in_formulary", strict=False)
    identifier(asked.head(_FIRST)).identify_frame(task.labels.select("label").head(_FIRST))
    answer, seconds, cpu = _timed(lambda: identifier(asked).identify_frame(task.labels.select("label")))
    matched = pl.col("decision").cast(pl.String) == "MATCHED"
    named = answer.with_columns(product=pl.when(matched).then("matched_product").otherwise("runner_up_product"))
    by_name = task.catalogue.unique("product_name").select("product_name", "key")
    named = named.join(by_name, left_on="product", right_on="product_name", how="left", maintain_order="left")
    first = pl.col("runner_up").str.split(" | ").list.first()
    by_code = pl.when(matched).then("matched_atc").otherwise(first)
    key = by_code if "in_formulary" in task.catalogue.columns else pl.col("key")
    told = named.select(key.alias("key"), pl.when(matched).then("match_score").alias("score"))
    return Run("ours", _judged(task.labels, told["key"], told["score"], task), seconds, cpu)


def _timed(work: Callable[[], Result]) -> tuple[Result, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def _judged(asked: pl.DataFrame, keys: pl.Series, scores: pl.Series, task: Task) -> pl.DataFrame:
    rows = asked.with_columns(keys.alias("key"), scores.alias("score"))
    rows = rows.with_columns(is_right=pl.col("right").list.contains(pl.col("key")).fill_null(value=False))
    if "in_formulary" not in task.catalogue.columns:
        return rows
    listed = task.catalogue.filter("in_formulary")["key"].unique().implode()
    is_wrong = pl.col("is_dangerous") & ~pl.col("is_right") & pl.col("key").is_in(listed)
    return rows.with_columns(is_wrong.fill_null(value=False).alias("is_dangerously_wrong"))


def threshold(rows: pl.DataFrame) -> float | None:
    """Return the lowest score at which the answers are right often enough, or nothing where no score does."""
    answered = rows.filter(_is_offered())
    by_score = answered.group_by("score").agg(said=pl.len(), right=pl.col("is_right").sum())
    summed = by_score.sort("score", descending=True).select("score", pl.col("said", "right").cum_sum())
    enough = summed.filter(pl.col("right") >= _PRECISION * pl.col("said"))
    return None if enough.is_empty() else float(enough["score"].min())  # type: ignore[arg-type]


def figures(run: Run) -> dict[str, object]:
    """Return a row of the table: right first, recall at the asked precision, and what is accepted that is not there."""
    rows, least = run.rows, threshold(run.rows)
    known = rows.filter(pl.col("right").is_not_null())
    accepted = _is_offered() & (pl.col("score") >= (least if least is not None else float("inf")))
    told: dict[str, object] = {
        "matcher": run.name,
        "labels": rows.height,
        "labels/s": round(rows.height / run.seconds),
        "labels/cpu-s": round(rows.height / run.cpu_seconds),
        "right first": round(known["is_right"].sum() / known.height, 4),
        "recall at 0.99": round(known.filter(accepted & pl.col("is_right")).height / known.height, 4),
    }
    if "is_dangerously_wrong" in rows.columns:
        told["dangerous"] = rows.filter(accepted & pl.col("is_dangerously_wrong")).height
        for column in ("source", "label_kind"):
            told |= {str(name): _recall(part, accepted) for (name,), part in sorted(known.group_by(column))}
    else:
        best = _best_threshold(rows)
        absent = rows.filter(pl.col("kind") != "known").group_by("kind")
        told |= {str(kind): _share(part, pl.col("score") >= best) for (kind,), part in sorted(absent)}
    return told


def _best_threshold(rows: pl.DataFrame) -> float:
    """Return the score at which precision and recall together (F1) are best: there a peer must be used."""
    known = rows.filter(pl.col("right").is_not_null()).height
    by_score = rows.filter(_is_offered()).group_by("score")
    summed = by_score.agg(said=pl.len(), right=pl.col("is_right").sum()).sort("score", descending=True)
    told = summed.select("score", f1=2 * pl.col("right").cum_sum() / (pl.col("said").cum_sum() + known))
    return float(told.sort("f1")["score"][-1])


def _recall(part: pl.DataFrame, accepted: pl.Expr) -> float:
    return round(part.filter(accepted & pl.col("is_right")).height / part.height, 4)


def _share(part: pl.DataFrame, accepted: pl.Expr) -> float:
    return round(part.filter(accepted & _is_offered()).height / part.height, 4)


def _is_offered() -> pl.Expr:
    """Tell whether an answer may be accepted: it has a score."""
    return pl.col("key").is_not_null() & pl.col("score").is_not_null()


def table(task: Task, few: int) -> pl.DataFrame:
    """Return the figures of every matcher on one task."""
    runs = [run_ours(task), *(run_rival(name, rival, task, None) for name, rival in MANY.items())]
    runs += [run_rival(name, rival, task, few) for name, rival in FEW.items()]
    return pl.DataFrame([figures(run) for run in runs], infer_schema_length=None)


def ratios(told: pl.DataFrame) -> str:
    """Return ours over the best peer of the same run."""
    ours, best = (told.row(n, named=True) for n in (0, len(MANY)))
    gain = ours["recall at 0.99"] - best["recall at 0.99"]
    return (
        f"ours over '{best['matcher']}': {ours['labels/s'] / best['labels/s']:.1f}x labels a second, "
        f"{ours['labels/cpu-s'] / best['labels/cpu-s']:.1f}x a cpu-second, "
        f"right first {ours['right first'] - best['right first']:+.4f}, recall at 0.99 precision {gain:+.4f}"
    )


def one_by_one(task: Task) -> str:
    """Return what one label costs in a warm process, none asked twice, and what comparing it to every name costs."""
    names, dirty = task.catalogue["product_name"].to_list(), task.labels["label"].to_list()
    known = identifier(task.catalogue)
    clean = median_microseconds(known, [name.lower() for name in names[:_BEGINNING]])
    first = median_microseconds(known, dirty[:_BEGINNING])
    later = median_microseconds(known, dirty[_BEGINNING:])
    peer = median_microseconds(lambda label: extractOne(label, names, scorer=token_sort_ratio), dirty[:_COMPARED])
    return (
        f"one label, median: clean {clean:.0f} us (at most 10), dirty {later:.0f} us (at most 100) once the process "
        f"has answered {_BEGINNING:,}, and {first:.0f} us before; 'extractOne, token_sort' {peer:,.0f} us, "
        f"{peer / later:.0f}x as long (at least 100x)"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("generated", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--labels", type=int, default=200_000)
    parser.add_argument("--few", type=int, default=300)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args(arguments)
    made = table(generated(asked.generated, asked.labels), asked.few)
    # In a process of its own: words of the labels above would be known already.
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        alone = apart.submit(one_by_one, generated(asked.generated, _ONE_BY_ONE)).result()
    with pl.Config(
        tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=400, fmt_str_lengths=60,
        tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True,
    ):  # fmt: skip
        told = "\n\n".join([str(made), ratios(made), alone, str(table(real(asked.data), asked.few))]) + "\n"
    print(told)
    if asked.out:
        asked.out.write_text(told)


if __name__ == "__main__":
    main()
