"""How long the path and each of its stops take on seeded lines, beside the floor: scan, two joins, one count."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from formulary import Rulebook
from matcher import Identifier, RawLines, Reading, Workplace, assess, read_lines
from matcher.attribute import Excuses, attribute_deviations
from matcher.clean import clean_lines
from matcher.count import count_outcomes
from matcher.facts import LineFacts, facts_of
from matcher.frames import CleanLines, IdentifiedLines, JudgedLines, PairedLines, TracedLines
from matcher.identify import identify_products
from matcher.judge import judge_lines
from matcher.prescribed import pair_prescribed
from matcher.score import score_adherence
from matcher.trace import History, trace_starts

KEY = b"k" * 32
Benchmark = Callable[..., Any]


@pytest.fixture(scope="session")
def stages(
    lines_file: Path, rulebook: Rulebook, warm: Identifier, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What each stop is given, worked out beforehand and held in memory."""
    region = rulebook.region
    raw = read_lines([lines_file], Reading(tmp_path_factory.mktemp("work"), KEY)).lines.collect().lazy()
    cleaned, evidence = clean_lines(RawLines(raw), KEY)
    clean = cleaned.collect().lazy()
    named, products = identify_products(CleanLines(clean), evidence, warm, {})
    identified = named.collect().lazy()
    history = History(region.lookback_days, region.first_issue_flag)
    traced = trace_starts(IdentifiedLines(identified), history).collect().lazy()
    said, choices = judge_lines(TracedLines(traced), products, rulebook.segments, rulebook.entries)
    paired, _ = pair_prescribed(JudgedLines(said.collect().lazy()), None, None, region.prescribed_days)
    judged = paired.collect().lazy()
    attributed = attribute_deviations(PairedLines(judged), Excuses.of(rulebook))
    kept = attributed.collect().lazy()
    facts = facts_of(kept).collect().lazy()
    counts = count_outcomes(LineFacts(facts), choices, rulebook, None).outcomes
    return {
        "raw": raw,
        "clean": clean,
        "evidence": evidence,
        "identified": identified,
        "products": products,
        "choices": choices,
        "traced": traced,
        "judged": judged,
        "facts": facts,
        "counts": counts,
    }


def _floor(lines_file: Path, out: Path) -> None:
    lines = pl.scan_parquet(lines_file)
    code, label = "zi-nummer", "etiket"
    codes = lines.select(code).unique().drop_nulls().with_columns(by_code=pl.lit(value=True)).collect().lazy()
    labels = lines.select(label).unique().drop_nulls().with_columns(by_label=pl.lit(value=True)).collect().lazy()
    lines.join(codes, on=code, how="left").join(labels, on=label, how="left").sink_parquet(out)
    month = pl.col("afleverdatum").str.slice(3, 7)
    pl.scan_parquet(out).group_by("voorschrijver", month, code).agg(pl.len(), pl.col("by_code").sum()).collect()


def test_floor(benchmark: Benchmark, lines_file: Path, tmp_path: Path) -> None:
    benchmark(_floor, lines_file, tmp_path / "floor.parquet")
    assert (tmp_path / "floor.parquet").exists()


def test_whole_path(benchmark: Any, lines_file: Path, rulebook: Rulebook, warm: Identifier, tmp_path: Path) -> None:
    def _path() -> int:
        run = tmp_path / str(len(list(tmp_path.iterdir())))
        read = read_lines([lines_file], Reading(run, KEY))
        return assess(read.lines, rulebook, None, Workplace(KEY, run / "lines.parquet", warm)).scores.height

    assert benchmark.pedantic(_path, rounds=3, iterations=1) > 0


def _cleaned(stages: dict[str, Any]) -> pl.DataFrame:
    return clean_lines(stages["raw"], KEY).lines.collect()


def test_clean(benchmark: Benchmark, stages: dict[str, Any]) -> None:
    cleaned = benchmark(lambda: _cleaned(stages))
    assert cleaned.height == stages["raw"].select(pl.len()).collect().item()


def _identified(stages: dict[str, Any], warm: Identifier) -> pl.DataFrame:
    return identify_products(stages["clean"], stages["evidence"], warm, {}).lines.collect()


def _judged(stages: dict[str, Any], rulebook: Rulebook) -> pl.DataFrame:
    said = judge_lines(stages["traced"], stages["products"], rulebook.segments, rulebook.entries)
    return said.lines.collect()


def test_identify(benchmark: Benchmark, stages: dict[str, Any], warm: Identifier) -> None:
    identified = benchmark(lambda: _identified(stages, warm))
    assert identified["decision"].null_count() == 0


def test_trace(benchmark: Benchmark, stages: dict[str, Any], rulebook: Rulebook) -> None:
    region = rulebook.region
    traced = benchmark(
        lambda: trace_starts(stages["identified"], History(region.lookback_days, region.first_issue_flag)).collect()
    )
    assert traced["start"].null_count() == 0


def test_judge(benchmark: Benchmark, stages: dict[str, Any], rulebook: Rulebook) -> None:
    judged = benchmark(lambda: _judged(stages, rulebook))
    assert judged["outcome"].null_count() == 0


def test_attribute(benchmark: Benchmark, stages: dict[str, Any], rulebook: Rulebook) -> None:
    excuses = Excuses.of(rulebook)
    attributed = benchmark(lambda: attribute_deviations(stages["judged"], excuses).collect())
    assert attributed["attributed_to"].null_count() < attributed.height


def test_count(benchmark: Benchmark, stages: dict[str, Any], rulebook: Rulebook) -> None:
    counts = benchmark(lambda: count_outcomes(stages["facts"], stages["choices"], rulebook, None).outcomes)
    assert counts["lines"].sum() > 0


def test_score(benchmark: Benchmark, stages: dict[str, Any], rulebook: Rulebook) -> None:
    scores = benchmark(lambda: score_adherence(stages["counts"], rulebook))
    assert scores["denominator"].sum() > 0
