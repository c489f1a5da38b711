"""Payment of an approved run: accounts of payees, the order, and its files for the administration and the bank."""

from .accounts import AccountsUnusable, read_accounts
from .export import Exported, Wanted, export_run
from .order import Payer

__all__ = ["AccountsUnusable", "Exported", "Payer", "Wanted", "export_run", "read_accounts"]
