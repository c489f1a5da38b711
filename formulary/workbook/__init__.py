"""A rules folder as one workbook: a sheet a table, read defensively, written so that nothing is lost on the way."""

from .source import SheetFault, Workbook, open_rules
from .writing import Written, write_workbook

__all__ = ["SheetFault", "Workbook", "Written", "open_rules", "write_workbook"]
