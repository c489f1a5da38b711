"""What to do: the switches that matter most, what they do to a score, and what they save; written out by hand."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulary import MEMBERSHIPS, Level
from matcher import deviations_of_each, lines_of_switch, switches_of, total_saving, total_savings
from tests.tables import lines_of
from tests.worlds import Desk, Rules, Version, indicator_of

RULES = Rules()
# 73 days, a fifth of a year: from 1 January to 14 March. Pantoprazole costs 5 cents a tablet, esomeprazole 30.
LINES = """
    dispensed_on | patient | medicine           | quantity | cost_cents | first_issue | times
    2026-01-01   | P1      | pantoprazol tablet | 30       | 150        | ja          | 4
    2026-02-01   | P2      | esomeprazol tablet | 30       | 900        | ja          | 1
    2026-03-14   | P2      | esomeprazol tablet | 30       | 900        | nee         | 1
    2026-03-14   | P3      | lansoprazol        | 30       | 600        | ja          | 1
    """


def switches(desk: Desk, *tables: str, rules: Rules = RULES, level: str = "prescriber") -> list[dict[str, Any]]:
    assessment, rulebook = desk.assess(*tables, rules=rules), desk.rulebook(rules)
    found = switches_of(assessment.facts, assessment.choices, assessment.scores, rulebook, rulebook.indicators[0])
    return found.filter(pl.col("level") == level).rows(named=True)


def test_a_switch_tells_its_lines_patients_and_repeats(desk: Desk) -> None:
    told = switches(desk, LINES)[0]
    names = ("rank_no", "product", "preferred", "lines", "patients", "repeats")
    assert [told[name] for name in names] == [1, "Esomeprazol", "pantoprazol", 2, 1, 1]


def test_a_switch_tells_the_score_as_it_is_and_as_it_would_be_in_whole_numbers(desk: Desk) -> None:
    told = switches(desk, LINES)[0]
    assert [told[name] for name in ("numerator", "numerator_after", "denominator")] == [4, 6, 7]


def test_the_saving_is_what_the_lines_cost_minus_the_same_pieces_of_the_preferred_medicine(desk: Desk) -> None:
    # 60 tablets of esomeprazole cost 2 x 900 = 1800. Own pantoprazole: 4 x 150 / (4 x 30) = 5 cents; 60 x 5 = 300.
    # 1800 - 300 = 1500 in 73 days; times 365 / 73 is 7500 a year.
    told = switches(desk, LINES)[0]
    assert (told["saving_cents"], told["yearly_saving_cents"]) == (1500, 7500)


def test_who_has_no_conform_lines_saves_at_the_unit_cost_of_the_region(desk: Desk) -> None:
    other = """
    dispensed_on | prescriber_agb | medicine           | quantity | cost_cents
    2026-03-01   | 01099999       | esomeprazol tablet | 30       | 300
    """
    # 30 tablets for 300; pantoprazole costs the region 5 cents: 300 - 150 = 150, and five times that a year.
    told = [row for row in switches(desk, LINES, other) if row["id"] == "01099999"]
    assert [(row["saving_cents"], row["yearly_saving_cents"]) for row in told] == [(150, 750)]


def test_what_is_preferred_but_dearer_is_told_as_a_cost_and_is_in_no_total(desk: Desk) -> None:
    dear = LINES.replace("| 150 ", "| 9000")
    assert switches(desk, dear)[0]["saving_cents"] == 1800 - 60 * 300
    assessment, rulebook = desk.assess(dear), desk.rulebook()
    found = switches_of(assessment.facts, assessment.choices, assessment.scores, rulebook, rulebook.indicators[0])
    assert total_savings(found)["yearly_saving_cents"].to_list() == [0, 0]


@pytest.mark.parametrize("field", ["quantity", "cost_cents"])
def test_without_cost_or_quantity_a_saving_is_not_known(desk: Desk, field: str) -> None:
    assert switches(desk, LINES.replace(field, "label"))[0]["saving_cents"] is None


def test_a_tablet_is_never_compared_with_what_is_no_tablet_or_capsule(desk: Desk) -> None:
    # Of lansoprazole and of what is preferred to it the form is not known here: nothing to compare tablets with.
    told = [row for row in switches(desk, LINES) if row["matched_atc"] == "A02BC03"]
    assert [row["saving_cents"] for row in told] == [None]


def test_fewer_than_28_days_say_nothing_of_a_year(desk: Desk) -> None:
    short = LINES.replace("2026-03-14", "2026-02-02").replace("2026-01-01", "2026-02-01")
    told = switches(desk, short)[0]
    assert (told["saving_cents"], told["yearly_saving_cents"]) == (1500, None)


@pytest.mark.parametrize(
    ("column", "cell"),
    [("remark", "03"), ("prescribed_prk", "700134"), ("prescriber_agb", "06012345"), ("prescriber_agb", "03012345")],
)
def test_what_was_not_the_prescribers_own_choice_is_no_switch(desk: Desk, column: str, cell: str) -> None:
    assert switches(desk, f"medicine | {column}\nesomeprazol tablet | {cell}") == []


@pytest.mark.parametrize(("icpc", "told"), [("D84", []), ("T93", []), ("K86", [("Simvastatine", "atorvastatine")])])
def test_a_coded_indication_of_another_main_group_is_odd_and_no_switch(
    desk: Desk, icpc: str, told: list[tuple[str, str]]
) -> None:
    entries = """
    indication  | medicine      | rank | advice      | icpc
    Reflux      | pantoprazol   | 1    | RECOMMENDED | D84
    Cholesterol | simvastatine  | 1    | RECOMMENDED | T93
    Bloeddruk   | atorvastatine | 1    | RECOMMENDED | K86
    """
    rules = Rules((Version("2026", "2026-01-01", entries=entries),))
    found = switches(desk, f"medicine | icpc\nsimvastatine | {icpc}", rules=rules)
    assert [(row["product"], row["preferred"]) for row in found] == told


def test_a_prescriber_with_nothing_to_mend_has_no_switches(desk: Desk) -> None:
    assert switches(desk, "medicine\npantoprazol") == []


def test_the_largest_effect_on_the_score_comes_first_and_the_largest_saving_where_they_tie(desk: Desk) -> None:
    ranked = """
    times | dispensed_on | medicine           | quantity | cost_cents
    3     | 2026-01-01   | pantoprazol tablet | 30       | 150
    1     | 2026-01-02   | rabeprazol         | 30       | 9000
    1     | 2026-01-03   | esomeprazol tablet | 30       | 400
    2     | 2026-03-14   | lansoprazol        | 30       | 100
    """
    assert [row["product"] for row in switches(desk, ranked)] == ["Lansoprazol", "Esomeprazol", "Rabeprazol"]


def test_at_most_five_switches_are_told(desk: Desk) -> None:
    few = """
    indication  | medicine     | rank | advice
    Reflux      | pantoprazol  | 1    | RECOMMENDED
    Cholesterol | simvastatine | 1    | RECOMMENDED
    """
    six = ("omeprazol", "esomeprazol", "lansoprazol", "rabeprazol", "atorvastatine", "rosuvastatine")
    rules = Rules((Version("2026", "2026-01-01", entries=few),))
    told = switches(
        desk, "\n".join(["times | medicine", *(f"{n} | {name}" for n, name in enumerate(six, 1))]), rules=rules
    )
    assert [row["lines"] for row in told] == [6, 5, 4, 3, 2]
    assert [row["rank_no"] for row in told] == [1, 2, 3, 4, 5]


def test_practices_have_switches_of_their_own_and_the_region_of_all(desk: Desk) -> None:
    table = """
    prescriber_agb | practice_agb | medicine
    01012345       | 01050011     | esomeprazol
    01054321       | 01050011     | esomeprazol
    01099999       | 01050024     | esomeprazol
    """
    practices = [(row["id"], row["lines"]) for row in switches(desk, table, level="practice")]
    assert practices == [("01050011", 2), ("01050024", 1)]
    assert [(row["id"], row["lines"]) for row in switches(desk, table, level="region")] == [("streek", 3)]


def test_an_indicator_that_leaves_lines_out_promises_nothing_for_them(desk: Desk) -> None:
    rules = Rules(indicators=indicator_of("X", 'lines = "ALL", atc = ["C10"]'))
    assert switches(desk, "medicine\nesomeprazol\nrosuvastatine", rules=rules)[0]["product"] == "Rosuvastatine"
    assert len(switches(desk, "medicine\nesomeprazol\nrosuvastatine", rules=rules)) == 1


@pytest.mark.parametrize("population", ['lines = "LAST"', 'lines = "ALL"'])
def test_without_an_indicator_that_adds_up_lines_by_the_formulary_no_score_is_promised(
    desk: Desk, population: str
) -> None:
    condition = "{ formulary = true }" if "LAST" in population else "{ formulary = true, rank_max = 1 }"
    told = switches(desk, LINES, rules=Rules(indicators=indicator_of("X", population, condition)))
    assert (told[0]["lines"], told[0]["numerator"], told[0]["numerator_after"]) == (2, None, None)


def test_the_lines_behind_a_switch_are_the_prescribers_own_by_day(desk: Desk) -> None:
    other = "prescriber_agb | medicine\n01099999 | esomeprazol tablet"
    lines = desk.assess(LINES, other).lines
    told = lines_of_switch(lines, (Level.PRESCRIBER, "01012345"), ("A02BC05", "pantoprazol"), MEMBERSHIPS.to_frame())
    assert [str(day) for day in told["dispensed_on"]] == ["2026-02-01", "2026-03-14"]
    assert told["start"].to_list() == ["FIRST", "REPEAT"]
    assert "P2" not in told["patient"].to_list()


def test_the_lines_behind_a_switch_of_a_practice_are_of_who_was_in_it_on_their_day(desk: Desk) -> None:
    table = """
        medicine           | prescriber_agb | practice_agb | dispensed_on
        esomeprazol tablet | 01000001       |              | 2026-01-10
        esomeprazol tablet | 01000001       |              | 2026-03-10
        esomeprazol tablet | 01000002       | 01000101     | 2026-03-11
        esomeprazol tablet | 01000003       | 01000109     | 2026-03-12
    """
    january, march = date(2026, 1, 1), date(2026, 3, 1)
    moved = [
        ("prescriber", "01000001", "01000101", january, date(2026, 2, 28)),
        ("prescriber", "01000001", "01000102", march, None),
    ]
    memberships = pl.DataFrame(moved, schema=MEMBERSHIPS, orient="row")
    lines = desk.assess(table).lines
    whose = (Level.PRACTICE, "01000101")
    told = lines_of_switch(lines, whose, ("A02BC05", "pantoprazol"), memberships)
    assert told["prescriber_agb"].to_list() == ["01000001", "01000002"]


def test_each_prescriber_sees_its_deviations_whosever_they_were(desk: Desk) -> None:
    table = "medicine | remark\nesomeprazol |\nesomeprazol | 03\nesomeprazol |"
    told = deviations_of_each(desk.assess(table).facts, desk.rulebook().substances)
    assert told.select("id", "product", "attributed_to", "lines").rows() == [
        ("01012345", "Esomeprazol", "PRESCRIBER", 2),
        ("01012345", "Esomeprazol", "MEDICAL_NEED", 1),
    ]


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(tmp_path_factory: pytest.TempPathFactory, random: Any) -> None:
    desk = Desk(tmp_path_factory.mktemp("order"))
    rows = lines_of(LINES)
    shuffled = random.sample(rows, len(rows))
    found = []
    for each in (rows, shuffled):
        assessment, rulebook = desk.assess(each), desk.rulebook()
        found.append(
            switches_of(assessment.facts, assessment.choices, assessment.scores, rulebook, rulebook.indicators[0])
        )
    assert found[0].equals(found[1])


@given(st.lists(st.integers(-(10**6), 10**6)))
def test_a_total_is_the_sum_of_what_saves_and_never_less_than_nought(cents: list[int]) -> None:
    frame = pl.DataFrame(
        {"level": ["prescriber"] * len(cents), "id": ["a"] * len(cents), "yearly_saving_cents": cents},
        schema={"level": pl.String, "id": pl.String, "yearly_saving_cents": pl.Int64},
    )
    expected = [sum(each for each in cents if each > 0)] if cents else []
    assert total_savings(frame)["yearly_saving_cents"].to_list() == expected
    assert total_saving(cents) >= 0
