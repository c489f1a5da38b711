"""What a prescriber cannot help: a product that the insurer designated, and a preferred medicine that cannot be had.

And what is no deviation at all: a medicine whose code was replaced by another.
"""

from pathlib import Path

import pytest

from tests.spec.small_region import SmallRegion

ENTRIES = "entry_id | atc | rank | advice\n-\na | A02BC02 | 1 | RECOMMENDED\nb | A02BC05 | | NOT_RECOMMENDED"
PREFERENCES = """
    uzovi | zi       | valid_from | valid_until | source
    -
    9001  | 11000449 | 2026-03-01 | 2026-08-31  | proef
"""
SHORTAGE = "atc | valid_from | valid_until | source\n-\nA02BC02 | 2026-03-01 | 2026-03-31 | proef"
MOVED = """
    kind | former  | successor | since      | source
    -
    ATC  | N03AX16 | N02BF02   | 2023-01-01 | proef
"""


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path).entries(ENTRIES)


def line(insurer: str, day: str, product: str = "esomeprazol") -> str:
    """Return a table of one line."""
    return f"product | insurer_uzovi | dispensed_on\n-\n{product} | {insurer} | {day}"


def dispensed(*days: str) -> str:
    """Return a table of lines of esomeprazole, one a day."""
    return "product | dispensed_on\n-\n" + "\n".join(f"esomeprazol | {day}" for day in days)


@pytest.mark.parametrize(("column", "said"), [("outcome", "EXCEPTED"), ("attributed_to", "INSURER")])
def test_what_the_patient_s_insurer_designated_is_not_the_prescriber_s_deviation(
    region: SmallRegion, column: str, said: str
) -> None:
    assert region.csv("preferences.csv", PREFERENCES).told(line("9001", "2026-07-01"), column) == [said]


def test_another_insurer_s_list_excuses_nothing(region: SmallRegion) -> None:
    region.csv("preferences.csv", PREFERENCES)
    assert region.told(line("9002", "2026-07-01"), "attributed_to") == ["PRESCRIBER"]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-02-28", "NOT_RECOMMENDED"),
        ("2026-03-01", "INSURER_PREFERENCE"),
        ("2026-08-31", "INSURER_PREFERENCE"),
        ("2026-09-01", "NOT_RECOMMENDED"),
    ],
)
def test_a_preference_list_holds_on_its_own_days(region: SmallRegion, day: str, reason: str) -> None:
    assert region.csv("preferences.csv", PREFERENCES).told(line("9001", day)) == [reason]


def test_a_preference_without_a_last_day_holds_until_further_notice(region: SmallRegion) -> None:
    region.csv("preferences.csv", PREFERENCES.replace("2026-08-31", " "))
    assert region.told(line("9001", "2027-01-01")) == ["INSURER_PREFERENCE"]


def test_a_designated_product_that_is_conform_stays_conform(region: SmallRegion) -> None:
    region.csv("preferences.csv", PREFERENCES.replace("11000449", "11000287"))
    assert region.told(line("9001", "2026-07-01", "pantoprazol"), "outcome") == ["ADHERENT"]


def test_a_line_that_does_not_name_its_product_is_not_excused(region: SmallRegion) -> None:
    region.csv("preferences.csv", PREFERENCES)
    lines = "atc | insurer_uzovi | dispensed_on\n-\nA02BC05 | 9001 | 2026-07-01"
    assert region.told(lines) == ["NOT_RECOMMENDED"]


def test_a_line_without_an_insurer_is_not_excused(region: SmallRegion) -> None:
    assert region.csv("preferences.csv", PREFERENCES).told(dispensed("2026-07-01")) == ["NOT_RECOMMENDED"]


def test_medical_need_goes_before_the_insurer_s_list(region: SmallRegion) -> None:
    region.csv("preferences.csv", PREFERENCES)
    lines = "product | insurer_uzovi | remark\n-\nesomeprazol | 9001 | 03"
    assert region.told(lines, "attributed_to") == ["MEDICAL_NEED"]


def test_while_the_preferred_medicine_is_short_another_is_excepted(region: SmallRegion) -> None:
    region.csv("shortages.csv", SHORTAGE)
    days = dispensed("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    assert region.told(days) == ["NOT_RECOMMENDED", "IN_SHORTAGE", "IN_SHORTAGE", "NOT_RECOMMENDED"]


def test_a_deviation_by_shortage_is_nobody_s(region: SmallRegion) -> None:
    region.csv("shortages.csv", SHORTAGE)
    lines = dispensed("2026-03-01")
    assert (region.told(lines, "outcome"), region.told(lines, "attributed_to")) == (["EXCEPTED"], ["SHORTAGE"])


def test_a_shortage_without_a_last_day_goes_on(region: SmallRegion) -> None:
    region.csv("shortages.csv", "atc | valid_from | source\n-\nA02BC02 | 2026-03-01 | proef")
    assert region.told(dispensed("2027-03-01")) == ["IN_SHORTAGE"]


def test_a_shortage_of_something_else_excuses_nothing(region: SmallRegion) -> None:
    region.csv("shortages.csv", SHORTAGE.replace("A02BC02", "A02BC01"))
    assert region.told(dispensed("2026-03-01")) == ["NOT_RECOMMENDED"]


def test_a_choice_that_is_conform_stays_conform_in_a_shortage(region: SmallRegion) -> None:
    region.csv("shortages.csv", SHORTAGE)
    assert region.told("product | dispensed_on\n-\npantoprazol | 2026-03-01") == ["FIRST_CHOICE"]


def test_where_one_of_two_preferred_medicines_can_be_had_nothing_is_excused(region: SmallRegion) -> None:
    region.entries("entry_id | atc | advice\n-\na | A02BC02 |\nc | A02BC01 |\nb | A02BC05 | NOT_RECOMMENDED")
    region.csv("shortages.csv", SHORTAGE)
    assert region.told(dispensed("2026-03-01")) == ["NOT_RECOMMENDED"]


def test_where_both_preferred_medicines_are_short_it_is_excused_on_the_days_of_both(region: SmallRegion) -> None:
    region.entries("entry_id | atc | advice\n-\na | A02BC02 |\nc | A02BC01 |\nb | A02BC05 | NOT_RECOMMENDED")
    region.csv("shortages.csv", SHORTAGE + "\nA02BC01 | 2026-03-15 | 2026-04-15 | proef")
    days = dispensed("2026-03-14", "2026-03-15", "2026-04-01")
    assert region.told(days) == ["NOT_RECOMMENDED", "IN_SHORTAGE", "NOT_RECOMMENDED"]


def test_a_medicine_may_be_short_more_than_once(region: SmallRegion) -> None:
    region.csv("shortages.csv", SHORTAGE + "\nA02BC02 | 2026-06-01 | 2026-06-30 | proef")
    days = dispensed("2026-03-10", "2026-05-10", "2026-06-10")
    assert region.told(days) == ["IN_SHORTAGE", "NOT_RECOMMENDED", "IN_SHORTAGE"]


def test_the_shortage_of_the_product_prescribed_excuses_what_was_dispensed_instead(region: SmallRegion) -> None:
    region.csv("shortages.csv", "atc | prk | valid_from | source\n-\nA02BC02 | 700134 | 2026-03-01 | proef")
    lines = "product | prescribed_prk | dispensed_on\n-\nesomeprazol | 700134 | 2026-03-01\nesomeprazol | | 2026-03-01"
    assert region.told(lines) == ["IN_SHORTAGE", "NOT_RECOMMENDED"]


@pytest.mark.parametrize(("beside_it", "reason"), [("pantoprazol", "NOT_RECOMMENDED"), ("omeprazol", "IN_SHORTAGE")])
def test_the_shortage_of_one_article_excuses_only_where_it_is_all_there_is(
    region: SmallRegion, beside_it: str, reason: str
) -> None:
    code = {"pantoprazol": "A02BC02", "omeprazol": "A02BC01"}[beside_it]
    articles = f"PANTO 20 | A02BC02 | 11000287\nANDER 20 | {code} | 11000295\nESO | A02BC05 | 11000449"
    region.csv("catalogue.csv", f"product_name | atc | zi\n-\n{articles}")
    region.csv("shortages.csv", "atc | zi | valid_from | source\n-\nA02BC02 | 11000287 | 2026-03-01 | proef")
    assert region.told("atc | dispensed_on\n-\nA02BC05 | 2026-03-01") == [reason]


def test_the_shortage_of_the_articles_of_the_product_prescribed_excuses(region: SmallRegion) -> None:
    head, known = "product_name | atc | zi | prk\n-\n", "ESO 20 | A02BC05 | 11000449 | 1900447"
    listed = "PANTO 20 | A02BC02 | 11000287 | 1900285\nPANTO 40 | A02BC02 | 11000295 | 1900293"
    region.csv("catalogue.csv", f"{head}{listed}\n{known}")
    region.csv("shortages.csv", "atc | zi | valid_from | source\n-\nA02BC02 | 11000287 | 2026-03-01 | proef")
    day = "2026-03-01"
    lines = f"product | prescribed_prk | dispensed_on\n-\nesomeprazol | 1900285 | {day}\nesomeprazol | 1900293 | {day}"
    assert region.told(lines) == ["IN_SHORTAGE", "NOT_RECOMMENDED"]


def test_what_is_excepted_is_in_no_rate(region: SmallRegion) -> None:
    region.csv("shortages.csv", SHORTAGE)
    counts = region.counts(dispensed("2026-03-01", "2026-05-01"), "EVERY_LINE")
    assert counts == {"01000001": {"NON_ADHERENT": 1, "EXCEPTED": 1}}


def test_an_entry_with_the_old_code_supports_a_product_with_the_new(region: SmallRegion) -> None:
    region.csv("succession.csv", MOVED).entries("entry_id | atc\n-\na | N03AX16")
    assert region.told("product\n-\npregabaline") == ["LISTED"]


def test_an_entry_with_the_new_code_supports_a_product_with_the_old(region: SmallRegion) -> None:
    region.csv("succession.csv", MOVED).entries("entry_id | atc\n-\na | N02BF02")
    assert region.told("product\n-\npregabaline oud") == ["LISTED"]


def test_without_a_succession_the_two_codes_are_two_medicines(region: SmallRegion) -> None:
    region.entries("entry_id | atc\n-\na | N03AX16")
    assert region.told("product\n-\npregabaline") == ["NOT_COVERED"]


def test_a_line_tells_the_code_that_holds_today(region: SmallRegion) -> None:
    region.csv("succession.csv", MOVED).entries("entry_id | atc\n-\na | N02BF02")
    assert region.told("product\n-\npregabaline oud", "matched_atc") == ["N02BF02"]


def test_a_treatment_goes_on_when_its_code_moves(region: SmallRegion) -> None:
    region.csv("succession.csv", MOVED).entries("entry_id | atc\n-\na | N02BF02")
    lines = """
        product         | dispensed_on | patient
        -
        omeprazol       | 2024-01-01   | somebody else
        pregabaline oud | 2026-01-10   | p
        pregabaline     | 2026-04-10   | p
        pregabaline     | 2026-04-10   | q
        """
    assert region.told(lines, "start") == ["UNKNOWN", "FIRST", "REPEAT", "FIRST"]


def test_a_code_that_moved_twice_is_followed_to_its_end(region: SmallRegion) -> None:
    moved_again = MOVED.replace("N03AX16 | N02BF02", "N03AX16 | N03AX99").rstrip()
    region.csv("succession.csv", moved_again + "\nATC | N03AX99 | N02BF02 | 2024-01-01 | proef")
    region.entries("entry_id | atc\n-\na | N02BF02")
    assert region.told("product\n-\npregabaline oud") == ["LISTED"]


def test_an_indicator_that_names_the_old_code_still_counts_the_medicine(region: SmallRegion) -> None:
    region.csv("succession.csv", MOVED).entries("entry_id | atc\n-\na | N02BF02")
    region.indicators(old='population = { atc = ["N03AX16"] }\nconform = [{ formulary = true }]')
    assert region.counts("product\n-\npregabaline", "OLD") == {"01000001": {"ADHERENT": 1}}


def test_a_shortage_of_the_old_code_is_one_of_the_medicine(region: SmallRegion) -> None:
    region.csv("succession.csv", MOVED).csv("shortages.csv", SHORTAGE.replace("A02BC02", "N03AX16"))
    region.entries("entry_id | atc | icpc\n-\na | N02BF02 | N99\nb | A02BC02 | D84")
    lines = "product | icpc | dispensed_on\n-\npantoprazol | N99 | 2026-03-01"
    assert region.told(lines) == ["IN_SHORTAGE"]
