"""The command `formulary`: it reads what was typed, calls the same functions as the API, and shows the answer."""

from .commands import main, run

__all__ = ["main", "run"]
