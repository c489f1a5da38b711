"""Numbers, amounts and days are written as people in the Netherlands, or readers of English, write them."""

from datetime import date

import pytest

from formulary import Language
from service.report.formats import day, euros, percentage, share, whole

NL, EN = Language.NL, Language.EN
HARD = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("number", "dutch", "english"),
    [(0, "0", "0"), (999, "999", "999"), (71204, "71.204", "71,204"), (-1234567, "-1.234.567", "-1,234,567")],
)
def test_thousands_are_marked(number: int, dutch: str, english: str) -> None:
    assert (whole(number, NL), whole(number, EN)) == (dutch, english)


@pytest.mark.parametrize(
    ("part", "of", "dutch", "english"),
    [
        (813, 1000, f"81,3{HARD}%", "81.3%"),
        (1, 3, f"33,3{HARD}%", "33.3%"),
        (2, 3, f"66,7{HARD}%", "66.7%"),
        (1, 2000, f"0,1{HARD}%", "0.1%"),
        (5, 5, f"100,0{HARD}%", "100.0%"),
        (0, 0, "–", "–"),
    ],
)
def test_a_share_has_one_decimal_rounded_half_up_and_of_nothing_there_is_none(
    part: int, of: int, dutch: str, english: str
) -> None:
    assert (share(part, of, NL), share(part, of, EN)) == (dutch, english)


@pytest.mark.parametrize(("rate", "dutch"), [(0.8125, f"81,3{HARD}%"), (1.0, f"100,0{HARD}%"), (None, "–")])
def test_a_rate_is_a_percentage_and_no_rate_a_dash(rate: float | None, dutch: str) -> None:
    assert percentage(rate, NL) == dutch


@pytest.mark.parametrize(
    ("cents", "dutch", "english"),
    [
        (123456, f"€{HARD}1.234,56", "€1,234.56"),
        (5, f"€{HARD}0,05", "€0.05"),
        (-500, f"-€{HARD}5,00", "-€5.00"),
    ],
)
def test_amounts_are_written_from_whole_cents(cents: int, dutch: str, english: str) -> None:
    assert (euros(cents, NL), euros(cents, EN)) == (dutch, english)


def test_days_are_written_in_words() -> None:
    assert (day(date(2026, 3, 1), NL), day(date(2026, 12, 31), EN)) == ("1 maart 2026", "31 December 2026")
