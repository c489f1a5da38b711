"""Why a product was or was not named: a stable code for programs, one short sentence for people."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files


class MatchReason(StrEnum):
    """The reason behind a decision; its sentences are in `vocabulary/match_reasons.toml`."""

    CODE_KNOWN = "CODE_KNOWN"
    CODE_AND_LABEL_AGREE = "CODE_AND_LABEL_AGREE"
    NAME_KNOWN = "NAME_KNOWN"
    PRODUCT_KNOWN = "PRODUCT_KNOWN"
    SUBSTANCE_KNOWN = "SUBSTANCE_KNOWN"
    BRAND_KNOWN = "BRAND_KNOWN"
    SPELLING_CORRECTED = "SPELLING_CORRECTED"
    ATC_GIVEN = "ATC_GIVEN"
    DECIDED = "DECIDED"
    NEVER_ASK = "NEVER_ASK"
    CODE_LABEL_CONFLICT = "CODE_LABEL_CONFLICT"
    CODE_AMBIGUOUS = "CODE_AMBIGUOUS"
    SEVERAL_CODES = "SEVERAL_CODES"
    SPELLING_UNSURE = "SPELLING_UNSURE"
    FORM_UNEXPECTED = "FORM_UNEXPECTED"
    STRENGTH_UNKNOWN = "STRENGTH_UNKNOWN"
    COMPONENTS_DIFFER = "COMPONENTS_DIFFER"
    UNKNOWN_COMPONENT = "UNKNOWN_COMPONENT"
    BRAND_EXTENDED = "BRAND_EXTENDED"
    NAME_UNKNOWN = "NAME_UNKNOWN"
    NO_ATC = "NO_ATC"
    COMPOUNDED = "COMPOUNDED"
    HOMEOPATHIC = "HOMEOPATHIC"
    NOT_A_MEDICINE = "NOT_A_MEDICINE"
    SERVICE = "SERVICE"
    NO_LABEL = "NO_LABEL"
    NO_NAME_IN_LABEL = "NO_NAME_IN_LABEL"
    LABEL_TOO_LONG = "LABEL_TOO_LONG"
    CHECK_DIGIT_FAILS = "CHECK_DIGIT_FAILS"
    LOCAL_CODE = "LOCAL_CODE"
    CODE_UNKNOWN = "CODE_UNKNOWN"


@cache
def reason_sentences(language: str) -> dict[str, str]:
    """Return the sentence of every reason in this language, "nl" or "en"."""
    text = files(__package__).joinpath("vocabulary/match_reasons.toml").read_text(encoding="utf-8")
    return {code: sentences[language] for code, sentences in tomllib.loads(text).items()}
