"""Examples in docstrings are executed."""

import doctest
from importlib import import_module

import pytest

WITH_EXAMPLES = (
    "formulary.codes.agb", "formulary.codes.atc", "formulary.codes.bsn", "formulary.codes.gstandaard",
    "formulary.codes.iban", "formulary.codes.icpc", "formulary.codes.uzovi", "matcher.ledger.steps",
    "matcher.period", "matcher.statistics.chance",
    "matcher.statistics.change", "matcher.statistics.intervals", "service.formula_text",
)  # fmt: skip


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    found = doctest.testmod(import_module(name))
    assert (found.attempted > 0, found.failed) == (True, 0)
