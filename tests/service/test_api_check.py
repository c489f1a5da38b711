"""Lines sent over HTTP get the outcome they would get in a file, each with its reason, in the order sent."""

import logging
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from formulary import load_rulebook, sample_folder
from matcher import RAW_LINES, RawLines, Workplace, assess
from service.engine import Engine

from .serving import COMMITTEE, GP, INSURER, PHARMACIST, bearer

BSN = "123456782"
LINE = {"dispensed_on": "2026-03-02", "prescriber_agb": "01000001", "atc": "A02BC05"}


def checked(client: TestClient, *lines: dict[str, Any], language: str = "nl") -> dict[str, Any]:
    answer = client.post("/v1/check", headers=bearer(PHARMACIST, language), json={"lines": lines})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_deviation_is_told_with_its_reason_and_what_is_preferred(client: TestClient) -> None:
    line = checked(client, {**LINE, "line_id": "r1"})["lines"][0]
    wanted = {
        "line_id": "r1",
        "outcome": "NON_ADHERENT",
        "reason": "NOT_RECOMMENDED",
        "sentence": "Wordt in het formularium ontraden.",
        "problem": None,
        "preferred": "pantoprazol",
        "attributed_to": "PRESCRIBER",
        "decision": "MATCHED",
        "match_method": "ATC_ONLY",
        "matched_atc": "A02BC05",
        "formulary_version": "2026",
    }
    assert {name: line[name] for name in wanted} == wanted


def test_lines_come_back_in_order_and_their_outcomes_add_up(client: TestClient) -> None:
    told = checked(client, {**LINE, "line_id": "b"}, {"line_id": "a"}, {**LINE, "line_id": "c", "atc": "A02BC02"})
    assert [(line["line_id"], line["outcome"]) for line in told["lines"]] == [
        ("b", "NON_ADHERENT"),
        ("a", "INVALID"),
        ("c", "ADHERENT"),
    ]
    assert told["outcomes"] == {
        "ADHERENT": 1,
        "NON_ADHERENT": 1,
        "EXCEPTED": 0,
        "EXCLUDED": 0,
        "UNIDENTIFIED": 0,
        "INVALID": 1,
    }
    assert (told["rules"]["region"], told["rules"]["invented"], told["software"]) == ("voorbeeldstreek", True, "0.1.0")


def test_a_line_that_cannot_be_understood_says_what_to_mend_in_the_language_asked(client: TestClient) -> None:
    line = checked(client, {**LINE, "dispensed_on": "2026-02-30"}, language="en")["lines"][0]
    assert line["problem"] == "BAD_DATE"
    assert line["sentence"] == "The dispensing date does not exist or cannot be read. Write yyyy-mm-dd or dd-mm-yyyy."


def test_the_batch_gives_every_line_the_same_outcome(client: TestClient) -> None:
    rulebook = load_rulebook(sample_folder())
    entries = rulebook.catalogue.filter(pl.col("zi").is_not_null()).sort("zi").gather_every(97).head(200)
    lines = [
        {**LINE, "atc": None, "zi": str(zi), "label": name, "patient": f"P{number % 40}"}
        for number, (zi, name) in enumerate(entries.select("zi", "product_name").iter_rows())
    ]
    columns = ("outcome", "reason", "preferred", "start", "match_method", "matched_atc", "entry_id", "attributed_to")
    numbered = [{"source": "x", "line_no": number, **line} for number, line in enumerate(lines, 1)]
    batch = assess(
        RawLines(pl.DataFrame(numbered, schema=RAW_LINES).lazy()), rulebook, None, Workplace(b"k" * 32)
    ).lines.sort("line_no")
    assert [{name: line[name] for name in columns} for line in checked(client, *lines)["lines"]] == batch.select(
        columns
    ).collect().rows(named=True)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("quantity", 30, None),
        ("quantity", 30.0, None),
        ("quantity", 1.234, None),  # as text this may be a thousand; as a JSON number it cannot
        ("quantity", "1.234", "BAD_QUANTITY"),
        ("quantity", True, "BAD_QUANTITY"),
        ("quantity", 1e300, "BAD_QUANTITY"),
        ("cost", 12.5, None),
        ("cost_cents", 1250.0, None),
        ("prescriber_agb", 1000001, None),  # a spreadsheet's lost zero
        ("first_issue", True, None),
        ("label", "a\0b", "NUL_CHARACTER"),
        ("label", "x" * 100_001, "FIELD_TOO_LONG"),
        ("label", None, None),
    ],
)
def test_numbers_and_text_mean_what_they_would_mean_in_a_file(
    client: TestClient, column: str, value: Any, problem: str | None
) -> None:
    assert checked(client, {**LINE, column: value})["lines"][0]["problem"] == problem


def test_the_lines_of_a_request_are_each_others_history(client: TestClient) -> None:
    first = {**LINE, "patient": "P1", "first_issue": True}
    repeat = {**LINE, "patient": "P1", "dispensed_on": "2026-04-02"}
    assert [line["start"] for line in checked(client, first, repeat)["lines"]] == ["FIRST", "REPEAT"]
    assert [line["start"] for line in checked(client, repeat)["lines"]] == ["UNKNOWN"]


def test_nothing_of_a_patient_comes_back_or_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    line = {**LINE, "patient": BSN, "birth_year": "1951", "label": f"iets voor {BSN}"}
    answer = client.post("/v1/check", headers=bearer(PHARMACIST), json={"lines": [line]})
    assert answer.status_code == 200
    assert BSN not in answer.text
    assert "1951" not in answer.text
    assert BSN not in caplog.text


@pytest.mark.parametrize("key", [GP, PHARMACIST, INSURER, COMMITTEE])
def test_every_role_may_have_lines_judged(client: TestClient, key: str) -> None:
    assert client.post("/v1/check", headers=bearer(key), json={"lines": [LINE]}).status_code == 200


def test_all_mistakes_in_a_request_come_together_with_their_place(client: TestClient) -> None:
    body = {"lines": [{"atc": [1], "a/b": 1}, "x", {"label": {}}], "extra": 1}
    answer = client.post("/v1/check", headers=bearer(PHARMACIST), json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    told = [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
    assert told == [
        ("#/lines/0/atc", "VALUE_INVALID"),
        ("#/lines/0/a~1b", "FIELD_UNKNOWN"),
        ("#/lines/1", "OBJECT_WANTED"),
        ("#/lines/2/label", "VALUE_INVALID"),
        ("#/extra", "FIELD_UNKNOWN"),
    ]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b"", "#", "FIELD_MISSING"),
        (b"[]", "#", "OBJECT_WANTED"),
        (b"{}", "#/lines", "FIELD_MISSING"),
        (b'{"lines": []}', "#/lines", "LIST_EMPTY"),
        (b'{"lines": 1}', "#/lines", "LIST_WANTED"),
        (b'{"lines":', "#", "JSON_INVALID"),
        (b"\xff\xfe", "#", "JSON_INVALID"),
        (b"[" * 100_000, "#", "JSON_INVALID"),
        (b'{"lines": [{"zi": ' + b"9" * 6_000 + b"}]}", "#", "JSON_INVALID"),
        (b'{"lines": [{"atc": "\\ud800"}]}', "#/lines/0/atc", "VALUE_INVALID"),
        (b'{"lines": [{"\\ud800": "x"}]}', "#/lines/0", "VALUE_INVALID"),
        (b'{"\\ud800": "x"}', "#", "VALUE_INVALID"),
        (b'{"lines": [{' + b",".join(b'"x%d": 1' % n for n in range(60)) + b"}]}", "#/lines/0", "FIELD_UNKNOWN"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_with_its_place(
    client: TestClient, body: bytes, pointer: str, code: str
) -> None:
    headers = {**bearer(PHARMACIST), "Content-Type": "application/json"}
    answer = client.post("/v1/check", headers=headers, content=body)
    assert answer.status_code == 400
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


def test_ten_thousand_lines_are_judged_and_one_more_is_too_many(client: TestClient) -> None:
    assert checked(client, *[LINE] * 10_000)["outcomes"]["NON_ADHERENT"] == 10_000
    answer = client.post("/v1/check", headers=bearer(PHARMACIST), json={"lines": [LINE] * 10_001})
    assert (answer.status_code, answer.json()["title"]) == (413, "Te veel regels")


def test_a_body_too_large_is_refused_whether_its_length_is_told_or_not(client: TestClient) -> None:
    headers = {**bearer(PHARMACIST), "Content-Type": "application/json"}
    for content in (b"x" * 9_000_000, iter([b"x" * 1_000_000] * 9)):
        answer = client.post("/v1/check", headers=headers, content=content)
        assert (answer.status_code, answer.json()["title"]) == (413, "Verzoek te groot")


@pytest.mark.parametrize("trouble", [pl.exceptions.PanicException("1951"), ValueError("1951")])
def test_a_bug_is_answered_and_logged_without_what_was_sent(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: BaseException
) -> None:
    def give_up(*_: object) -> None:
        raise trouble

    monkeypatch.setattr("service.engine.assess", give_up)
    answer = client.post("/v1/check", headers=bearer(PHARMACIST), json={"lines": [LINE]})
    assert (answer.status_code, answer.json()["title"]) == (500, "Er ging iets mis")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "1951" not in answer.text + caplog.text
    assert len(caplog.records) == 1


def test_the_engine_keeps_nothing_of_a_patient_between_questions() -> None:
    engine = Engine(load_rulebook(sample_folder()))
    lines = [{**LINE, "patient": "P1"}]
    pseudonyms = {engine.check(lines)[0]["patient"] for _ in range(3)}
    assert len(pseudonyms) == 3
