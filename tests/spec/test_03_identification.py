"""Chapter 3: which product a line is about. A code is believed when its check digit holds; a name when it is exact."""

from tests.worlds import Desk


def test_an_article_number_names_the_product_and_its_form(desk: Desk) -> None:
    desk.holds(
        """
        zi         || matched_atc | matched_form    | match_method
        11000155   || A02BC01     | capsule_enteric | ZI
        0011000155 || A02BC01     | capsule_enteric | ZI
        11000236   || A02BC01     | tablet_enteric  | ZI
        """
    )


def test_a_code_whose_check_digit_fails_is_not_believed(desk: Desk) -> None:
    desk.holds("zi || outcome | reason | match_reason\n11000156 || UNIDENTIFIED | UNKNOWN_PRODUCT | CHECK_DIGIT_FAILS")


def test_an_article_number_of_the_pharmacy_itself_is_excluded(desk: Desk) -> None:
    desk.holds(
        """
        zi       || outcome  | reason
        90000005 || EXCLUDED | LOCAL_ARTICLE
        12900001 || EXCLUDED | LOCAL_ARTICLE
        """
    )


def test_every_kind_of_code_names_the_substance(desk: Desk) -> None:
    desk.holds(
        """
        hpk     | prk    | gpk    || matched_atc | match_method
        1900153 |        |        || A02BC01     | HPK
                | 700134 |        || A02BC02     | PRK
                |        | 804614 || C10AA01     | GPK
        """
    )


def test_the_most_specific_code_decides(desk: Desk) -> None:
    desk.holds("zi | atc || matched_atc | match_method\n11000155 | A02BC01 || A02BC01 | ZI")


def test_an_atc_code_alone_says_the_substance_and_no_form(desk: Desk) -> None:
    desk.holds("atc || matched_atc | matched_form | match_method\na02bc02 || A02BC02 | | ATC_ONLY")


def test_an_exact_name_names_the_product_whatever_its_capitals(desk: Desk) -> None:
    desk.holds(
        """
        label                             || matched_atc | match_method
        OMEPRAZOL APOTEX TABLET MSR 20MG  || A02BC01     | EXACT_NAME
        Omeprazol Apotex tablet msr 20mg  || A02BC01     | EXACT_NAME
        """
    )


def test_what_nobody_can_name_is_unidentified_and_held_against_no_one(desk: Desk) -> None:
    desk.holds("label || outcome | reason | attributed_to\nXYZZY 5MG || UNIDENTIFIED | UNKNOWN_PRODUCT |")
