"""IBAN: a bank account in the SEPA area (ISO 13616); two letters for the country, two check digits, the account.

The check is mod 97 (ISO 7064): the country and check digits go last, letters become 10 to 35, and one is left over.
Source of the lengths: SWIFT, IBAN Registry, the countries of the SEPA schemes.
"""

import re

LENGTHS = {
    "AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip


def compact(text: str) -> str:
    """Return the number in capitals, without the spaces it is read by.

    >>> compact("nl91 abna 0417 1643 00")
    'NL91ABNA0417164300'
    """
    return re.sub(r"\s", "", text).upper()


def is_valid(text: str) -> bool:
    """Tell whether this is a compact IBAN of a SEPA country, of its length, whose check digits hold.

    >>> is_valid("NL91ABNA0417164300"), is_valid("NL91ABNA0417164301"), is_valid("NL91ABNA041716430")
    (True, False, False)
    """
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", text) or LENGTHS.get(text[:2]) != len(text):
        return False
    digits = "".join(str(int(sign, 36)) for sign in text[4:] + text[:4])
    # 00, 01 and 99 leave the same remainder as 97, 98 and 02; the standard gives out only 02 to 98.
    return int(digits) % 97 == 1 and "02" <= text[2:4] <= "98"


def written(text: str) -> str:
    """Return the number in groups of four, as people read it.

    >>> written("NL91ABNA0417164300")
    'NL91 ABNA 0417 1643 00'
    """
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def masked(text: str) -> str:
    """Return the country and the last four signs: enough to know which account is meant.

    >>> masked("NL91ABNA0417164300")
    'NL..4300'
    """
    return f"{text[:2]}..{text[-4:]}" if len(text) > 8 else "..."
