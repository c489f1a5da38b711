"""What is wrong in a scheme is told all at once, with the field it stands in."""

from pathlib import Path
from typing import Any

import pytest

from formulary import Fault, Language, RulesInvalid, load_rulebook, load_scheme
from tests.worlds import Rules, indicator_of

INDICATORS = (
    indicator_of("A") + indicator_of("LOW") + 'direction = "LOWER"\n' + indicator_of("COST") + 'unit = "COST"\n'
    + 'direction = "NONE"\n' + indicator_of("OLD") + "in_force_until = 2025-12-31\n"
)  # fmt: skip
PART = 'indicator = "A"\ndenominator_min = 10\n'
BANDS = 'bands = [{ name = "b", threshold_percent = 50, reward_cents = 100 }]\n'
POINTS = 'bands = [{ name = "b", threshold_percent = 50, points = 1 }]\n'
SCALE = "scale = { lower_percent = 40, upper_percent = 80, reward_cents = 100 }\n"


def faults_of(folder: Path, scheme: str, **files: str) -> list[Fault]:
    """Return the faults of a scheme that stands beside a rules folder."""
    rules = Rules(indicators=INDICATORS).write(folder / "rules")
    for name, content in files.items():
        (rules / f"{name}.csv").write_text(content, encoding="utf-8")
    head = 'id = "S"\nname = "S"\nsource = "test"\nin_force_from = 2026-01-01\n'
    path = folder / "draft.toml"
    path.write_text(head + scheme, encoding="utf-8")
    rulebook = load_rulebook(rules)
    try:
        load_scheme(path, rulebook)
    except RulesInvalid as error:
        return list(error.faults)
    return []


def parts(*listed: str, more: str = "") -> str:
    """Return a scheme with these parts."""
    return more + "".join(f"[[parts]]\n{part}" for part in listed)


FAULTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "nothing is wrong": (parts(PART + BANDS), []),
    "no way of paying": (parts(PART), [("PART_EARNS_ONE", "parts.1")]),
    "two ways of paying": (parts(PART + BANDS + SCALE), [("PART_EARNS_ONE", "parts.1")]),
    "cents and points in one band": (
        parts(PART + 'bands = [{ name = "b", threshold_percent = 5, reward_cents = 1, points = 1 }]'),
        [("EARNS_ONE", "parts.1.bands.1")]),
    "cents and points in one part": (
        parts(PART + 'bands = [{ name = "b", threshold_percent = 5, reward_cents = 1 },'
              '{ name = "c", threshold_percent = 9, points = 2 }]', more="point_cents = 5\n"),
        [("EARNS_MIXED", "parts.1.bands")]),
    "a scale upside down": (
        parts(PART + SCALE.replace("40", "80")), [("SCALE_SWAPPED", "parts.1.scale.lower_percent")]),
    "weights of 90 %": (
        parts(PART + BANDS + "weight_percent = 60\n", 'part = "B"\n' + PART + BANDS + "weight_percent = 30"),
        [("WEIGHTS_NOT_100", "parts.weight_percent")]),
    "a budget of nought": (parts(PART + POINTS, more="budget_cents = 0\n"), [("TOO_SMALL", "budget_cents")]),
    "a negative budget": (parts(PART + POINTS, more="budget_cents = -5\n"), [("TOO_SMALL", "budget_cents")]),
    "points worth nothing": (parts(PART + POINTS), [("POINTS_WITHOUT_VALUE", "point_cents")]),
    "points worth two things": (
        parts(PART + POINTS, more="point_cents = 1\nbudget_cents = 1\n"), [("POINTS_TWO_VALUES", "budget_cents")]),
    "a budget and nobody earns points": (
        parts(PART + BANDS, more="budget_cents = 1\n"), [("VALUE_WITHOUT_POINTS", "budget_cents")]),
    "a floor above its cap": (
        parts(PART + BANDS, more="floor_cents = 9\ncap_cents = 8\n"), [("FLOOR_ABOVE_CAP", "floor_cents")]),
    "a cap per practice of practices": (
        parts(PART + BANDS, more='payee = "practice"\npractice_cap_cents = 9\n'),
        [("PRACTICE_LIMIT", "practice_cap_cents")]),
    "kinds of provider of a group": (
        parts(PART + BANDS, more='payee = "group"\nprovider_types = ["01"]\n'),
        [("PROVIDER_TYPES_OF_GROUP", "provider_types")]),
    "a region is nobody to pay": (parts(PART + BANDS, more='payee = "region"\n'), [("NOT_ONE_OF", "payee")]),
    "two parts of one name": (
        parts(PART + BANDS, PART + BANDS), [("PART_TWICE", "parts.1.part"), ("PART_TWICE", "parts.2.part")]),
    "a part named as a cap": (parts('part = "CAP"\n' + PART + BANDS), [("PART_RESERVED", "parts.1.part")]),
    "an indicator that is not there": (
        parts(PART.replace("A", "Z") + BANDS), [("INDICATOR_UNKNOWN", "parts.1.indicator")]),
    "an indicator that is no longer in force": (
        parts(PART.replace("A", "OLD") + BANDS), [("INDICATOR_NOT_IN_FORCE", "parts.1.indicator")]),
    "a reward for what is better low": (
        parts(PART.replace("A", "LOW") + BANDS), [("REWARD_ON_LOWER", "parts.1.indicator")]),
    "an indicator, no minimum": (parts('indicator = "A"\n' + BANDS), [("MISSING", "parts.1.denominator_min")]),
    "nothing measured by an indicator": (
        parts(PART + 'measure = "NOTHING"\nfixed = { reward_cents = 1 }\n'),
        [("NOT_WITH_MEASURE", "parts.1.indicator"), ("NOT_WITH_MEASURE", "parts.1.denominator_min")]),
    "nothing measured, a band": (
        parts('measure = "NOTHING"\n' + BANDS), [("NOTHING_NEEDS_FIXED", "parts.1.measure")]),
    "attendance of no number of meetings": (
        parts('measure = "ATTENDANCE"\n' + BANDS), [("MISSING", "parts.1.meetings")]),
    "eight cuts for ten parts": (
        parts(PART + 'measure = "DECILE"\nnational_cuts_permille = [1, 2, 3, 4, 5, 6, 7, 8]\n' + BANDS),
        [("CUTS_NOT_NINE", "parts.1.national_cuts_permille")]),
    "cuts out of order": (
        parts(PART + 'measure = "DECILE"\nnational_cuts_permille = [1, 3, 2, 4, 5, 6, 7, 8, 9]\n' + BANDS),
        [("CUTS_NOT_NINE", "parts.1.national_cuts_permille")]),
    "cuts that nothing looks at": (
        parts(PART + "national_cuts_permille = [1]\n" + BANDS),
        [("NOT_WITH_MEASURE", "parts.1.national_cuts_permille")]),
    "a share of no savings": (
        parts(PART + "share_percent = 5\n"), [("SHARE_WITHOUT_SAVINGS", "parts.1.share_percent")]),
    "savings of lines": (
        parts(PART + 'measure = "SAVINGS"\nbaseline = "2025"\nshare_percent = 5\n'),
        [("SAVINGS_NOT_COST", "parts.1.indicator"), ("BASELINE_UNKNOWN", "parts.1.baseline")]),
    "improvement on nothing": (
        parts(PART + 'measure = "IMPROVEMENT"\n' + BANDS), [("MISSING", "parts.1.baseline")]),
    "chance on a place among peers": (
        parts(PART + 'measure = "PERCENTILE"\ncertainty = "LOWER"\n' + BANDS),
        [("CERTAINTY_NOT_HERE", "parts.1.certainty")]),
    "a probability of a scale": (
        parts(PART + 'certainty = "PROBABILITY"\n' + SCALE),
        [("PROBABILITY_NEEDS_BANDS", "parts.1.certainty"), ("MISSING", "parts.1.probability_min_permille")]),
    "a confidence that has no quantile": (
        parts(PART + "confidence_percent = 94\n" + BANDS), [("NOT_ONE_OF", "parts.1.confidence_percent")]),
    "half a reliability": (
        parts(PART + "reliability_min_percent = 70\n" + BANDS), [("MISSING", "parts.1.reliability_lines")]),
    "patients of a prescriber": (
        parts(PART + 'per = "PATIENT"\n' + BANDS), [("PATIENTS_OF_PRESCRIBER", "parts.1.per")]),
    "a practice paid for a prescriber's score": (
        parts(PART + 'whose = "prescriber"\n' + BANDS, more='payee = "practice"\n'),
        [("NOT_ONE_OF", "parts.1.whose")]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_is_told_with_its_field(tmp_path: Path, name: str) -> None:
    scheme, expected = FAULTS[name]
    found = [(fault.code, fault.column) for fault in faults_of(tmp_path, scheme)]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_every_fault_is_told_at_once_in_both_languages(tmp_path: Path) -> None:
    wrong = parts(PART.replace("A", "Z") + "weight_percent = 60\n", more="floor_cents = 9\ncap_cents = 8\n")
    found = faults_of(tmp_path, wrong)
    told: list[Any] = [fault.sentence(language) for fault in found for language in Language]
    assert (len(found), all("draft.toml, " in sentence for sentence in told)) == (4, True)


@pytest.mark.parametrize(("table", "content", "code"), [
    ("baselines", "period,level,id,indicator,numerator,denominator,source\n2025,prescriber,a,A,9,8,s\n",
     "BASELINE_OVER_ONE"),
    ("baselines", "period,level,id,indicator,numerator,denominator,source\n" + "2025,prescriber,a,A,1,8,s\n" * 2,
     "BASELINE_TWICE"),
    ("attendance", "held_on,group,prescriber_agb,source\n2026-01-05,FTO1,12,s\n", "AGB_INVALID"),
])  # fmt: skip
def test_what_rewards_rest_on_is_refused_where_it_is_wrong(tmp_path: Path, table: str, content: str, code: str) -> None:
    with pytest.raises(RulesInvalid) as refused:
        faults_of(tmp_path, parts(PART + BANDS), **{table: content})
    assert [fault.code for fault in refused.value.faults] == [code]
