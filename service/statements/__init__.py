"""The statement of a payee: why the amount is what it is, on one page, with the lines behind it."""

from .content import statement_of
from .files import FORMATS, write_statements

__all__ = ["FORMATS", "statement_of", "write_statements"]
