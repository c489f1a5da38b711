"""Read one written value as what it means: dates, numbers, amounts, yes and no, as Dutch exports write them.

Most values of a file are written plainly. `mostly` reads those the cheap way, and only what is left the long way.
"""

from datetime import date

import polars as pl

from formulary import bsn

_ISO, _OTHER_FORMATS = "%Y-%m-%d", ("%d-%m-%Y", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y")
# A spreadsheet counts days from here (its 1900 is wrongly a leap year, so from two days earlier).
_SPREADSHEET_DAY_ZERO = pl.date(1899, 12, 30)
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
# `1.234` may be a thousand or little more than one: three digits after a point are refused unless it starts with 0.
_WHOLE_OR_DECIMAL = r"^-?(\d+|\d+,\d{1,3}|\d{1,3}(\.\d{3})+,\d{1,3}|\d+\.\d{1,2}|0\.\d{3})$"
_EUROS = r"^-?(\d+|\d+[.,]\d{1,2}|\d{1,3}(\.\d{3})+,\d{1,2})$"
_NINE_DIGITS = 100_000_000
_REMEMBERED = 10_000  # distinct texts of a column that were read the long way
_YES, _NO = ("J", "JA", "Y", "YES", "TRUE", "WAAR", "1", "E"), ("N", "NEE", "NO", "FALSE", "ONWAAR", "0", "H")


def mostly(name: str, plain: pl.Expr, rest: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return the column read by `plain`, and by `rest` where that gives nothing; both speak of a column `name`."""
    pair = pl.struct(plain.cast(dtype, strict=False).alias("read"), pl.col(name).alias("written"))
    return pair.map_batches(LongWay(name, rest, dtype), return_dtype=dtype, is_elementwise=True).alias(name)


class LongWay:
    """Reads by `rest` what was written and not read yet, a batch at a time; a text is read once."""

    def __init__(self, name: str, rest: pl.Expr, dtype: pl.DataType) -> None:
        """Know the column and how to read it; what was read is known once a batch has been."""
        self._name, self._rest, self._dtype = name, rest, dtype
        self._known = pl.DataFrame(schema={name: pl.String(), "told": dtype})

    def __call__(self, pair: pl.Series) -> pl.Series:
        """Return a batch of `read` completed from `written`."""
        read, written = pair.struct.field("read"), pair.struct.field("written")
        if read.null_count() == written.null_count():
            return read
        rows = (read.is_null() & written.is_not_null()).arg_true()
        left = written.gather(rows).alias(self._name).to_frame()
        known = self._told(left)
        return read.scatter(rows, left.join(known, on=self._name, how="left", maintain_order="left")["told"])

    def _told(self, texts: pl.DataFrame) -> pl.DataFrame:
        known = self._known
        new = texts.join(known, on=self._name, how="anti").unique()
        if not new.is_empty():
            known = known.vstack(new.with_columns(self._rest.cast(self._dtype, strict=False).alias("told")))
            # Batches are read side by side: the worst that can happen is that one is forgotten and read again.
            if known.height <= _REMEMBERED:
                self._known = known
        return known


def as_text(name: str) -> pl.Expr:
    """Return the column without spaces around it; nothing but spaces is nothing."""
    return pl.col(name).str.strip_chars().replace("", None)


def as_date(name: str) -> pl.Expr:
    """Return the column as dates: ISO, day first, eight digits, or the day count of a spreadsheet; 1990 to 2099."""
    text = pl.col(name).str.strip_chars()
    # A date with a time of day (`2026-01-05 00:00:00`, `2026-01-05T...`) counts as its day.
    day = pl.when(text.str.contains(r"^\d{4}-\d\d-\d\d[T ]")).then(text.str.head(10)).otherwise(text)
    serial = pl.when(text.str.contains(r"^[2-7]\d{4}(\.0+)?$")).then(text.str.head(5)).cast(pl.Int32)
    others = [day.str.to_date(form, strict=False) for form in (_ISO, *_OTHER_FORMATS)]
    plain = _plausible(pl.col(name).str.to_date(_ISO, strict=False))
    rest = _plausible(pl.coalesce(*others, _SPREADSHEET_DAY_ZERO + pl.duration(days=serial)))
    return mostly(name, plain, rest, pl.Date())


def _plausible(day: pl.Expr) -> pl.Expr:
    return pl.when(day.is_between(_FIRST_DAY, _LAST_DAY)).then(day)


def as_decimal(name: str) -> pl.Expr:
    """Return the column as numbers of three decimals, written with a comma or a point."""
    text = pl.col(name).str.strip_chars()
    number = pl.when(text.str.contains(_WHOLE_OR_DECIMAL) & _is_no_person(text)).then(_with_point(text))
    return mostly(name, _short_number(name), number.str.to_decimal(scale=3), pl.Decimal(18, 3))


def as_whole_cents(name: str) -> pl.Expr:
    """Return the column as whole cents."""
    text = pl.col(name).str.strip_chars()
    is_whole = text.str.contains(r"^-?\d{1,15}(\.0+)?$") & _is_no_person(text)
    whole = pl.when(is_whole).then(text.str.replace(r"\.0+$", ""))
    return mostly(name, _short_number(name), whole.cast(pl.Int64), pl.Int64())


def as_euros(name: str) -> pl.Expr:
    """Return a column of euros as whole cents: comma or point, at most two decimals, with or without a sign of euro."""
    amount = pl.col(name).str.replace_all(r"[\s€]", "")
    euros = (
        pl.when(amount.str.contains(_EUROS) & _is_no_person(amount)).then(_with_point(amount)).str.to_decimal(scale=2)
    )
    cents = (euros.cast(pl.Decimal(18, 2), strict=False) * 100).cast(pl.Int64, strict=False)
    return mostly(name, pl.lit(None, pl.Int64()), cents, pl.Int64())


def _short_number(name: str) -> pl.Expr:
    # Of nine digits and more it is asked whether they are an amount at all.
    number = pl.col(name).cast(pl.Int64, strict=False)
    return pl.when(number.abs() < _NINE_DIGITS).then(number)


def _is_no_person(text: pl.Expr) -> pl.Expr:
    """Return whether digits are no citizen service number, which a shifted column puts among the amounts."""
    return ~bsn.has_valid_test(text.str.extract(r"^-?(\d{9})(?:[.,]0*)?$", 1)).fill_null(value=False)


def _with_point(text: pl.Expr) -> pl.Expr:
    has_comma = text.str.contains(",", literal=True)
    without_thousands = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    return pl.when(has_comma).then(without_thousands).otherwise(text)


def as_digits(name: str, length: int) -> pl.Expr:
    """Return the column as exactly `length` digits, zeros put back before shorter numbers; the rest is nothing."""
    text = pl.col(name).str.strip_chars()
    digits = pl.when(text.str.contains(rf"^\d{{1,{length}}}$")).then(text.str.zfill(length))
    return mostly(name, pl.lit(None, pl.String()), digits, pl.String())


def as_year(name: str) -> pl.Expr:
    """Return the year in the column, of a year or of a whole date."""
    year = pl.col(name).str.extract(r"(?:^|\D)((?:19|20)\d\d)(?:\D|$)").cast(pl.Int16)
    eight_digits = pl.col(name).str.extract(r"^\s*((?:19|20)\d\d)[01]\d[0-3]\d\s*$").cast(pl.Int16)
    return mostly(name, pl.lit(None, pl.Int16()), pl.coalesce(year, eight_digits), pl.Int16())


def as_yes_or_no(name: str) -> pl.Expr:
    """Return the column as true or false: J/N, ja/nee, yes/no, 1/0, E(erste)/H(erhaling)."""
    word = pl.col(name).str.strip_chars().str.to_uppercase()
    answer = pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False)
    return mostly(name, pl.lit(None, pl.Boolean()), answer, pl.Boolean())
