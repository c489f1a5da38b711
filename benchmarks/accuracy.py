"""How right identification is, on real labels it was and was not fitted to; writes the page of errors by cause.

    python benchmarks/accuracy.py DATA OUT [--refit]

DATA holds the development sets (matching_dev, nl_cbg_register_dev); OUT gets accuracy.md, errors.md, reliability.csv
and reliability.svg. The split is by the first word of a label, by hash, so the same words always stay on one side.
`--refit` writes the scores measured on the fitting side into the vocabulary.
"""

import argparse
import hashlib
import random
from pathlib import Path
from string import ascii_lowercase

import polars as pl

from matcher import identifier

_SCORES = Path(__file__).parents[1] / "matcher" / "vocabulary" / "match_scores.csv"
_SURE = 0.99
_MATCHES_MIN = 200  # fewer labels than this say too little to change a score
_CLASS = ["match_method", "reason"]
_CATALOGUE = {"substances": "substances_nl", "form": "form_nl", "route": "route_nl", "firm": "holder"}


def is_for_fitting(first_word: str) -> bool:
    """Tell whether labels that begin with this word may be used to fit; the other half only ever tests."""
    return hashlib.sha256(first_word.encode()).digest()[0] % 2 == 0


def identified(labels: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """Return the labels with the answer, whether it was right, and the side of the split."""
    answer = identifier(catalogue).identify_frame(labels.select("label")).drop("label")
    accepted = pl.concat_str("atc_gold", "atc_current", separator="|", ignore_nulls=True).str.split("|")
    matched = pl.col("decision").cast(pl.String) == "MATCHED"
    return labels.hstack(answer).with_columns(
        matched=matched,
        right=matched & accepted.list.contains(pl.col("matched_atc")).fill_null(value=False),
        is_fit=pl.col("first_token").fill_null("").map_elements(is_for_fitting, return_dtype=pl.Boolean),
    )


def misspelt(label: str) -> str:
    """Return the label with one letter of its first word wrong; which one follows from the label itself."""
    first, space, rest = label.partition(" ")
    choice = random.Random(label)
    place = choice.randrange(max(len(first) - 1, 1)) + 1
    wrong = choice.choice([choice.choice(ascii_lowercase) + first[place:], first[place:], first[place + 1 :]])
    return first[:place] + wrong + space + rest


def both_ways(data: Path) -> pl.DataFrame:
    """Return the price lists' labels by the register (as written and misspelt), the register's by the price lists."""
    gold = pl.read_csv(data / "matching_dev" / "eval_dev.csv", infer_schema=False)
    gold = gold.filter(pl.col("atc_gold").is_not_null() | (pl.col("negative_kind") == "no_atc"))
    register = pl.read_csv(data / "nl_cbg_register_dev" / "products.csv", infer_schema=False)
    catalogue = register.filter(pl.col("atc").is_not_null()).select("product_name", "atc", **_CATALOGUE)
    from_register = pl.col("source") == "cbg"
    articles = gold.filter(~from_register, pl.col("atc_gold").is_not_null())
    listed = articles.select(product_name="label", atc=pl.col("atc_current").fill_null(pl.col("atc_gold")))
    with_error = articles.with_columns(
        label=pl.Series([misspelt(label) for label in articles["label"]], dtype=pl.String),
        source=pl.concat_str("source", pl.lit(" misspelt")),
    ).filter(pl.col("label") != articles["label"])
    return pl.concat(
        [
            identified(gold.filter(~from_register), catalogue),
            identified(gold.filter(from_register), listed),
            identified(with_error, catalogue),
        ]
    )


def figures(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return precision and recall per value of `by` and side of the split."""
    has_gold = pl.col("atc_gold").is_not_null()
    side = pl.when("is_fit").then(pl.lit("fit")).otherwise(pl.lit("test")).alias("side")
    return (
        rows.group_by(by, side)
        .agg(
            labels=pl.len(),
            matched=pl.col("matched").sum(),
            precision=(pl.col("right").sum() / pl.col("matched").sum()).round(5),
            recall=((pl.col("right") & has_gold).sum() / has_gold.sum()).round(5),
        )
        .sort(by, "side")
    )


def measured_scores(rows: pl.DataFrame) -> pl.DataFrame:
    """Return per class of evidence the share that is right, drawn half a label to a half: few prove little."""
    share = ((pl.col("right").sum() + 0.5) / (pl.len() + 1)).round(4)
    return rows.filter("matched").group_by(_CLASS).agg(score=share, matches=pl.len(), right=pl.col("right").sum())


def reliability(rows: pl.DataFrame) -> pl.DataFrame:
    """Return, for labels not fitted to, the score given beside the share that was right."""
    tested = rows.filter("matched", ~pl.col("is_fit"))
    return (
        tested.group_by(*_CLASS, "match_score")
        .agg(labels=pl.len(), share_right=pl.col("right").mean().round(4))
        .sort("match_score", descending=True)
    )


def calibration_claim(rows: pl.DataFrame) -> str:
    """Return how many matches scored 0.99 or more were right, on labels not fitted to: at least 99 % must be."""
    sure = rows.filter("matched", ~pl.col("is_fit"), pl.col("match_score") >= _SURE)
    right = int(sure["right"].sum())
    return (
        f"scored {_SURE} or more, on labels not fitted to: {right} of {sure.height} right ({right / sure.height:.4%})"
    )


def reliability_plot(measured: pl.DataFrame) -> str:
    """Return an SVG: each class of evidence as a dot, score to the right, share right upwards, 0.9 to 1."""
    dots = "".join(
        f'<circle cx="{40 + 3200 * max(row["match_score"] - 0.9, 0):.0f}" '
        f'cy="{360 - 3200 * max(row["share_right"] - 0.9, 0):.0f}" r="5">'
        f"<title>{row['match_method']} {row['reason']}: {row['labels']}</title></circle>"
        for row in measured.iter_rows(named=True)
    )
    axis = '<path d="M40 360H360M40 360V40M40 360L360 40" fill="none" stroke="#888"/>'
    names = '<text x="200" y="390">score 0.9 - 1</text><text x="4" y="30">share right 0.9 - 1</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">{axis}{dots}{names}</svg>\n'


def errors_page(rows: pl.DataFrame) -> str:
    """Return the wrong matches, then what was not matched, grouped by the reason given."""
    wrong = rows.filter("matched", ~pl.col("right"))
    missed = rows.filter(~pl.col("matched"), pl.col("atc_gold").is_not_null())
    told = [f"# Wrong matches ({wrong.height})", *(_line(row) for row in wrong.iter_rows(named=True))]
    for (reason,), group in missed.group_by("reason", maintain_order=True):
        told += [
            f"\n# Not matched: {reason} ({group.height})",
            *(_line(row) for row in group.head(40).iter_rows(named=True)),
        ]
    return "\n".join(told) + "\n"


def _line(row: dict[str, object]) -> str:
    return f"- {row['label']} | is {row['atc_gold']} | said {row['matched_atc'] or row['runner_up']}"


def refit(rows: pl.DataFrame) -> None:
    """Write the scores of the fitting side; classes it hardly met keep the score they had."""
    fitted = measured_scores(rows.filter("is_fit")).filter(pl.col("matches") >= _MATCHES_MIN)
    fitted = fitted.with_columns(pl.col("match_method").cast(pl.String))
    old = pl.read_csv(_SCORES, infer_schema=False)
    kept = old.join(fitted, on=_CLASS, how="anti")
    pl.concat([fitted.cast(pl.String).select(old.columns), kept]).sort(_CLASS).write_csv(_SCORES)


def main() -> None:
    """Measure, and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--refit", action="store_true")
    asked = parser.parse_args()
    rows = both_ways(asked.data)
    if asked.refit:
        refit(rows)
    asked.out.mkdir(parents=True, exist_ok=True)
    measured = reliability(rows)
    with pl.Config(
        tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True
    ):
        tables = [str(figures(rows, by)) for by in ("source", "label_kind", "match_method")]
        (asked.out / "accuracy.md").write_text("\n\n".join([*tables, str(measured), calibration_claim(rows)]) + "\n")
    (asked.out / "errors.md").write_text(errors_page(rows))
    measured.write_csv(asked.out / "reliability.csv")
    (asked.out / "reliability.svg").write_text(reliability_plot(measured))
    print(f"{calibration_claim(rows)}; pages are in {asked.out}")


if __name__ == "__main__":
    main()
