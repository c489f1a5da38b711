"""Scores as FHIR R4: valid by a model library, adding up, the same bytes again, small numbers only for their owner."""

import base64
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.measure import Measure
from fhir.resources.R4B.measurereport import MeasureReport

from formulary import Indicator, Rulebook, Unit
from service.batch import Order, check_files, rulebook_of
from service.cli import main
from service.errors import UsageInvalid
from service.fhir import Addresses, Asked, Made, Seen, report_of, write_fhir
from service.results import ResultsUnusable, read_scores
from tests.tables import csv_of, lines_of
from tests.worlds import Rules, indicator_of

ONE, OTHER = "01012345", "01054321"
BASE = "https://streek.example/fhir"
LINES = """
    times | medicine    | prescriber_agb | remark
    12    | omeprazol   | 01012345       |
    3     | lansoprazol | 01012345       |
    1     | lansoprazol | 01012345       | 02
    2     | paracetamol | 01012345       |
    9     | omeprazol   | 01054321       |
    2     | lansoprazol | 01054321       |
"""
PAIR = 'composite = ["ALL"]\nname_nl = "Samen"\nname_en = "Together"\nsource = "test"\ndirection = "NONE"\n'
RULES = Rules(indicators=indicator_of("ALL") + f'[[indicators]]\nid = "PAIR"\n{PAIR}')


def checked_in(folder: Path) -> Path:
    """Return the folder, with `rules` and the `results` of a check by them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORMULARY_KEY_FILE", str(folder / "key"))
        RULES.write(folder / "rules")
        (folder / "lines.csv").write_text(csv_of(lines_of(LINES)), encoding="utf-8")
        check_files(Order([folder / "lines.csv"], folder / "rules"), folder / "results")
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return such a folder."""
    return checked_in(tmp_path_factory.mktemp("fhir"))


@pytest.fixture
def rulebook(place: Path) -> Rulebook:
    return rulebook_of(Order([], place / "rules"))


Write = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def written(place: Path, rulebook: Rulebook, tmp_path: Path) -> Write:
    """Return the resources that are written for what is asked."""

    def write(**asked: Any) -> list[dict[str, Any]]:
        write_fhir(place / "results", rulebook, Asked(**({"base": BASE} | asked)), tmp_path / "out.json")
        bundle = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
        Bundle.model_validate(bundle)
        return [entry["resource"] for entry in bundle["entry"]]

    return write


def report_on(resources: list[dict[str, Any]], agb: str, indicator: str = "ALL") -> dict[str, Any]:
    return next(
        each
        for each in resources
        if each["resourceType"] == "MeasureReport"
        and each.get("subject", {}).get("identifier", {}).get("value") == agb
        and f"/{indicator}|" in each["measure"]
    )


def counts_of(report: dict[str, Any]) -> dict[str, int | None]:
    """Return the populations by code; nothing where a number is masked."""
    (group,) = report["group"]
    return {each["code"]["coding"][0]["code"]: each.get("count") for each in group["population"]}


def test_every_resource_is_valid_r4(written: Write) -> None:
    models: dict[str, Any] = {"Measure": Measure, "MeasureReport": MeasureReport}
    for owner in ("all", ONE, None):
        for resource in written(owner=owner):
            models[resource["resourceType"]].model_validate(resource)


def test_the_owner_sees_exact_numbers_that_add_up_to_what_was_read(written: Write) -> None:
    report = report_on(written(owner=ONE), ONE)
    assert counts_of(report) == {
        "initial-population": 18,
        "denominator": 18,
        "denominator-exclusion": 2,
        "denominator-exception": 1,
        "numerator": 12,
    }
    assert report["group"][0]["measureScore"] == {"value": 0.8}


def test_others_see_small_numbers_masked_and_the_rest_rounded(written: Write) -> None:
    report = report_on(written(), ONE)
    assert counts_of(report) == {
        "initial-population": 20,
        "denominator": 20,
        "denominator-exclusion": None,
        "denominator-exception": None,
        "numerator": 10,
    }
    assert report["group"][0]["measureScore"] == {"value": 0.666667}
    masked = report["group"][0]["population"][2]["_count"]["extension"]
    assert masked == [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]


def test_a_score_of_small_numbers_is_not_told_to_others(written: Write, rulebook: Rulebook, place: Path) -> None:
    scores, _ = read_scores(place / "results")
    row = next(row for row in scores.rows(named=True) if row["id"] == OTHER and row["indicator"] == "ALL")
    report = report_of(row | {"numerator": 7}, rulebook, Addresses(BASE, "ab" * 32), MADE, Seen.ROUNDED)
    assert "measureScore" not in report["group"][0]
    assert counts_of(report)["numerator"] is None


MADE = Made("0.1.0", {"sha256": "ab" * 32}, ("cd" * 32,))


def test_a_prescriber_gets_no_other_prescriber_but_the_region(written: Write) -> None:
    reports = [each for each in written(owner=ONE) if each["resourceType"] == "MeasureReport"]
    assert {each["subject"]["identifier"]["value"] for each in reports if each["type"] == "individual"} == {ONE}
    assert {each["type"] for each in reports} == {"individual", "summary"}


def test_who_owns_everything_sees_everybody_exactly(written: Write) -> None:
    resources = written(owner="all")
    assert [counts_of(report_on(resources, agb))["numerator"] for agb in (ONE, OTHER)] == [12, 9]


def test_a_report_names_days_versions_checksums_and_software(written: Write, rulebook: Rulebook, place: Path) -> None:
    report = report_on(written(owner="all"), ONE)
    made = [(part["url"], part["valueString"]) for part in report["extension"][0]["extension"]]
    _, summary = read_scores(place / "results")
    assert report["period"] == {"start": "2026-01-01", "end": "2026-03-31"}
    assert made == [
        ("software", f"mijnstreek-formulary {summary['software']}"),
        ("formulary-version", "2026"),
        ("rules-sha256", rulebook.sha256),
        ("input-sha256", summary["files"][0]["sha256"]),
    ]


def test_a_report_points_at_the_measure_with_its_version_and_definition(written: Write, rulebook: Rulebook) -> None:
    resources = written(owner="all")
    measure = next(each for each in resources if each["resourceType"] == "Measure" and each["url"].endswith("/ALL"))
    document = next(each["document"] for each in measure["relatedArtifact"] if "document" in each)
    defined = Indicator.model_validate_json(base64.b64decode(document["data"]))
    assert defined == rulebook.indicator("ALL")
    assert report_on(resources, ONE)["measure"] == f"{BASE}/Measure/ALL|{rulebook.sha256[:16]}"
    assert measure["url"] + "|" + measure["version"] == report_on(resources, ONE)["measure"]


def test_a_composite_names_its_parts_and_is_judged_no_way(written: Write) -> None:
    measure = next(
        each for each in written(owner="all") if each["resourceType"] == "Measure" and each["url"].endswith("/PAIR")
    )
    parts = [each["resource"] for each in measure["relatedArtifact"] if each["type"] == "composed-of"]
    assert (parts, "improvementNotation" in measure) == ([f"{BASE}/Measure/ALL|{measure['version']}"], False)


@pytest.mark.parametrize(
    ("unit", "amount"),
    [
        (Unit.COST, {"valueMoney": {"value": 0.12, "currency": "EUR"}}),
        (Unit.DDD, {"valueQuantity": {"value": 0.012, "unit": "DDD"}}),
    ],
)
def test_money_and_doses_are_amounts_and_no_counts(
    place: Path, rulebook: Rulebook, unit: Unit, amount: dict[str, Any]
) -> None:
    by_unit = rulebook.indicator("ALL").model_copy(update={"unit": unit, "in_force_from": "2026-01-01"})
    scores, _ = read_scores(place / "results")
    row = next(row for row in scores.rows(named=True) if row["id"] == ONE and row["indicator"] == "ALL")
    report = report_of(row, replace(rulebook, indicators=(by_unit,)), Addresses(BASE, "ab" * 32), MADE, Seen.EXACTLY)
    numerator = report["group"][0]["population"][-1]
    assert numerator["extension"] == [{"url": f"{BASE}/StructureDefinition/population-amount", **amount}]
    MeasureReport.model_validate(report)


def test_what_has_no_counts_is_not_shown_to_others(place: Path, rulebook: Rulebook, tmp_path: Path) -> None:
    costs = tuple(each.model_copy(update={"unit": Unit.COST}) for each in rulebook.indicators)
    told = [
        write_fhir(place / "results", replace(rulebook, indicators=costs), Asked(owner=owner), tmp_path / "x.json")
        for owner in (None, "all")
    ]
    assert [each.reports > 0 for each in told] == [False, True]


def test_of_nothing_there_is_no_score(rulebook: Rulebook, place: Path) -> None:
    scores, _ = read_scores(place / "results")
    row = scores.row(0, named=True) | {"numerator": 0, "denominator": 0}
    assert "measureScore" not in report_of(row, rulebook, Addresses(BASE, "ab" * 32), MADE, Seen.EXACTLY)["group"][0]


def test_the_same_results_give_the_same_bytes(place: Path, rulebook: Rulebook, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        write_fhir(place / "results", rulebook, Asked(), tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_ndjson_has_the_resources_of_the_bundle_one_a_line(
    written: Write, place: Path, rulebook: Rulebook, tmp_path: Path
) -> None:
    write_fhir(place / "results", rulebook, Asked(base=BASE), tmp_path / "out.ndjson")
    lines = (tmp_path / "out.ndjson").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == written()


def test_ids_are_unique_and_differ_by_base(written: Write) -> None:
    ids = [each["id"] for each in written(owner="all")]
    others = [each["id"] for each in written(owner="all", base="https://elders.example/fhir")]
    assert (len(set(ids)), set(ids) & set(others)) == (len(ids), set())


def test_one_period_and_one_indicator_can_be_asked(written: Write) -> None:
    assert {each["resourceType"] for each in written(period="2026-Q1", indicator="ALL")} == {"Measure", "MeasureReport"}
    assert written(period="2020-Q1") == []


def test_results_of_other_rules_are_refused(place: Path, rulebook: Rulebook, tmp_path: Path) -> None:
    with pytest.raises(UsageInvalid) as refused:
        write_fhir(place / "results", replace(rulebook, sha256="00" * 32), Asked(), tmp_path / "out.json")
    assert refused.value.code == "OTHER_RULES"


@pytest.mark.parametrize("base", ["streek.example", "https://a b/", "https://x.example/?a", "ftp://x.example"])
def test_an_address_that_is_none_is_refused(place: Path, rulebook: Rulebook, tmp_path: Path, base: str) -> None:
    with pytest.raises(UsageInvalid) as refused:
        write_fhir(place / "results", rulebook, Asked(base=base), tmp_path / "out.json")
    assert refused.value.code == "FHIR_BASE_INVALID"


def test_a_folder_without_results_is_refused(tmp_path: Path, rulebook: Rulebook) -> None:
    with pytest.raises(ResultsUnusable):
        write_fhir(tmp_path, rulebook, Asked(), tmp_path / "out.json")


Told = Callable[..., str]


@pytest.fixture
def told(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Told:
    """Return what the command says on stdout."""

    def run(*words: str) -> str:
        asked = ["fhir", place / "results", "--rules", place / "rules", "--out", tmp_path / "out.ndjson", *words]
        monkeypatch.setattr(sys, "argv", ["formulary", *map(str, asked)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(("lang", "said"), [("nl", "kleine aantallen verborgen"), ("en", "small numbers masked")])
def test_the_command_says_how_much_is_rounded(told: Told, lang: str, said: str) -> None:
    assert said in told("--lang", lang, "--period", "2026-Q1")


def test_the_command_answers_machines(told: Told) -> None:
    answer = json.loads(told("--json", "--owner", "all"))
    assert (answer["measures"], answer["rounded"]) == (2, 0)
