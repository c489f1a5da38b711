"""Many labels cut in two: the half that names something and the half that asks for a strength and form.

Labels are distinct because halves are combined in many ways; the halves themselves come back far more often.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from .forms import FORM_WORDS, FormWord
from .parse import FIRM, is_joining, is_strength, kind_of, may_be_potency
from .parse import FIRMS as FIRM_WORDS
from .strength import strength_of
from .tokens import tokens_in

GAP, JOINED, OTHER = "", "/", "."  # between names; a sign or word that joins; a word that asks for nothing
_BETWEEN = "|"  # tokens of a half: a strength may hold a space, and no token holds this
WRITTEN, NAMING, ASKING, FIRMS = "written", "naming", "asking", "firms"
_NUMBERS = "numbers"
_Role = tuple[str | None, str | None, str | None]
_FIRMS = pl.Series(sorted(word for word in FIRM_WORDS if kind_of(word) == FIRM), dtype=pl.String)
_FORM_SPELLING: dict[FormWord, str] = {}
for _word, _meaning in FORM_WORDS.items():
    _FORM_SPELLING.setdefault(_meaning, _word)


def halves_of(labels: pl.Series, told_by: Callable[[Sequence[str]], Mapping[str, str]]) -> pl.DataFrame:
    """Return per label its tokens as text, its naming half, its asking half and its firms.

    `told_by` is given all distinct words and says of each what is read instead; nothing is a gap in the naming half.
    """
    tokens = tokens_in(labels)
    # Categories of their own are numbered from 0 as they are met.
    category = pl.Categorical(pl.Categories.random())
    known = tokens.cast(pl.List(category))
    numbers = pl.DataFrame([tokens.alias(WRITTEN), known.list.eval(pl.element().cat.physical()).alias(_NUMBERS)])
    met = known.explode().drop_nulls().unique()
    distinct = met.cast(pl.String).gather(met.cat.physical().arg_sort())
    told = [
        pl.col(_NUMBERS).list.eval(_gathered(role)).list.join(_BETWEEN, ignore_nulls=True).alias(name)
        for name, role in zip((NAMING, ASKING, FIRMS), _roles(distinct.to_list(), told_by), strict=True)
    ]
    return numbers.select(pl.col(WRITTEN).list.join(" "), *told)


def _gathered(role: pl.Series) -> pl.Expr:
    return pl.element().map_batches(role.gather, return_dtype=pl.String(), is_elementwise=True)


def firms_apart(tokens: pl.Series) -> pl.DataFrame:
    """Return per list of tokens its text, as of a half, with one firm in the place of every other, and its firms.

    The word at the head of a label stays as it is: it may be a name.
    """
    is_firm = pl.element().is_in(_FIRMS.implode())
    any_firm = pl.when(is_firm).then(pl.lit(_FIRMS[0])).otherwise(pl.element())
    has_head = pl.col(WRITTEN).list.first().str.contains("^[A-Z]")
    rest = pl.col(WRITTEN).list.slice(1).list.eval(any_firm)
    apart = pl.when(has_head).then(pl.concat_list(pl.col(WRITTEN).list.head(1), rest)).otherwise(WRITTEN)
    firms = pl.col(WRITTEN).list.eval(pl.element().filter(is_firm)).list.join(" ")
    return tokens.to_frame(WRITTEN).select(apart.list.join(_BETWEEN).alias(WRITTEN), firms.alias(FIRMS))


def plain_naming(half: pl.Expr) -> pl.Expr:
    """Return naming halves with one gap where there are several, and none at their beginning."""
    return half.str.replace_all(r"\|{3,}", "||").str.replace(r"\|\|$", "|").str.replace(r"^\|+", "")


def plain_asking(half: pl.Expr) -> pl.Expr:
    """Return asking halves with one word that asks for nothing where there are several, and none at their ends."""
    return half.str.replace_all(r"(?:\|\.)+", "|.").str.replace(r"\|\.$", "").str.replace(r"^\.(?:\||$)", "")


def _roles(tokens: Sequence[str], told_by: Callable[[Sequence[str]], Mapping[str, str]]) -> list[pl.Series]:
    strengths: dict[object, str] = {}
    told = told_by([token for token in tokens if token[0] >= "A"])
    roles = [_role(token, told) for token in tokens]
    # "20MG" and "20 MG" ask the same: the first spelling met stands for all.
    asking = [
        strengths.setdefault(strength_of(token), token) if is_strength(token) else role[1]
        for token, role in zip(tokens, roles, strict=True)
    ]
    columns: Iterable[Sequence[str | None]] = ([role[0] for role in roles], asking, [role[2] for role in roles])
    return [pl.Series(column, dtype=pl.String) for column in columns]


def _role(token: str, told: Mapping[str, str]) -> _Role:
    """Return what one token adds to the naming half, the asking half and the firms."""
    if token[0] >= "A":
        return _role_of_word(token, told[token])
    if token[0] in "/+":
        return JOINED, OTHER, None
    if token[0] >= "0":
        return (None if is_strength(token) else token), token, None
    return None, OTHER, None


def _role_of_word(word: str, told: str) -> _Role:
    if is_joining(word):
        return JOINED, None, None
    form = FORM_WORDS.get(word)
    asking = OTHER if form is None else _FORM_SPELLING[form]
    # A dilution, and the vitamin it may be mistaken for, is told by the words themselves.
    if told or may_be_potency(word):
        return told or word, asking, None
    return GAP, asking, word if kind_of(word) == FIRM else None


def words_of_half(half: str) -> tuple[list[str], frozenset[int]]:
    """Return the words of a naming half, and the places that follow a sign that joins."""
    words: list[str] = []
    joined: list[int] = []
    for token in half.split(_BETWEEN):
        if token == JOINED:
            joined.append(len(words))
        else:
            words.append(token)
    return words, frozenset(joined)


def tokens_of_half(half: str) -> list[str]:
    """Return the tokens of an asking half or of the firms."""
    return half.split(_BETWEEN) if half else []
