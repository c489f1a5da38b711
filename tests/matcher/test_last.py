"""Last lines: what is counted quickly is what one finds by looking at every patient, one by one."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.spec.small_region import SmallRegion

ACID = ("pantoprazol", "omeprazol", "esomeprazol")
PRODUCTS = (*ACID, "sumatriptan")
LAST = 'population = { lines = "LAST", atc = ["A02BC"] }\nconform = [{ formulary = true }]'
Line = tuple[str, str, str, str]  # patient, prescriber, day, product


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    overlapping = 'population = { lines = "LAST", atc = ["A02"] }\nconform = [{ atc = ["A02BC01"] }]'
    return SmallRegion(tmp_path).indicators(last=LAST, other=overlapping, migraine=LAST.replace("A02BC", "N02CC"))


def made(seed: int, count: int = 60) -> list[Line]:
    """Return lines of few patients on few days, so that much falls on one day."""
    dice = random.Random(seed)
    days = ("2026-05-31", "2026-06-29", "2026-06-30", "2026-07-01", "2026-07-02", "2026-09-30")
    patients, prescribers = ("p", "q", "r", "-"), ("01000001", "01000002", "01000003")
    return [
        (dice.choice(patients), dice.choice(prescribers), dice.choice(days), dice.choice(PRODUCTS))
        for _ in range(count)
    ]


def table(lines: list[Line]) -> str:
    written = [f"{patient} | {who} | {day} | {product}" for patient, who, day, product in lines]
    return "patient | prescriber_agb | dispensed_on | product\n-\n" + "\n".join(written)


def one_by_one(lines: list[Line]) -> Counter[tuple[str, str]]:
    """Return how many lines of each prescriber have each outcome, by the words of the manual."""
    found: Counter[tuple[str, str]] = Counter((who, "EXCLUDED") for _, who, _, _ in lines)
    for quarter in ("Q2", "Q3"):
        for patient in ("p", "q", "r"):
            own = [
                (day, product == "pantoprazol", who)
                for owner, who, day, product in lines
                if owner == patient and product in ACID and ("Q2" if day < "2026-07" else "Q3") == quarter
            ]
            if own:
                _, is_conform, who = max(own)
                found[who, "ADHERENT" if is_conform else "NON_ADHERENT"] += 1
                found[who, "EXCLUDED"] -= 1
    return +found


def counted(region: SmallRegion, lines: list[Line]) -> Counter[tuple[str, str]]:
    counts = region.counts(table(lines), "LAST")
    return Counter({(who, outcome): n for who, each in counts.items() for outcome, n in each.items()})


@pytest.mark.parametrize("seed", range(8))
def test_the_last_lines_are_those_found_one_by_one(region: SmallRegion, seed: int) -> None:
    lines = made(seed)
    assert counted(region, lines) == one_by_one(lines)


@pytest.mark.parametrize("seed", range(3))
def test_another_order_of_lines_changes_nothing(region: SmallRegion, seed: int) -> None:
    lines = made(seed)
    assert counted(region, lines) == counted(region, lines[::-1])


def test_one_patient_has_one_last_line_a_period_however_many_prescribed(region: SmallRegion) -> None:
    lines = [("p", f"0100000{n}", "2026-07-01", "omeprazol") for n in range(1, 6)]
    assert counted(region, lines)[("01000005", "NON_ADHERENT")] == 1
    assert sum(n for (_, outcome), n in counted(region, lines).items() if outcome == "NON_ADHERENT") == 1


def test_lines_of_one_patient_in_two_populations_have_a_last_line_in_each(region: SmallRegion) -> None:
    lines = [("p", "01000001", "2026-07-01", "pantoprazol"), ("p", "01000001", "2026-07-02", "sumatriptan")]
    assert region.counts(table(lines), "MIGRAINE") == {"01000001": {"EXCLUDED": 2}}
    assert region.counts(table(lines), "LAST") == {"01000001": {"ADHERENT": 1, "EXCLUDED": 1}}


def test_overlapping_populations_do_not_disturb_each_other(region: SmallRegion) -> None:
    lines = [("p", "01000001", "2026-07-01", "pantoprazol"), ("p", "01000001", "2026-07-02", "omeprazol")]
    assert region.counts(table(lines), "OTHER") == {"01000001": {"ADHERENT": 1, "EXCLUDED": 1}}
    assert region.counts(table(lines), "LAST") == {"01000001": {"NON_ADHERENT": 1, "EXCLUDED": 1}}


@pytest.mark.parametrize("level", ["pharmacy", "practice", "region"])
def test_a_last_line_is_one_line_at_every_level(region: SmallRegion, level: str) -> None:
    lines = "product | practice_agb | pharmacy_agb\n-\nomeprazol | 01000009 | 02000009\nomeprazol | 01000009 | 02000009"
    [only] = region.counts(lines, "LAST", level).values()
    assert only == {"NON_ADHERENT": 1, "EXCLUDED": 1}
