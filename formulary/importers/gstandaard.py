"""A licensed G-Standaard delivery becomes a catalogue: article, trade, prescription and generic product in one row.

The chain: ZI -> HPK (file 004) -> PRK (031) -> GPK (052) -> ATC, form, route, strength (711), names by number (020),
form and route in words by the thesauri (902). None of the data may be handed on. The positions are in `layouts.toml`;
those of file 004 are assumed there, and the file descriptions that come with a delivery decide.
"""

from pathlib import Path

import polars as pl

from ..codes import atc
from ..frames import CATALOGUE, conform
from .delivery import Delivery, DeliveryInvalid, Imported
from .fixed_width import read_records, setting

_KINDS = ("article", "name", "trade_product", "prescription_product", "generic_product", "thesaurus")


def import_gstandaard(folder: Path) -> Imported:
    """Return the catalogue of a folder with a delivery's files; raise DeliveryInvalid with every fault in them.

    An article whose trade product or name is not in the delivery is left out and counted.
    """
    if not folder.is_dir():
        raise DeliveryInvalid("NOT_A_FOLDER", folder.name)
    delivery = Delivery(folder.name)
    records = {kind: read_records(delivery, folder, kind) for kind in _KINDS}
    delivery.refuse_faults()
    chained = _chained(records)
    named = chained.filter(pl.col("product_name").fill_null("") != "")
    delivery.counts["products"] = named.height
    delivery.counts["nameless"] = chained.height - named.height
    full_code = atc.compacted(pl.col("atc"))
    delivery.counts["atc_refused"] = named.filter(pl.col("atc") != "", full_code.is_null()).height
    catalogue = named.lazy().with_columns(
        full_code,
        pl.lit(None, pl.Date()).alias("valid_from"),
        pl.lit(None, pl.Date()).alias("valid_until"),
    )
    return Imported(conform(_empty_as_null(catalogue), CATALOGUE).collect(), dict(delivery.counts))


def _chained(records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    names = records["name"].select("name_no", "label_name", product_name="full_name")
    stems = records["name"].select(stem_no="name_no", substances=pl.col("full_name").str.replace_all(" */ *", "|"))
    chain = records["article"]
    for step, key in (
        (records["trade_product"], ["hpk"]),
        (names, ["name_no"]),
        (records["prescription_product"], ["prk"]),
        (records["generic_product"], ["gpk"]),
        (stems, ["stem_no"]),
        (_texts(records["thesaurus"], "form"), ["form_no"]),
        (_texts(records["thesaurus"], "route"), ["route_no"]),
    ):
        chain = chain.join(step, on=key, how="left", validate="m:1", maintain_order="left")
    return chain


def _texts(thesaurus: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return number and text of one list of the thesauri; the long text where it is given."""
    of_list = thesaurus.filter(pl.col("list_no").cast(pl.Int32, strict=False) == setting("thesaurus", f"{kind}_list"))
    text = pl.when(pl.col("text_50") != "").then("text_50").otherwise("text_25")
    # The generic product has three positions for a number that takes six here.
    return of_list.select(pl.col("item_no").str.tail(3).alias(f"{kind}_no"), text.alias(kind)).unique(
        f"{kind}_no", keep="first", maintain_order=True
    )


def _empty_as_null(catalogue: pl.LazyFrame) -> pl.LazyFrame:
    return catalogue.with_columns(pl.col(pl.String()).replace("", None))
