"""Every building block of schemes has its statement: each worked case, in words, in both languages."""

from pathlib import Path

import polars as pl
import pytest

from formulary import Language
from matcher import LINES_BEHIND
from service.runs.contents import LEFT_OUT, LINES, PAYEES, REWARDS, SCORE_COLUMNS, SCORES, STEPS, RunTables, payees_of
from service.runs.folder import Run, write_run
from service.statements import statement_of
from service.statements.page import html_of
from service.statements.view import view_of
from tests.cases.reward_case import Case, cases
from tests.ledgers import Pages

CASES = cases()
NOTHING_LEFT_OUT = pl.DataFrame(schema={"prescriber_agb": pl.String, "outcome": pl.String, "reason": pl.String,
                                        "lines": pl.Int64})  # fmt: skip


def run_of(case: Case, folder: Path) -> Run:
    """Return a run of a worked case: its scores, rewards and steps, without lines."""
    rewarding, names = case.rewarding(), case.scores["indicator"].unique().sort()
    tables = {
        SCORES: case.scores.select(SCORE_COLUMNS), REWARDS: rewarding.rewards, STEPS: rewarding.steps,
        PAYEES: payees_of(rewarding.rewards), LINES: LINES_BEHIND.to_frame(), LEFT_OUT: NOTHING_LEFT_OUT,
    }  # fmt: skip
    rules = {
        "scheme": case.scheme.model_dump(mode="json", exclude_defaults=True),
        "indicators": [{"id": name, "name_nl": name, "name_en": name} for name in names],
        "region": {"id": "streek", "name": "Streek"},
        "names": {},
    }
    about = {
        "period": "2026", "first_day": "2026-01-01", "last_day": "2026-12-31", "provisional": False, "corrects": "",
        "rules": {"sha256": "r", "versions": ["2026"]}, "inputs": [], "software": "0.1.0",
    }  # fmt: skip
    return write_run(folder, RunTables(tables, rules), about)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("language", list(Language))
def test_every_worked_case_is_told_down_to_the_cent(name: str, language: Language, tmp_path: Path) -> None:
    run = run_of(CASES[name], tmp_path)
    pages = Pages()
    pages.propose(run.id)
    for payee, owed in run.owed_cents().items():
        statement = statement_of(run, pages.book, payee)
        steps = sum(step["cents"] or 0 for part in statement["parts"] for step in part["steps"])
        page = html_of(view_of(statement, language))
        assert (steps, statement["owed_cents"], f'<html lang="{language}">' in page) == (owed, owed, True)


@pytest.mark.parametrize("language", list(Language))
def test_a_limit_is_called_by_a_word_and_not_by_its_code(language: Language, tmp_path: Path) -> None:
    run = run_of(CASES["32_cap_per_practice"], tmp_path)
    pages = Pages()
    pages.propose(run.id)
    titles = [
        part["title"] for part in view_of(statement_of(run, pages.book, "prescriber:A"), language)["parts"]["told"]
    ]
    assert titles == ["FGV1", {"nl": "Maximum per praktijk", "en": "Maximum per practice"}[language]]
