"""What to do: the few changes of choice that would do most for a score, what each does to it, and what it saves a year.

Only deviations that are the prescriber's own are looked at; nobody is told to mend what another decided.
"""

from .again import AdviceOfDays, advice_of_days
from .behind import lines_of_switch
from .find import switches_of, total_savings

__all__ = ["AdviceOfDays", "advice_of_days", "lines_of_switch", "switches_of", "total_savings"]
