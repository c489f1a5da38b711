"""Chapter 17: several lines of one prescription count once, where an indicator counts prescriptions."""

import pytest

from tests.worlds import Desk, Rules, indicator_of

ONCE = Rules(indicators=indicator_of("ONCE") + 'unit = "PRESCRIPTIONS"\n' + indicator_of("LINES"))
HEAD = "patient | dispensed_on | prescriber_agb | medicine | quantity"
ONE = {"patient": "P1", "dispensed_on": "2026-03-05", "prescriber_agb": "01012345", "medicine": "omeprazol capsule",
       "quantity": "30"}  # fmt: skip


def _row(**other: str) -> str:
    return " | ".join({**ONE, **other}.values())


def _counted(desk: Desk, *rows: str) -> dict[str, tuple[int, int]]:
    scores = desk.assess("\n".join([HEAD, *rows]), rules=ONCE, period="2026").scores.filter(level="region")
    return {row["indicator"]: (row["denominator"], row["excluded"]) for row in scores.iter_rows(named=True)}


def test_two_boxes_of_one_prescription_count_once_and_the_other_is_excluded(desk: Desk) -> None:
    assert _counted(desk, _row(), _row(quantity="60")) == {"ONCE": (1, 1), "LINES": (2, 0)}


@pytest.mark.parametrize(
    ("column", "other"),
    [("patient", "P2"), ("dispensed_on", "2026-03-06"), ("prescriber_agb", "01054321"), ("medicine", "pantoprazol")],
)
def test_another_patient_day_prescriber_or_product_is_another_prescription(desk: Desk, column: str, other: str) -> None:
    assert _counted(desk, _row(), _row(**{column: other}))["ONCE"] == (2, 0)


def test_of_a_line_without_a_patient_nobody_knows_so_each_counts(desk: Desk) -> None:
    assert _counted(desk, _row(patient=""), _row(patient=""))["ONCE"] == (2, 0)


def test_the_line_of_the_largest_quantity_is_the_one_that_counts(desk: Desk) -> None:
    lines = desk.assess("\n".join([HEAD, _row(), _row(quantity="60"), _row(quantity="")]), rules=ONCE).lines.collect()
    assert lines["is_further"].to_list() == [True, False, True]


def test_where_no_indicator_counts_prescriptions_nothing_is_marked(desk: Desk) -> None:
    assert desk.assess("\n".join([HEAD, _row()])).lines.collect()["is_further"].to_list() == [None]
