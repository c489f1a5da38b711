"""What other rules would change, for a committee: what is said otherwise, and whose score that moves."""

from . import told
from .door import Comparison, compare_rules, suspicions_on_lines

__all__ = ["Comparison", "compare_rules", "suspicions_on_lines", "told"]
