"""How many questions about all lines of a patient the indicators may ask together."""

import pytest

from formulary import QUESTIONS_MAX, Language, RulesInvalid
from tests.worlds import Desk, Rules, indicator_of


def _asking(n: int) -> Rules:
    conditions = (f"{{ patient_quantity_max = {1 + each} }}" for each in range(n))
    asking = (indicator_of(f"I{each}", 'atc = ["A02BC"]', condition) for each, condition in enumerate(conditions))
    return Rules(indicators="".join(asking))


@pytest.mark.parametrize("language", Language)
def test_more_questions_than_there_is_room_for_are_a_fault_that_names_both_numbers(
    desk: Desk, language: Language
) -> None:
    with pytest.raises(RulesInvalid) as found:
        desk.rulebook(_asking(QUESTIONS_MAX + 1))
    [fault] = found.value.faults
    told = fault.sentence(language)
    assert (fault.file, "21" in told, "20" in told) == ("indicators.toml", True, True)


def test_as_many_as_there_is_room_for_are_answered_and_counted(desk: Desk) -> None:
    rows = desk.scored("patient | medicine | quantity\nP1 | omeprazol | 10.5", _asking(QUESTIONS_MAX))
    assert [int(row["indicator"][1:]) for row in rows if row["numerator"]] == list(range(10, QUESTIONS_MAX))


def test_equal_questions_of_several_indicators_are_one(desk: Desk) -> None:
    same = "".join(indicator_of(f"S{n}", 'atc = ["A02BC"]', "{ patient_quantity_max = 1 }") for n in range(30))
    assert len(desk.rulebook(Rules(indicators=same)).patient_questions) == 1
