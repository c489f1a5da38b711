"""Chapter 16: scores with and without what was not the prescriber's choice, and who is excused far too often."""

from typing import Any

import pytest

from matcher import Period, whose_deviations
from tests.worlds import Desk, Rules, indicator_of

PLAIN = Rules()
TABLE = """
    times | prescriber_agb | remark | prescribed_prk | medicine
    6     | 01012345       |        |                | omeprazol
    2     | 01012345       | 03     |                | lansoprazol
    1     | 01012345       |        | 700088         | lansoprazol
    1     | 01012345       |        |                | lansoprazol
    1     | 03012345       |        |                | lansoprazol
    1     | 03012345       |        |                | omeprazol
    """


def _told(desk: Desk, table: str, rules: Rules = PLAIN, who: str = "01012345") -> dict[str, dict[str, Any]]:
    assessment, period = desk.assess(table, rules=rules, period="2026"), Period.parse("2026")
    told = whose_deviations(assessment, desk.rulebook(rules), period)
    return {str(row["attributed_to"]): row for row in told.filter(id=who).iter_rows(named=True)}


def test_deviations_are_counted_per_owner_and_add_up_to_all_there_are(desk: Desk) -> None:
    told = _told(desk, TABLE)
    assert {owner: row["lines"] for owner, row in told.items()} == {"PRESCRIBER": 1, "PHARMACY": 1, "MEDICAL_NEED": 2}


def test_the_rate_is_shown_as_scored_and_as_if_each_excuse_counted(desk: Desk) -> None:
    need = _told(desk, TABLE)["MEDICAL_NEED"]
    assert (need["rate"], need["rate_counted"], need["rate_left_out"]) == pytest.approx((6 / 7, 6 / 9, 6 / 7))


def test_what_counts_is_shown_as_if_it_were_left_out(desk: Desk) -> None:
    own = _told(desk, TABLE)["PRESCRIBER"]
    assert (own["rate"], own["rate_counted"], own["rate_left_out"]) == pytest.approx((6 / 7, 6 / 7, 6 / 6))
    need = _told(desk, TABLE, Rules(region="excused = []"))["MEDICAL_NEED"]
    assert (need["rate"], need["rate_counted"], need["rate_left_out"]) == pytest.approx((6 / 10, 6 / 10, 6 / 8))


def test_a_specialist_s_deviations_are_the_specialist_s(desk: Desk) -> None:
    assert _told(desk, TABLE, who="03012345")["SPECIALIST"]["lines"] == 1


def test_an_indicator_of_last_lines_is_left_out(desk: Desk) -> None:
    assert _told(desk, TABLE, Rules(indicators=indicator_of("LAST", 'lines = "LAST"'))) == {}


def _peers(needed: int) -> str:
    head = "times | prescriber_agb | remark | medicine"
    rows = [f"{n} | 010000{each:02} | {remark} | {medicine}" for each in range(8)
            for n, remark, medicine in ((38, "", "omeprazol"), (2, "03", "lansoprazol"))]  # fmt: skip
    odd = [f"{40 - needed} | 01012345 | | omeprazol", f"{needed} | 01012345 | 03 | lansoprazol"]
    return "\n".join([head, *rows, *odd])


@pytest.mark.parametrize(("needed", "is_far"), [(2, False), (5, False), (16, True)])
def test_who_is_excused_far_more_often_than_peers_is_marked(desk: Desk, needed: int, is_far: bool) -> None:
    assert _told(desk, _peers(needed))["MEDICAL_NEED"]["far_above_peers"] is is_far


def test_shares_are_of_all_that_could_count(desk: Desk) -> None:
    need = _told(desk, _peers(16))["MEDICAL_NEED"]
    assert (need["share"], need["share_of_peers"]) == pytest.approx((16 / 40, 32 / 360))
