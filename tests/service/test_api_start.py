"""A service that cannot answer says so at its start, with what is wrong and what to do; never half way."""

import logging
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

from formulary import ComplianceError, Language, RulesNotFound
from service.access import (
    KeysUnusable,
    Role,
    Viewer,
    can_check_lines,
    can_view_prescriber,
    check_can_check_lines,
    read_keys,
)
from service.app import create_app
from service.problems import Refusal
from service.results import ResultsFolder, ResultsUnusable

from .serving import GP, OTHER, OWN, bearer, digest, serve, write_keys, write_results

GOOD = f'name = "a"\nsha256 = "{digest("a")}"\n'


@pytest.mark.parametrize("missing", ["adherence.csv", "summary.json"])
def test_a_folder_that_lacks_a_file_is_refused_by_name(tmp_path: Path, missing: str) -> None:
    folder = write_results(tmp_path / "results")
    (folder / missing).unlink()
    with pytest.raises(ResultsUnusable) as found:
        create_app(folder, write_keys(tmp_path / "keys.toml"), None)
    assert f"hier ontbreekt {missing}" in found.value.sentence(Language.NL)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("adherence.csv", ""),
        ("adherence.csv", "a,b\n1,2\n"),
        ("summary.json", "{"),
        ("summary.json", "[]"),
        ("summary.json", "{}"),
        ("summary.json", '{"rules": 1, "software": "x"}'),
    ],
)
def test_a_file_that_check_did_not_write_is_refused(tmp_path: Path, file: str, content: str) -> None:
    folder = write_results(tmp_path / "results")
    (folder / file).write_text(content)
    with pytest.raises(ResultsUnusable, match=f"{file} cannot be read as results"):
        ResultsFolder(folder)


def test_a_rules_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesNotFound):
        create_app(write_results(tmp_path / "results"), write_keys(tmp_path / "keys.toml"), tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is not there or cannot be read"),
        (b"\xff\xff", "is not there or cannot be read"),
        (b"x", "not a TOML file"),
        (b"", "not a TOML file"),
        (b"keys = 1", "keys"),
        (b"[[keys]]\nname = 'a'", "0.sha256, 0.role"),
        (f"[[keys]]\n{GOOD}role = 'boss'", "0.role"),
        (f"[[keys]]\n{GOOD}role = 'pharmacist'\nextra = 1", "0.extra"),
        (f"[[keys]]\n{GOOD}role = 'prescriber'", "0"),
        (f"[[keys]]\n{GOOD}role = 'prescriber'\nagb = '1'", "0"),
        (f"[[keys]]\n{GOOD}role = 'insurer'\nagb = '01000001'", "0"),
        (f"[[keys]]\n{GOOD}role = 'insurer'\nagb = ''", "0"),
        (f"[[keys]]\n{GOOD}role = 'insurer'\n[[keys]]\n{GOOD}role = 'committee'", "one key is in it twice"),
    ],
)
def test_keys_that_cannot_be_meant_are_refused_without_telling_a_digest(
    tmp_path: Path, content: bytes | str | None, told: str
) -> None:
    file = tmp_path / "keys.toml"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(KeysUnusable) as found:
        read_keys(file)
    assert told in found.value.sentence()
    assert digest("a") not in found.value.sentence()


def test_who_holds_a_key_is_known_by_it_alone(tmp_path: Path) -> None:
    keys = read_keys(write_keys(tmp_path / "keys.toml"))
    holder = keys.holder_of(GP)
    assert holder is not None
    assert (holder.name, holder.role, holder.agb) == ("dokter", Role.PRESCRIBER, OWN)
    assert digest(GP) not in repr(holder)
    assert keys.holder_of(digest(GP)) is None


def test_the_table_of_roles_is_as_agreed() -> None:
    viewers = [
        Viewer(name="x", sha256=digest("x"), role=role, agb=OWN if role is Role.PRESCRIBER else None) for role in Role
    ]
    assert [role.role for role in viewers if can_check_lines(role)] == list(Role)
    assert [role.role for role in viewers if can_view_prescriber(role, OWN)] == [Role.PRESCRIBER]
    assert [role.role for role in viewers if can_view_prescriber(role, OTHER)] == []


def test_a_role_that_may_not_have_lines_judged_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.access._MAY_CHECK_LINES", frozenset({Role.PHARMACIST}))
    with pytest.raises(Refusal):
        check_can_check_lines(Viewer(name="x", sha256=digest("x"), role=Role.INSURER))


def test_results_that_vanish_make_the_service_unready_and_old_answers_stay(tmp_path: Path) -> None:
    client = serve(tmp_path)
    assert client.get("/readyz").json() == {"status": "ok"}
    (tmp_path / "results/summary.json").unlink()
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get(f"/v1/prescribers/{OWN}/adherence", headers=bearer(GP)).status_code == 200


def test_new_results_that_cannot_be_read_leave_the_old_ones_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    folder = ResultsFolder(write_results(tmp_path / "results"))
    before = folder.current()
    (tmp_path / "results/summary.json").write_text("{")
    assert folder.current() is before
    assert caplog.messages == ["new results cannot be used: RESULTS_UNREADABLE"]


def test_what_the_framework_refuses_for_reasons_of_its_own_stays_a_problem_document(tmp_path: Path) -> None:
    client = serve(tmp_path)

    @client.app.get("/teapot")  # type: ignore[attr-defined, untyped-decorator]
    def refuse() -> None:
        raise HTTPException(418)

    answer = client.get("/teapot")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", "title": "I'm a Teapot", "status": 418}


def test_a_parameter_that_the_framework_cannot_read_is_named_as_a_parameter(tmp_path: Path) -> None:
    client = serve(tmp_path)

    @client.app.get("/count")  # type: ignore[attr-defined, untyped-decorator]
    def count(number: int) -> int:
        return number

    errors = client.get("/count", params={"number": "tien"}).json()["errors"]
    assert [(each["parameter"], each["code"]) for each in errors] == [("number", "VALUE_INVALID")]


def test_errors_at_the_start_are_mistakes_of_a_user_and_not_bugs() -> None:
    assert issubclass(ResultsUnusable, ComplianceError)
    assert issubclass(KeysUnusable, ComplianceError)
