"""Codes and labels name a product, or say why they do not; nothing is guessed."""

import polars as pl
import pytest

from matcher.enumerations import Decision, MatchMethod
from matcher.identification import ANSWER, Identification
from matcher.identifier import Identifier, identifier
from matcher.reasons import MatchReason, reason_sentences

from .catalogues import PHARMACY_LIST, catalogue, pharmacy_identifier, register_identifier


@pytest.fixture(scope="module")
def pharmacy() -> Identifier:
    return pharmacy_identifier()


@pytest.fixture(scope="module")
def register() -> Identifier:
    return register_identifier()


@pytest.mark.parametrize(
    ("label", "product", "method"),
    [
        ("OMEPRAZOL SANDOZ CAPSULE MSR 20MG", "OMEPRAZOL SANDOZ CAPSULE MSR 20MG", "EXACT_NAME"),
        ("omeprazol sandoz  capsule msr 20 mg", "OMEPRAZOL SANDOZ CAPSULE MSR 20MG", "PARSED_LABEL"),
        ("Omeprazol teva 20mg caps maagsapres", "OMEPRAZOL TEVA CAPSULE MSR 20MG", "PARSED_LABEL"),
        ("omeprazolum caps msr 20mg", "OMEPRAZOL SANDOZ CAPSULE MSR 20MG", "PARSED_LABEL"),
        ("LOSEC CAPS MSR 20MG 30 TABL", "LOSEC CAPSULE MSR 20MG", "PARSED_LABEL"),
        ("METOPROLOLSUCCINAAT TABLET MGA 0,1G", "METOPROLOL SANDOZ TABLET MGA 100MG", "PARSED_LABEL"),
        ("METOPRLOL TABLET 50MG", "METOPROLOL SANDOZ TABLET 50MG", "SIMILAR_NAME"),
        ("METOPRO. TABLET 50MG", "METOPROLOL SANDOZ TABLET 50MG", "SIMILAR_NAME"),
        ("amoxi/clav tab fo 500/125mg", "AMOXICILLINE/CLAVULAANZUUR SANDOZ TABLET FO 500/125MG", "PARSED_LABEL"),
        ("COZAAR PLUS TABLET 50/12,5MG", "COZAAR PLUS TABLET FO 50/12,5MG", "PARSED_LABEL"),
        ("CARVEDILOL TABLET 3.125 MG", "CARVEDILOL SANDOZ TABLET 3,125MG", "PARSED_LABEL"),
        ("METOPROLOLSUCCI TABLET 50MG", "METOPROLOL SANDOZ TABLET 50MG", "PARSED_LABEL"),
        ("METOPROLOLTABLETTEN 50MG", "METOPROLOL SANDOZ TABLET 50MG", "PARSED_LABEL"),
        ("COZAAR LOSARTAN TABLET 50MG", "COZAAR TABLET FO 50MG", "PARSED_LABEL"),
        ("METOPROLOLI TARTRAS TABL 50MG", "METOPROLOL SANDOZ TABLET 50MG", "PARSED_LABEL"),
        ("citalopram 20 tablet", "CITALOPRAM TEVA TABLET FO 20MG", "PARSED_LABEL"),
        ("metoprolol retard 100 mg", "METOPROLOL SANDOZ TABLET MGA 100MG", "PARSED_LABEL"),
        ("METOPROLOL ZOC 100MG", "METOPROLOL SANDOZ TABLET MGA 100MG", "PARSED_LABEL"),
        ("METOPROLOL CR 100MG", "METOPROLOL SANDOZ TABLET MGA 100MG", "PARSED_LABEL"),
        ("OMEPRAZOL EC 20MG", "OMEPRAZOL SANDOZ CAPSULE MSR 20MG", "PARSED_LABEL"),
    ],
)
def test_a_label_names_a_product(pharmacy: Identifier, label: str, product: str, method: str) -> None:
    found = pharmacy(label)
    assert (found.matched_product, found.match_method) == (product, method)


@pytest.mark.parametrize(
    ("label", "decision", "reason"),
    [
        ("OMEPRAZOL CAPSULE MSR 30MG", "REVIEW", "STRENGTH_UNKNOWN"),
        ("OMEPRAZOL DRANK 20MG", "REVIEW", "STRENGTH_UNKNOWN"),
        ("METOPROLOL SR 50MG", "REVIEW", "STRENGTH_UNKNOWN"),  # the list has it plain only
        ("OMEPRAZOL MGA 20MG", "REVIEW", "STRENGTH_UNKNOWN"),
        ("METOPROLOL CR 50MG", "REVIEW", "FORM_UNEXPECTED"),
        ("DICLOFENAC EC", "MATCHED", "SUBSTANCE_KNOWN"),  # what is coated for the stomach is swallowed, no gel
        ("PREDNISO TABLET 5MG", "REVIEW", "SPELLING_UNSURE"),
        ("METOPRLOL TABLET 75MG", "REVIEW", "SPELLING_UNSURE"),
        ("COZAAR COMP TABLET 50MG", "REVIEW", "BRAND_EXTENDED"),
        ("METOPROLOL/ZOMAARIETS TABLET 50MG", "REVIEW", "UNKNOWN_COMPONENT"),
        ("METOPROLOL/AMOXICILLINE TABLET 50MG", "REVIEW", "UNKNOWN_COMPONENT"),
        ("METOPROLOL TABLET 50/12,5MG", "REVIEW", "COMPONENTS_DIFFER"),
        ("METOPROLOL PLUS TABLET 50MG", "REVIEW", "COMPONENTS_DIFFER"),
        ("FLUTICASON", "REVIEW", "SEVERAL_CODES"),
        ("COZAAR METOPROLOL TABLET 50MG", "REVIEW", "UNKNOWN_COMPONENT"),
        ("COZAAR METOPROLOL TABLET 50/100MG", "REVIEW", "UNKNOWN_COMPONENT"),
        ("LOSEC HCTZ TABLET 20MG", "REVIEW", "UNKNOWN_COMPONENT"),
        ("FLIXOTIDE AEROSOL 100MCG/DO", "REVIEW", "STRENGTH_UNKNOWN"),
        ("METOPROLOL CREME 50MG/G", "REVIEW", "FORM_UNEXPECTED"),
        ("METOPROLOL OPLOSSING 50MG", "REVIEW", "STRENGTH_UNKNOWN"),
        ("METOPROLOLUM ONZEKER", "REVIEW", "SPELLING_UNSURE"),
        ("METOPROLOL 50MG KLAPROOS 20MG", "REVIEW", "COMPONENTS_DIFFER"),
        ("FLIXOTIDE NEUSSPRAY 50MCG/DO", "REVIEW", "SEVERAL_CODES"),
        ("ZWABBERDEWAP TABLET 5MG", "UNMATCHED", "NAME_UNKNOWN"),
        ("SANDOZ TABLET", "UNMATCHED", "NO_NAME_IN_LABEL"),
        ("12345", "UNMATCHED", "NO_NAME_IN_LABEL"),
        ("💊", "UNMATCHED", "NO_NAME_IN_LABEL"),
        ("=1+1", "UNMATCHED", "NO_NAME_IN_LABEL"),
        ("عقار", "UNMATCHED", "NO_NAME_IN_LABEL"),
        ("X" * 10_000, "UNMATCHED", "LABEL_TOO_LONG"),
        ("PREDNISOLON DRANK FNA 1MG/ML", "UNMATCHED", "COMPOUNDED"),
        ("BLOEDGLUCOSETESTSTRIP", "UNMATCHED", "NOT_A_MEDICINE"),
        ("AFLEVERTARIEF WEEKTERHANDSTELLING", "UNMATCHED", "SERVICE"),
        ("Nux vomica C30", "UNMATCHED", "HOMEOPATHIC"),
        ("ARNICA MONTANA TABLETTEN", "UNMATCHED", "NO_ATC"),
        (None, "UNMATCHED", "NO_LABEL"),
        ("", "UNMATCHED", "NO_LABEL"),
    ],
)
def test_what_is_not_certain_is_not_matched(
    pharmacy: Identifier, label: str | None, decision: str, reason: str
) -> None:
    found = pharmacy(label)
    assert (found.decision, found.reason, found.matched_product) == (decision, reason, None)


@pytest.mark.parametrize(
    ("label", "atc", "reason"),
    [
        ("Methylprednisolon inj 40mg", "H02AB04", "SUBSTANCE_KNOWN"),
        ("METHYLPREDNISOLON INFPDR FLACON 500MG", "H02AB04", "PRODUCT_KNOWN"),
        ("Plendil tablet mga 2,5mg", "C08CA02", "BRAND_KNOWN"),
        ("Thyrax tablet 0,1mg", "H03AA01", "BRAND_KNOWN"),
        ("Dalacin c injvlst 150mg/ml ampul 2ml", "J01FF01", "BRAND_KNOWN"),
        ("metoprololtartraat tablet 50mg", "C07AB02", "SUBSTANCE_KNOWN"),
        ("Levodopum/carbidopum tablet 200/50mg", "N04BA02", "SUBSTANCE_KNOWN"),
        ("Lactulosesiroop 670mg/ml", "A06AD11", "SUBSTANCE_KNOWN"),
        ("Clorazepatum capsule 5mg", "N05BA05", "SUBSTANCE_KNOWN"),
        ("Tranexaminezuur tablet 500mg", "B02AA02", "SUBSTANCE_KNOWN"),
        ("Acidum tranexamicum tabletten 500 mg", "B02AA02", "SUBSTANCE_KNOWN"),
    ],
)
def test_a_register_settles_the_substance_without_every_strength(
    register: Identifier, label: str, atc: str, reason: str
) -> None:
    found = register(label)
    assert (found.matched_atc, found.reason) == (atc, reason)


CodeCase = tuple[dict[str, str | int], str | None, str, str, str]
CODES: list[CodeCase] = [
    ({"zi": "15468852"}, None, "MATCHED", "ZI", "CODE_KNOWN"),
    ({"zi": 15468852}, None, "MATCHED", "ZI", "CODE_KNOWN"),
    ({"zi": "0015468852"}, "OMEPRAZOL CAPSULE MSR 20MG", "MATCHED", "ZI", "CODE_AND_LABEL_AGREE"),
    ({"zi": "15468852"}, "METOPROLOL TABLET 50MG", "REVIEW", "ZI", "CODE_LABEL_CONFLICT"),
    ({"zi": "15468852"}, "KAN NIET GELEZEN WORDEN", "MATCHED", "ZI", "CODE_KNOWN"),
    ({"zi": "15468853"}, None, "UNMATCHED", "NONE", "CHECK_DIGIT_FAILS"),
    ({"zi": "15468853"}, "METOPROLOL TABLET 50MG", "MATCHED", "PARSED_LABEL", "PRODUCT_KNOWN"),
    ({"zi": "90000008"}, None, "UNMATCHED", "NONE", "LOCAL_CODE"),
    ({"gpk": "1023"}, None, "UNMATCHED", "NONE", "CODE_UNKNOWN"),
    ({"atc": "c07ab02"}, None, "MATCHED", "ATC_ONLY", "ATC_GIVEN"),
    ({"atc": "C07AB02"}, "METOPROLOL TABLET 50MG", "MATCHED", "PARSED_LABEL", "CODE_AND_LABEL_AGREE"),
    ({"atc": "A02BC01"}, "METOPROLOL TABLET 50MG", "REVIEW", "ATC_ONLY", "CODE_LABEL_CONFLICT"),
    ({"atc": "R03BA05"}, "FLUTICASON", "MATCHED", "ATC_ONLY", "CODE_AND_LABEL_AGREE"),
    ({"atc": "H02AB06"}, "PREDNISOLON DRANK FNA 1MG/ML", "UNMATCHED", "NONE", "COMPOUNDED"),
    ({"atc": "C07"}, None, "UNMATCHED", "NONE", "CODE_UNKNOWN"),
]


@pytest.mark.parametrize("case", CODES)
def test_codes_and_label_must_agree(pharmacy: Identifier, case: CodeCase) -> None:
    codes, label, *told = case
    found = pharmacy(label, dispensed_on=None, **codes)
    assert [found.decision, found.match_method, found.reason] == told


def test_a_conflict_shows_both_sides(pharmacy: Identifier) -> None:
    found = pharmacy("METOPROLOL TABLET 50MG", zi="15468852")
    assert (found.matched_atc, found.runner_up) == ("A02BC01", "C07AB02")


def test_a_code_of_two_medicines_decides_nothing() -> None:
    rows = catalogue("A TABLET 1MG | A02BC01 | 15468852\nB TABLET 1MG | C07AB02 | 15468852")
    found = identifier(rows)(zi="15468852")
    assert (found.decision, found.reason) == (Decision.REVIEW, MatchReason.CODE_AMBIGUOUS)


def test_a_code_of_a_product_without_atc_is_not_matched() -> None:
    found = identifier(catalogue("ARNICA TABLET | | 15468852"))(zi="15468852")
    assert found.reason == MatchReason.NO_ATC


def test_one_name_with_two_codes_is_never_one_of_them() -> None:
    found = identifier(catalogue("IETSMET TABLET 1MG | A02BC01 |\nIETSMET TABLET 1MG | C07AB02 |"))(
        "IETSMET TABLET 1MG"
    )
    assert (found.decision, found.runner_up) == (Decision.REVIEW, "A02BC01 | C07AB02")


def test_a_frame_keeps_rows_order_and_other_columns(pharmacy: Identifier) -> None:
    lines = pl.DataFrame({"n": [3, 1, 2], "label": ["LOSEC CAPS MSR 20MG", None, "LOSEC CAPS MSR 20MG"]})
    answer = pharmacy.identify_frame(lines)
    assert answer.select("n", "matched_atc").rows() == [(3, "A02BC01"), (1, None), (2, "A02BC01")]


def test_a_frame_and_a_single_request_say_the_same(pharmacy: Identifier) -> None:
    lines = pl.DataFrame(
        [{"label": label, **{key: str(code) for key, code in codes.items()}} for codes, label, *_ in CODES]
    )
    answers = pharmacy.identify_frame(lines).select(ANSWER.names()).rows()
    assert answers == [tuple(pharmacy(label, dispensed_on=None, **codes)) for codes, label, *_ in CODES]


def test_a_frame_has_the_promised_shape(pharmacy: Identifier) -> None:
    answer = pharmacy.identify_frame(pl.DataFrame({"label": ["LOSEC"]}))
    assert answer.drop("label").schema == ANSWER


def test_codes_may_be_numbers_in_a_frame(pharmacy: Identifier) -> None:
    answer = pharmacy.identify_frame(pl.DataFrame({"zi": [15468852, None]}))
    assert answer["matched_atc"].to_list() == ["A02BC01", None]


def test_an_empty_frame_stays_empty(pharmacy: Identifier) -> None:
    assert pharmacy.identify_frame(pl.DataFrame({"label": []}, schema={"label": pl.String()})).height == 0


def test_the_answer_tells_substance_form_strength_and_device(pharmacy: Identifier) -> None:
    found = pharmacy("FLIXOTIDE DISKUS INHPDR 100MCG/DO")
    assert found[5:9] == ("Fluticason", "inhalation", "powder", "100 microg/dose")


def test_the_catalogue_may_carry_substances_form_route_and_strength() -> None:
    rows = pl.DataFrame(
        {
            "product_name": ["ZOMAAR", "ZOMAAR FORTE"],
            "atc": ["C07AB02", "C07AB02"],
            "substances": ["METOPROLOLTARTRAAT"] * 2,
            "form": ["Tablet"] * 2,
            "route": ["Oraal gebruik"] * 2,
            "strength": ["50 mg", "100 mg"],
            "firm": ["Sandoz B.V.", None],
        }
    )
    assert identifier(rows)("metoprolol tablet 100mg").matched_product == "ZOMAAR FORTE"


def test_a_catalogue_of_nothing_knows_the_vocabulary_only() -> None:
    empty = pl.DataFrame(schema={"product_name": pl.String(), "atc": pl.String()})
    assert identifier(empty)("metoprolol tablet 50mg").matched_product is None


def test_a_score_is_given_to_matches_only(pharmacy: Identifier) -> None:
    scores = [pharmacy(label).match_score for label in ("LOSEC CAPS MSR 20MG", "OMEPRAZOL CAPSULE MSR 30MG")]
    assert [score > 0.9 for score in scores] == [True, False]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_reason_has_a_sentence(language: str) -> None:
    assert set(reason_sentences(language)) == set(MatchReason)


def test_an_identification_is_a_plain_tuple() -> None:
    assert Identification(Decision.UNMATCHED, MatchMethod.NONE, 0.0)._fields == tuple(ANSWER.names())


def test_the_list_in_this_file_is_the_whole_assortment() -> None:
    assert identifier(catalogue(PHARMACY_LIST))("OMEPRAZOL CAPSULE MSR 15MG").decision == Decision.REVIEW


TIED = """
    LEVOTHYROXINE TEVA TABLET 150MCG | H03AA01 |
    LIOTHYRONINE TEVA TABLET 25MCG | H03AA02 |
    PREDNISON PCH TABLET 20MG | H02AB07 |
    PREDNISOLON PCH TABLET 5MG | H02AB06 |
"""


@pytest.mark.parametrize(
    ("label", "decision", "atc"),
    [
        ("LEOTHYROXINE TABLET 150MCG", "MATCHED", "H03AA01"),
        ("LEOTHYROXINE TABLET 25MCG", "REVIEW", None),
        ("LEOTHYROXINE TABLET 75MCG", "REVIEW", None),
        ("LEOTHYROXINE TABLET", "REVIEW", None),
        ("PREDNISOON TABLET 20MG", "REVIEW", None),
        ("PREDNISO TABLET 5MG", "REVIEW", None),
    ],
)
def test_between_a_name_and_its_look_alike_strength_decides_only_for_the_nearer(
    label: str, decision: str, atc: str | None
) -> None:
    found = identifier(catalogue(TIED))(label)
    assert (found.decision, found.matched_atc) == (decision, atc)


def test_a_look_alike_that_the_list_does_not_know_may_come_in_any_strength() -> None:
    rows = [line for line in TIED.strip().splitlines() if "LIOTHYRONINE" not in line]
    assert identifier(catalogue("\n".join(rows)))("LEOTHYROXINE TABLET 150MCG").decision == "REVIEW"


def test_what_a_register_lists_under_the_wrong_code_is_no_other_name_for_it() -> None:
    found = identifier(catalogue("DEXAMETHASON TEVA OOGDRUPPELS 1MG/ML | S01BA01 |"))("DEXAMETHASON OOGDR 1MG/ML")
    assert (found.matched_atc, str(found.matched_substances).upper()) == ("S01BA01", "DEXAMETHASON")


def test_a_tablet_that_is_chewed_is_swallowed() -> None:
    listed = catalogue("Montelukast Teva 5 mg, kauwtabletten | R03DC03 |")
    assert identifier(listed)("MONTELUKAST KAUWT 4MG").matched_atc == "R03DC03"


@pytest.mark.parametrize(
    ("label", "atc"),
    [
        ("OLMETEC HCTZ TABLET FO 20/12,5MG", "C09DA08"),
        ("OLMETEC AMLODIPINE TABLET FO 20/5MG", "C09DB02"),
        ("OLMETEC HCTZ TABLET FO 20MG", None),
        ("OLMETEC HCTZ TABLET FO 20/5/12,5MG", None),
        ("OLMETEC BISOPROLOL TABLET FO 20/5MG", None),
    ],
)
def test_a_brand_and_a_substance_with_a_strength_for_each_are_their_combination(label: str, atc: str | None) -> None:
    register = catalogue("Olmetec 20 mg, filmomhulde tabletten | C09CA08 |")
    assert identifier(register)(label).matched_atc == atc
