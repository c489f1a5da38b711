"""The label parser: a Dutch product label taken apart into names, strength, form and the rest."""

from .forms import MODIFIED, NO_FORM, Form, FormWord, form_of, form_word, form_word_cut_or_joined, route_of
from .halves import (
    ASKING,
    FIRMS,
    NAMING,
    WRITTEN,
    halves_of,
    plain_asking,
    plain_naming,
    tokens_of_half,
    words_of_half,
)
from .parse import (
    COMBINATION_WORDS,
    FILLER,
    FIRM,
    SALTS,
    ParsedLabel,
    exclusion_of,
    has_potency,
    kind_of,
    may_be_potency,
    names_potency,
    parse_tokens,
)
from .strength import Strength, number_of, strength_of
from .text import LENGTH_MAX, clean_text, clean_texts
from .tokens import tokens_of, tokens_of_all

__all__ = [
    "ASKING",
    "COMBINATION_WORDS",
    "FILLER",
    "FIRM",
    "FIRMS",
    "LENGTH_MAX",
    "MODIFIED",
    "NAMING",
    "NO_FORM",
    "SALTS",
    "WRITTEN",
    "Form",
    "FormWord",
    "ParsedLabel",
    "Strength",
    "clean_text",
    "clean_texts",
    "exclusion_of",
    "form_of",
    "form_word",
    "form_word_cut_or_joined",
    "halves_of",
    "has_potency",
    "kind_of",
    "may_be_potency",
    "names_potency",
    "number_of",
    "parse_tokens",
    "plain_asking",
    "plain_naming",
    "route_of",
    "strength_of",
    "tokens_of",
    "tokens_of_all",
    "tokens_of_half",
    "words_of_half",
]
