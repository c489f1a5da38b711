"""What is legal in a rule book but suspicious: told with its place and a way to mend it, never refused."""

from .all_suspicions import lint
from .suspicion import Suspicion

__all__ = ["Suspicion", "lint"]
