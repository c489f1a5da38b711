"""Labels are decided on the command line or in a spreadsheet; what was decided lies in the rules folder."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from formulary import Language, RulesInvalid, load_aliases, sample_folder
from matcher import Outcome
from service.cli.review import (
    Signature,
    accept_label,
    export_labels,
    import_labels,
    list_agreement,
    list_labels,
    reject_label,
    revoke_label,
)
from service.errors import UsageInvalid
from service.review_book import read_queue

EN = Language.EN
ANNA, BRAM = (Signature(name, date(2026, 11, 1)) for name in ("Anna", "Bram"))
LABELS = {"METOPRLOL TABLET 75MG": 3, "=PREDNISO TABLET 5MG": 2, "STEUNKOUS BEIGE": 1}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_folder(), tmp_path / "rules"))


@pytest.fixture
def results(tmp_path: Path) -> Path:
    labels = [label for label, count in LABELS.items() for _ in range(count)]
    folder = tmp_path / "results"
    folder.mkdir()
    pl.DataFrame({"label": labels}).with_columns(
        prescriber_agb=pl.lit("01000001"),
        cost_cents=pl.lit(250, pl.Int64()),
        decision=pl.lit("REVIEW"),
        match_reason=pl.lit("SPELLING_UNSURE"),
        outcome=pl.lit("UNIDENTIFIED", pl.Enum(Outcome)),
    ).write_parquet(folder / "lines.parquet")
    return folder


def test_the_queue_is_listed_by_effect(results: Path, rules: Path) -> None:
    said = list_labels(results, rules, 2, EN)
    assert [(row["label"], row["lines"]) for row in said.as_json()] == list(LABELS.items())[:2]
    assert said.told[0] == "3 labels to review, 6 lines together"


def test_a_decision_is_signed_dated_and_ends_the_asking(results: Path, rules: Path) -> None:
    accept_label("METOPRLOL TABLET 75MG", "C07AB02", rules, ANNA, EN)
    aliases = load_aliases(rules).select("label", "decision", "atc", "decided_on", "decided_by").rows()
    assert aliases == [("METOPRLOL TABLET 75MG", "ACCEPT", "C07AB02", date(2026, 11, 1), "Anna")]
    assert "METOPRLOL TABLET 75MG" not in [row["label"] for row in list_labels(results, rules, 9, EN).rows]


def test_a_product_is_named_as_the_catalogue_has_it(rules: Path) -> None:
    name = pl.read_csv(rules / "catalogue.csv", infer_schema=False)["product_name"][0]
    said = accept_label("BLAUW POTJE", name, rules, ANNA, EN)
    assert (said.rows[0]["decision"], said.rows[0]["product_name"]) == ("OTHER_PRODUCT", name)


@pytest.mark.parametrize(
    ("label", "named", "code"),
    [("BLAUW POTJE", None, "REVIEW_NAME_IT"), ("BLAUW POTJE", "BESTAAT NIET", "REVIEW_PRODUCT_UNKNOWN")],
)
def test_what_cannot_be_told_is_asked(rules: Path, label: str, named: str | None, code: str) -> None:
    with pytest.raises(UsageInvalid) as raised:
        accept_label(label, named, rules, ANNA, EN)
    assert raised.value.code == code


def test_a_decision_is_revoked_and_stays_to_be_seen(results: Path, rules: Path) -> None:
    reject_label("STEUNKOUS BEIGE", rules, ANNA, EN)
    revoke_label("STEUNKOUS BEIGE", rules, ANNA, EN)
    assert load_aliases(rules)["revoked_on"].to_list() == [date(2026, 11, 1)]
    assert "STEUNKOUS BEIGE" in [row["label"] for row in list_labels(results, rules, 9, EN).rows]


def test_nobody_revokes_what_another_decided(rules: Path) -> None:
    reject_label("STEUNKOUS BEIGE", rules, ANNA, EN)
    with pytest.raises(UsageInvalid):
        revoke_label("STEUNKOUS BEIGE", rules, BRAM, EN)


@pytest.mark.parametrize("name", ["queue.csv", "queue.xlsx"])
def test_a_queue_goes_out_and_comes_back_filled_in(results: Path, rules: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    export_labels(results, rules, out, EN)
    labels = [row["label"].removeprefix("'") for _, row in read_queue(out)]
    assert labels == list(LABELS)


def test_choices_that_were_filled_in_become_decisions(results: Path, rules: Path, tmp_path: Path) -> None:
    out = tmp_path / "queue.csv"
    export_labels(results, rules, out, EN)
    filled = pl.read_csv(out, infer_schema=False).with_columns(choice=pl.Series(["accept", "NEVER_ASK", ""]))
    filled.with_columns(atc=pl.Series(["C07AB02", None, None])).write_csv(out)
    import_labels(out, rules, BRAM, EN)
    decided = load_aliases(rules).select("label", "decision", "decided_by").rows()
    assert decided == [
        ("METOPRLOL TABLET 75MG", "ACCEPT", "Bram"),
        ("=PREDNISO TABLET 5MG", "NEVER_ASK", "Bram"),
    ]


def test_an_unknown_choice_is_refused_and_nothing_is_taken_over(rules: Path, tmp_path: Path) -> None:
    out = tmp_path / "queue.csv"
    out.write_text("label,choice\nA,NEVER_ASK\nB,PERHAPS\n")
    with pytest.raises(UsageInvalid, match="no choice for a label"):
        import_labels(out, rules, BRAM, EN)
    assert load_aliases(rules).is_empty()


def test_a_table_that_does_not_fit_its_header_is_refused(rules: Path, tmp_path: Path) -> None:
    out = tmp_path / "queue.csv"
    out.write_text("label,choice\nA,NEVER_ASK,more\n")
    with pytest.raises(RulesInvalid):
        import_labels(out, rules, BRAM, EN)


def test_two_people_decide_blind_and_their_agreement_is_told(rules: Path) -> None:
    for signed in (ANNA, BRAM):
        reject_label("STEUNKOUS BEIGE", rules, signed, EN)
    reject_label("BLAUW POTJE", rules, ANNA, EN)
    reject_label("BLAUW POTJE", rules, BRAM, EN, never_ask=True)
    assert list_agreement(rules, EN).told == ["Anna and Bram: 1 of 2 labels alike, kappa 0.00"]


def test_without_two_people_there_is_no_agreement(rules: Path) -> None:
    assert list_agreement(rules, EN).told == ["No two people have decided on the same label yet."]


def test_looking_at_the_queue_needs_no_rules_of_ones_own(results: Path) -> None:
    assert next(row["label"] for row in list_labels(results, None, 5, EN).rows) == "METOPRLOL TABLET 75MG"


def test_the_sample_region_keeps_nobodys_decisions() -> None:
    with pytest.raises(UsageInvalid, match="belongs to the program"):
        reject_label("STEUNKOUS BEIGE", None, ANNA, EN)


def test_results_that_are_not_there_are_named(rules: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageInvalid, match="not a folder with results"):
        list_labels(tmp_path / "nowhere", rules, 9, EN)
