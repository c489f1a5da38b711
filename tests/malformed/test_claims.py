"""Claim files that are damaged or odd: what becomes of each is written out, and no line of them is lost silently.

REFUSED: the whole file, with the code of the sentence and the line it names. READ: the outcome of each of the five
lines (A adherent, X excepted, - excluded, ? unidentified, ! invalid) and the problems of those that are invalid.
"""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import Language
from matcher import FileUnusable
from tests.claims import VERSIONS, claim, comment, put, read_claim, totalled
from tests.worlds import Desk

Edit = Callable[[list[str]], list[str]]
_SIGNS = {"ADHERENT": "A", "EXCEPTED": "X", "EXCLUDED": "-", "UNIDENTIFIED": "?", "INVALID": "!", "NON_ADHERENT": "N"}


def _with(place: int, name: str, value: str) -> Edit:
    return lambda records: [put(each, name, value) if n == place else each for n, each in enumerate(records)]


def _mended(edit: Edit) -> Edit:
    return lambda records: totalled(edit(records))


REFUSED: dict[str, tuple[Edit, str, int | None]] = {
    "records of 310 signs under a header of 8.0": (lambda r: [each[:310] for each in r], "CLAIM_LENGTH", 1),
    "one sign too few": (lambda r: [*r[:3], r[3][:-1], *r[4:]], "CLAIM_LENGTH", 4),
    "one sign too many": (lambda r: [*r[:3], r[3] + " ", *r[4:]], "CLAIM_LENGTH", 4),
    "lengths of two versions": (lambda r: [*r[:3], r[3][:310], r[4][:310], *r[5:]], "CLAIM_LENGTH", 4),
    "cut off within a record": (lambda r: [*r[:5], r[5][:100]], "CLAIM_LENGTH", 6),
    "no line ends at all": (lambda r: ["".join(r)], "CLAIM_LENGTH", 1),
    "no header": (lambda r: r[1:], "CLAIM_NO_HEADER", 1),
    "a header after the first insured": (lambda r: [r[1], r[0], *r[2:]], "CLAIM_NO_HEADER", 1),
    "a broken header": (lambda r: ["0x" + r[0][2:], *r[1:]], "CLAIM_NO_HEADER", 1),
    "no trailer": (lambda r: r[:-1], "CLAIM_NO_TRAILER", 8),
    "a header alone": (lambda r: r[:1], "CLAIM_NO_TRAILER", 1),
    "a record after the trailer": (lambda r: [*r, r[2]], "CLAIM_AFTER_TRAILER", 10),
    "a comment after the trailer": (lambda r: [*r, comment("nog iets")], "CLAIM_AFTER_TRAILER", 10),
    "two claims in one file": (lambda r: [*r, *r], "CLAIM_SECOND_HEADER", 10),
    "a second header in the middle": (lambda r: [*r[:4], r[0], *r[4:]], "CLAIM_SECOND_HEADER", 5),
    "one insured too many counted": (_with(8, "insured_records", "000003"), "CLAIM_MISCOUNTED", 9),
    "one performance too few counted": (_with(8, "performance_records", "000004"), "CLAIM_MISCOUNTED", 9),
    "one comment counted that is not there": (_with(8, "comment_records", "000001"), "CLAIM_MISCOUNTED", 9),
    "one debtor counted that is not there": (_with(8, "debtor_records", "000001"), "CLAIM_MISCOUNTED", 9),
    "details miscounted": (_with(8, "detail_records", "0000008"), "CLAIM_MISCOUNTED", 9),
    "one cent too much in all": (_with(8, "amount", "00000002381D"), "CLAIM_MISCOUNTED", 9),
    "the total on the wrong side": (_with(8, "amount", "00000002380C"), "CLAIM_MISCOUNTED", 9),
    "a total of letters": (_with(8, "amount", "0000000238OD"), "CLAIM_MISCOUNTED", 9),
    "a count of letters": (_with(8, "detail_records", "000000Z"), "CLAIM_MISCOUNTED", 9),
    "a performance left out": (lambda r: [*r[:5], *r[6:]], "CLAIM_MISCOUNTED", 8),
    "an amount without its letter": (_with(2, "amount", "00001250 "), "CLAIM_AMOUNT_UNREADABLE", 3),
    "an amount of letters": (_with(2, "amount", "0000125OD"), "CLAIM_AMOUNT_UNREADABLE", 3),
    "an amount that was changed": (_with(2, "amount", "00001251D"), "CLAIM_MISCOUNTED", 9),
    "a performance before any insured": (lambda r: [r[0], r[2], r[1], *r[3:]], "CLAIM_WITHOUT_INSURED", 2),
    "a performance of somebody else": (_with(2, "bsn", "111222333"), "CLAIM_OTHER_INSURED", 3),
    "an unknown kind of record": (lambda r: [*r[:3], "05" + r[3][2:], *r[4:]], "CLAIM_RECORD_UNKNOWN", 4),
    "a version that we do not know": (_with(0, "version", "09"), "CLAIM_VERSION_UNKNOWN", None),
    "a test message": (_with(0, "purpose", "T"), "CLAIM_IS_TEST", None),
    "nothing but a header and a trailer": (lambda r: totalled([r[0], r[-1]]), "NO_LINES", None),
}
READ: dict[str, tuple[Edit, str, list[str]]] = {
    "as it should be": (lambda r: r, "A-X--", []),
    "comments wherever they may stand": (
        lambda r: totalled([r[0], comment("a"), r[1], comment("b"), *r[2:-1], comment("c"), r[-1]]), "A-X--", []),
    "a debtor, which is read over": (lambda r: totalled([*r[:2], "03".ljust(360), *r[2:]]), "A-X--", []),
    "a citizen service number that fails its test": (
        lambda r: [put(each, "bsn", "900000001") if n in (1, 2, 3) else each for n, each in enumerate(r)],
        "!!X--", ["BAD_PATIENT", "BAD_PATIENT"]),
    "a citizen service number of letters": (
        lambda r: [put(each, "bsn", "90000000A") if n in (1, 2, 3) else each for n, each in enumerate(r)],
        "!!X--", ["BAD_PATIENT", "BAD_PATIENT"]),
    "a ZI number that fails its check": (_with(2, "code", "00000011000156"), "?-X--", []),
    "a ZI number of letters": (_with(2, "code", "0000001100015X"), "!-X--", ["NO_PRODUCT"]),
    "no ZI number": (_with(2, "code", "0" * 14), "!-X--", ["NO_PRODUCT"]),
    "a ZI number that is too long": (_with(2, "code", "00111000155000"), "!-X--", ["NO_PRODUCT"]),
    "a prescriber of no kind that exists": (_with(2, "prescriber_agb", "00012345"), "!-X--", ["BAD_PRESCRIBER"]),
    "a prescriber of letters": (_with(2, "prescriber_agb", "0101234X"), "!-X--", ["BAD_PRESCRIBER"]),
    "no prescriber": (_with(2, "prescriber_agb", "00000000"), "!-X--", ["NO_PRESCRIBER"]),
    "an insurer that nobody knows": (_with(2, "insurer_uzovi", "9999"), "A-X--", []),
    "a day after the claim": (_with(2, "dispensed_on", "20260401"), "!-X--", ["AFTER_CLAIM_DATE"]),
    "the last day of the claim": (_with(2, "dispensed_on", "20260331"), "A-X--", []),
    "a day that does not exist": (_with(2, "dispensed_on", "20260230"), "!-X--", ["BAD_DATE"]),
    "no day": (_with(2, "dispensed_on", "00000000"), "!-X--", ["NO_DATE"]),
    "a service without a day": (_with(3, "dispensed_on", "00000000"), "A!X--", ["NO_DATE"]),
    "a quantity of nought": (_with(2, "quantity", "000000000"), "!-X--", ["ZERO_QUANTITY"]),
    "a quantity of letters": (_with(2, "quantity", "00003000O"), "!-X--", ["BAD_QUANTITY"]),
    "a price of nought": (_mended(_with(2, "amount", "00000000D")), "A-X--", []),
    "an empty price": (_mended(_with(2, "amount", " " * 9)), "A-X--", []),
    "a credit of what is not in this file": (_with(7, "reversal_of", "ELDERS".ljust(20)), "A-XA-", []),
    "a credit of nothing": (_with(7, "reversal_of", " " * 20), "A-XA!", ["CREDIT_OF_NOTHING"]),
    "one performance claimed twice": (lambda r: totalled([*r[:3], r[2], *r[3:]]), "A!-X--", ["DUPLICATE_LINE_ID"]),
    "a small letter in the header": (_with(0, "purpose", "p"), "A-X--", []),
    "a letter with an accent in a performance": (
        _with(2, "0406", "café".ljust(15)), "!-X--", ["LETTER_NOT_ALLOWED"]),
    "a code list of letters": (_with(2, "code_list", "00l"), "!-X--", ["BAD_CODE_LIST"]),
    "no code list": (_with(2, "code_list", "000"), "!-X--", ["BAD_CODE_LIST"]),
    "a service that is linked to nothing": (_with(3, "link", "NERGENS".ljust(20)), "A-X--", []),
    "an impossible birth date": (_with(1, "birth_date", "99999999"), "A-X--", []),
    "a sex that is not in the list": (_with(1, "sex", "7"), "A-X--", []),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_claim_that_is_not_whole_is_refused(tmp_path: Path, name: str) -> None:
    edit, code, line = REFUSED[name]
    with pytest.raises(FileUnusable) as refused:
        read_claim(tmp_path, edit(claim(tmp_path)))
    assert (refused.value.code, refused.value.values.get("line")) == (code, line)
    told = [refused.value.sentence(language) for language in Language]
    assert all("claim.txt" in sentence for sentence in told)


@pytest.mark.parametrize("name", READ)
def test_what_is_wrong_with_a_performance_is_told_of_that_line_alone(tmp_path: Path, desk: Desk, name: str) -> None:
    edit, outcomes, problems = READ[name]
    lines = desk.assess_file("\n".join(edit(claim(tmp_path))).encode())
    assert "".join(_SIGNS[outcome] for outcome in lines["outcome"]) == outcomes
    assert lines["problem"].drop_nulls().to_list() == problems


def test_everything_that_is_miscounted_is_told_at_once(tmp_path: Path) -> None:
    records = claim(tmp_path)
    with pytest.raises(FileUnusable) as refused:
        read_claim(tmp_path, [*records[:3], *records[4:]])
    told = str(refused.value.values["differ"])
    assert told == (
        "9904 Aantal prestatierecords: 5 / 4; 9906 Totaal aantal detailrecords: 7 / 6; "
        "9907 Totaal declaratiebedrag (cent): 2380 / 1730"
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("n_records", range(1, 9))
def test_a_claim_cut_off_between_two_records_is_refused(tmp_path: Path, version: str, n_records: int) -> None:
    with pytest.raises(FileUnusable):
        read_claim(tmp_path, claim(tmp_path, version=version)[:n_records])


_WHOLE: dict[str, list[str]] = {}


def _whole(folder: Path, version: str) -> list[str]:
    return _WHOLE.setdefault(version, claim(folder, version=version))


@given(st.sampled_from(VERSIONS), st.integers(1, 9 * 361 - 2))
def test_a_claim_cut_off_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, version: str, length: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    content = "\n".join(_whole(folder, version)).encode()
    with pytest.raises(FileUnusable):
        read_claim(folder, content[: length % len(content)])


@given(st.integers(0, 9 * 361 - 2), st.integers(0, 7))
def test_a_flipped_bit_changes_its_own_record_or_refuses_the_file(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("flip")
    content = bytearray("\n".join(_whole(folder, "8.0")).encode())
    sound, _ = read_claim(folder, bytes(content))
    content[place] ^= 1 << bit
    try:
        lines, _ = read_claim(folder, bytes(content))
    except FileUnusable:
        return
    assert lines.height == sound.height
    same = [row for row in range(5) if lines.row(row) == sound.row(row)]
    own = _lines_of_record(place // 361, sound)
    assert set(range(5)) - set(same) <= own


def _lines_of_record(record: int, sound: pl.DataFrame) -> set[int]:
    """Return the lines that a record speaks about: itself, those of its insured person, or for the header all."""
    person = {1: {0, 1}, 4: {2, 3, 4}}
    own = {row for row, number in enumerate(sound["line_no"]) if number == record + 1}
    linked = {1} if record == 2 else set()  # the service of a medicine names it
    return set(range(5)) if record == 0 else person.get(record, own | linked)
