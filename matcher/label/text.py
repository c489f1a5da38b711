"""A label as written, brought to capitals without accents, markup or broken encoding."""

import html
import re
import unicodedata

import polars as pl

LENGTH_MAX = 300  # characters; the longest name in the register has 238, what is longer is not a label
_MARKUP = re.compile(r"<[^<>]{0,200}>")
# "50MCG/DO140DO", "WWSP3,0ML": a number glued behind letters begins a new word.
_GLUED = r"([A-Z])([0-9])"
# "M.G.A.", "I.E.": letters with points between them are one abbreviation.
_DOTTED = r"\b([A-Z])\.([A-Z])\b\.?(?:([A-Z])\b\.?)?"
_TEXT = r"A-Z0-9%/+(),.\-"
# What becomes one space, but for a space that is one already: to put each in its own place again takes longest.
_NOT_TEXT = re.compile(f"[^{_TEXT} ][^{_TEXT}]*| [^{_TEXT}]+")
# Where `_GLUED` divides, without naming what is on either side: for one label that takes half the time.
_GLUED_LETTERS, _DOTTED_LETTERS = re.compile("(?<=[A-Z])(?=[0-9])"), re.compile(_DOTTED)
# What Windows-1252 makes of a UTF-8 accent; only then is decoding again worth trying.
_MOJIBAKE = re.compile(r"[ÃÂâ]")
_LETTERS = str.maketrans({"µ": "u", "μ": "u", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe"})
_GREEK = {"α": " alfa ", "β": " beta ", "γ": " gamma "}
_MANY = 10_000  # labels; for fewer, waking all cores costs more than it saves
_PLAIN = r"^[A-Za-z0-9%/+(),.\- ]*$"


def clean_text(label: str) -> str:
    """Return the label in capitals A-Z, digits and the signs that carry meaning, single spaces between."""
    is_plain = label.isascii() and "<" not in label and "&" not in label
    text = (label if is_plain else _plain_letters(label)).upper()
    text = _GLUED_LETTERS.sub(" ", _NOT_TEXT.sub(" ", text))
    return (_DOTTED_LETTERS.sub(r"\1\2\3", text) if "." in text else text).strip()


def _plain_letters(label: str) -> str:
    text = html.unescape(_MARKUP.sub(" ", label))
    if _MOJIBAKE.search(text):
        text = text.encode("cp1252", "ignore").decode("utf-8", "ignore") or text
    for letter, name in _GREEK.items():
        text = text.replace(letter, name)
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def on_all_cores(texts: pl.Series, work: pl.Expr) -> pl.Series:
    """Return what an expression of `text`, row by row, makes of a column, in its order; many rows on all cores."""
    asked = texts.alias("text").to_frame().lazy().select(work.alias("text"))
    return asked.collect(engine="streaming" if len(texts) > _MANY else "in-memory").to_series()


def clean_texts(labels: pl.Series) -> pl.Series:
    """Return `clean_text` of every label; the few that are not plain letters take the slow road one by one."""
    plain = labels.str.contains(_PLAIN)
    cleaned = on_all_cores(
        labels,
        pl.col("text")
        .str.to_uppercase()
        .str.replace_all(_NOT_TEXT.pattern, " ")
        .str.replace_all(_GLUED, "$1 $2")
        .str.replace_all(_DOTTED, "$1$2$3")
        .str.strip_chars(" "),
    )
    if plain.all():
        return cleaned
    odd = labels.filter(~plain).unique()
    slow = pl.Series([clean_text(label) for label in odd.to_list()], dtype=pl.String)
    return (
        labels.to_frame("label")
        .select(pl.when(plain).then(cleaned).otherwise(pl.col("label").replace_strict(odd, slow, default="")))
        .to_series()
    )
