"""Whether a claim file is whole: its records in order and of one length, and its trailer true to what it holds."""

import polars as pl

from ..errors import FileUnusable
from .layout import ClaimLayout

_DEBTOR = "03"
_COUNTED = {
    "insured_records": "insured",
    "performance_records": "performance",
    "comment_records": "comment",
}


def check_whole(
    records: pl.LazyFrame, trailer: pl.DataFrame, stranger: int | None, layout: ClaimLayout, where: str
) -> None:
    """Raise FileUnusable with the first thing that makes the file unsound, or with all that is miscounted.

    `stranger` is the line of a performance of somebody else than the insured person before it, if there is one.
    """
    codes = {name: record.code for name, record in layout.records.items()}
    kinds = [*codes.values(), _DEBTOR]
    whole = records.filter(pl.col("record").is_not_null()).with_columns(pl.col("record").shift().alias("before"))
    kind, length = pl.col("record"), layout.record_length
    is_detail = kind.is_in([codes["performance"], _DEBTOR])
    is_performance = kind == codes["performance"]
    wrong = {
        "CLAIM_LENGTH": (pl.col("length") != length) & (pl.col("bytes") != length),
        "CLAIM_RECORD_UNKNOWN": ~kind.is_in(kinds),
        "CLAIM_SECOND_HEADER": (kind == codes["header"]) & pl.col("before").is_not_null(),
        "CLAIM_AFTER_TRAILER": (pl.col("before") == codes["trailer"]).fill_null(value=False),
        "CLAIM_WITHOUT_INSURED": is_detail & pl.col("person").is_null(),
        "CLAIM_OTHER_INSURED": pl.col("line_no") == (stranger or 0),
        "CLAIM_AMOUNT_UNREADABLE": is_performance & pl.col("cents").is_null(),
    }
    seen = whole.select(
        *(pl.col("line_no").filter(is_wrong).min().alias(code) for code, is_wrong in wrong.items()),
        *((kind == code).sum().cast(pl.Int64).alias(code) for code in kinds),
        pl.when(is_performance).then("cents").cast(pl.Int128).sum().alias("cents"),
        pl.col("line_no").last().alias("last"),
    )
    told = seen.collect().row(0, named=True)
    lengths = whole.filter(pl.col("line_no") == (told["CLAIM_LENGTH"] or 0)).select("length").collect()["length"]
    for code in wrong:
        if told[code] is not None:
            found = {"found": lengths[0], "wanted": length, "version": layout.version} if len(lengths) else {}
            raise FileUnusable(code, where, line=told[code], **found)
    if trailer.is_empty():
        raise FileUnusable("CLAIM_NO_TRAILER", where, line=told["last"])
    _check_trailer(trailer.row(0, named=True), told, layout, where)


def _check_trailer(trailer: dict[str, int | None], told: dict[str, int], layout: ClaimLayout, where: str) -> None:
    counted = {name: told[layout.records[kind].code] for name, kind in _COUNTED.items()}
    counted["debtor_records"] = told[_DEBTOR]
    counted["detail_records"] = sum(counted.values())
    fields = layout.records["trailer"].named
    differ = [
        f"{fields[name].number} {fields[name].element}: {_shown(trailer[name])} / {found}"
        for name, found in counted.items()
        # A count that has outgrown its field is compared by the places that it has.
        if trailer[name] != found % 10 ** fields[name].length
    ]
    if trailer["cents"] != told["cents"]:
        amount = fields["amount"]
        differ.append(f"{amount.number} {amount.element} (cent): {_shown(trailer['cents'])} / {told['cents']}")
    if differ:
        raise FileUnusable("CLAIM_MISCOUNTED", where, line=told["last"], differ="; ".join(differ))


def _shown(number: int | None) -> str:
    return "?" if number is None else str(number)
