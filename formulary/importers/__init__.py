"""Where a catalogue comes from: a product list of one's own, the Dutch register, or a licensed G-Standaard delivery."""

from .csv_list import import_csv
from .delivery import DeliveryFault, DeliveryInvalid, Imported
from .gstandaard import import_gstandaard
from .history import with_history
from .register import import_register

__all__ = [
    "DeliveryFault",
    "DeliveryInvalid",
    "Imported",
    "import_csv",
    "import_gstandaard",
    "import_register",
    "with_history",
]
