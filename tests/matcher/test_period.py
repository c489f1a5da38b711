"""Which days a period has, by the name it is written with."""

from datetime import date

import pytest

from matcher import Period

EXAMPLES = {
    "2026": (date(2026, 1, 1), date(2026, 12, 31)),
    "2026-Q1": (date(2026, 1, 1), date(2026, 3, 31)),
    "2024-02": (date(2024, 2, 1), date(2024, 2, 29)),
    "R12-2026-09": (date(2025, 10, 1), date(2026, 9, 30)),
    "R12-2026-12": (date(2026, 1, 1), date(2026, 12, 31)),
    "R12-2024-02": (date(2023, 3, 1), date(2024, 2, 29)),
}


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_period_has_the_days_of_its_name(text: str) -> None:
    first, last = EXAMPLES[text]
    assert Period.parse(text) == Period(text, first, last)


@pytest.mark.parametrize(
    "text", ["R12-2026", "R12-2026-Q1", "R12-2026-13", "R12-0001-03", "R6-2026-03", "R12-", "2026-Q5"]
)
def test_what_names_no_stretch_of_days_is_no_period(text: str) -> None:
    assert Period.parse(text) is None
