"""Any product list in CSV becomes a catalogue, by headers in Dutch or English."""

from pathlib import Path

from .delivery import Delivery, Imported
from .text_table import catalogue_of, read_text_table


def import_csv(path: Path) -> Imported:
    """Return the catalogue of a CSV file; raise DeliveryInvalid with every fault in it.

    Required are a product name and an ATC code; headers that nobody knows are named in the answer.
    """
    delivery = Delivery(path.name)
    return catalogue_of(delivery, path.name, read_text_table(delivery, path, "csv"))
