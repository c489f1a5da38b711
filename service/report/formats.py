"""How numbers, amounts and days are written for people; machine formats stay ISO and point.

A rate is a pair of whole numbers until it is written here; rounding is half up, once.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from formulary import Language, Unit

_MONTHS = {
    Language.NL: "januari februari maart april mei juni juli augustus september oktober november december",
    Language.EN: "January February March April May June July August September October November December",
}
_MARKS = {Language.NL: (".", ","), Language.EN: (",", ".")}  # between thousands, before decimals


def whole(number: int, language: Language) -> str:
    """Return a whole number with marks between its thousands.

    >>> whole(71204, Language.NL), whole(-71204, Language.EN)
    ('71.204', '-71,204')
    """
    return f"{number:,}".replace(",", _MARKS[language][0])


def share(part: int, of: int, language: Language) -> str:
    """Return a share of whole numbers as a percentage with one decimal; of nothing there is no share.

    >>> share(813, 1000, Language.NL), share(1, 1000, Language.EN), share(1, 0, Language.NL)
    ('81,3 %', '0.1%', '–')
    """
    return "–" if of == 0 else _percentage((2000 * part + of) // (2 * of), language)


def percentage(rate: float | None, language: Language) -> str:
    """Return a rate between 0 and 1 as a percentage with one decimal; no rate is a dash.

    >>> percentage(0.8125, Language.NL), percentage(None, Language.NL)
    ('81,3 %', '–')
    """
    return "–" if rate is None else _percentage(int(rate * 1000 + 0.5), language)


def tenths(number: str | float, language: Language) -> str:
    """Return a number, also one that is written out, with one decimal, rounded half up.

    >>> tenths("55.555556", Language.NL), tenths(0.05, Language.EN), tenths("100", Language.NL)
    ('55,6', '0.1', '100,0')
    """
    rounded = Decimal(str(number)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(rounded).replace(".", _MARKS[language][1])


def decimals(part: int, of: int, language: Language) -> str:
    """Return a quotient of whole numbers with two decimals, rounded half up.

    >>> decimals(12500, 1000, Language.NL), decimals(1, 3, Language.EN)
    ('12,50', '0.33')
    """
    hundredths = (200 * part + of) // (2 * of)
    return f"{whole(hundredths // 100, language)}{_MARKS[language][1]}{hundredths % 100:02}"


def amount(number: int, unit: Unit, language: Language) -> str:
    """Return what an indicator counted, in its unit: lines, patients, thousandths of a daily dose, or cents.

    >>> amount(71204, Unit.DDD, Language.NL), amount(71204, Unit.PATIENTS, Language.NL)
    ('71,20 DDD', '71.204')
    """
    match unit:
        case Unit.COST:
            return euros(number, language)
        case Unit.DDD:
            return f"{decimals(number, 1000, language)} DDD"
        case _:
            return whole(number, language)


def euros(cents: int, language: Language) -> str:
    """Return an amount in euros.

    >>> euros(123456, Language.NL), euros(-500, Language.NL), euros(-500, Language.EN)
    ('€ 1.234,56', '-€ 5,00', '-€5.00')
    """
    units, rest = divmod(abs(cents), 100)
    sign, space = "-" if cents < 0 else "", "\N{NO-BREAK SPACE}" if language is Language.NL else ""
    return f"{sign}€{space}{whole(units, language)}{_MARKS[language][1]}{rest:02}"


def day(when: date, language: Language) -> str:
    """Return a day in words.

    >>> day(date(2026, 3, 1), Language.NL)
    '1 maart 2026'
    """
    return f"{when.day} {_MONTHS[language].split()[when.month - 1]} {when.year}"


def _percentage(tenths: int, language: Language) -> str:
    space = "\N{NO-BREAK SPACE}" if language is Language.NL else ""
    return f"{tenths // 10}{_MARKS[language][1]}{tenths % 10}{space}%"
