"""What one set of rules says otherwise than another: what is new, gone, re-ranked or worded differently, and why."""

from .always import in_force_always
from .between import changes_between
from .change import Change, ChangeKind

__all__ = ["Change", "ChangeKind", "changes_between", "in_force_always"]
