"""Every worked case in this folder comes out as it was signed: outcome per line, counts, reward in cents."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.worlds import Desk, Rules, Version, indicator_of, scheme_of

CASES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("*.toml")}
every_case = pytest.mark.parametrize("name", sorted(CASES))


def rules_of(case: dict[str, Any]) -> Rules:
    """Return the rules of a case; what it does not name is as in every case."""
    versions = tuple(Version(**version) for version in case["versions"])
    indicator = indicator_of("CASE", case.get("population", ""), case.get("conform", "{ formulary = true }"))
    scheme = (scheme_of(case["scheme"], more=case.get("scheme_settings", "")),) if "scheme" in case else ()
    return Rules(versions, indicator, scheme, case.get("region", ""))


def test_there_are_at_least_twelve_cases() -> None:
    assert len(CASES) >= 12


@every_case
def test_every_line_has_its_outcome(desk: Desk, name: str) -> None:
    desk.holds(CASES[name]["lines"], rules_of(CASES[name]))


@every_case
def test_numerator_and_denominator_are_as_worked_out(desk: Desk, name: str) -> None:
    case = CASES[name]
    rows = desk.scored(case["lines"], rules_of(case))
    assert {row["id"]: f"{row['numerator']}/{row['denominator']}" for row in rows} == case["counted"]


@pytest.mark.parametrize("name", [name for name in sorted(CASES) if "scheme" in CASES[name]])
def test_the_reward_is_as_worked_out(desk: Desk, name: str) -> None:
    case = CASES[name]
    rows = desk.rewarded(case["lines"], rules_of(case))
    assert {row["id"]: [row["reward_cents"], row["grounds"]] for row in rows} == case["owed"]
