"""Whoever is compared is compared with its like: the own kind of provider, or the peer group of the rules."""

from pathlib import Path

import pytest

from matcher import largest_peer_groups
from tests.spec.small_region import SmallRegion

GPS = ("01000001", "01000002", "01000003")
SPECIALISTS = ("03000001", "03000002")
# How many of four lines of each are conform.
CONFORM = {GPS[0]: 1, GPS[1]: 2, GPS[2]: 3, SPECIALISTS[0]: 0, SPECIALISTS[1]: 4}


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    minimum = 'id = "proef"\nname = "Proef"\nsource = "proef"\nfirst_issue_flag = "TRACED"\npeers_min = 2\n'
    return SmallRegion(tmp_path).write("region.toml", minimum)


def places(region: SmallRegion, level: str = "prescriber") -> dict[str, tuple[int, float | None]]:
    """Return how many peers each has, and the place among them."""
    lines = [
        f"{who} | {'pantoprazol' if n < conform else 'omeprazol'}" for who, conform in CONFORM.items() for n in range(4)
    ]
    scores = region.assess("prescriber_agb | product\n-\n" + "\n".join(lines)).scores.filter(level=level)
    return {id_: (peers, place) for id_, peers, place in scores.select("id", "peers", "percentile").rows()}


def test_general_practitioners_are_compared_with_each_other_and_not_with_specialists(region: SmallRegion) -> None:
    assert places(region) == {
        **dict(zip(GPS, [(3, 0.0), (3, 50.0), (3, 100.0)], strict=True)),
        **dict(zip(SPECIALISTS, [(2, 0.0), (2, 100.0)], strict=True)),
    }


GROUPS = """
    level      | id       | peer_group | valid_from | valid_until
    -
    prescriber | 01000001 | stad       | 2026-01-01 |
    prescriber | 03000001 | stad       | 2026-01-01 |
    prescriber | 01000002 | stad       | 2026-01-01 | 2026-09-29
    """


def test_a_peer_group_of_the_rules_goes_before_the_kind_as_long_as_it_holds_on_the_last_day(
    region: SmallRegion,
) -> None:
    found = places(region.csv("peer_groups.csv", GROUPS))
    assert (found[GPS[0]], found[SPECIALISTS[0]]) == ((2, 100.0), (2, 0.0))
    # The second left the group a day before the quarter ended, and stands among its own kind again.
    assert (found[GPS[1]], found[GPS[2]]) == ((2, 0.0), (2, 100.0))
    assert found[SPECIALISTS[1]] == (1, None)


def test_of_two_groups_the_one_begun_last_holds(region: SmallRegion) -> None:
    later = "prescriber | 01000001 | land | 2026-06-01 |\n    prescriber | 01000003 | land | 2026-06-01 |\n"
    found = places(region.csv("peer_groups.csv", GROUPS.rstrip() + "\n    " + later))
    assert (found[GPS[0]], found[GPS[2]]) == ((2, 0.0), (2, 100.0))


def test_a_region_is_its_own_only_peer(region: SmallRegion) -> None:
    assert places(region, "region") == {"proef": (1, None)}


def test_an_indicator_is_judged_by_the_largest_group_of_those_who_are_compared(region: SmallRegion) -> None:
    table = "prescriber_agb | product\n-\n" + "\n".join(f"{who} | pantoprazol" for who in CONFORM)
    scores = region.assess(table).scores
    largest = largest_peer_groups(scores, region.load().circumstances.peer_groups)
    assert sorted(largest.filter(level="prescriber")["id"]) == list(GPS)
    assert largest.columns == scores.columns
