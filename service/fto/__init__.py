"""The pack of a pharmacotherapy meeting: positions of a group, what to discuss, what became of agreements."""

from .agreements import Agreement, AgreementsUnusable, is_reached, read_agreements
from .door import Asked, Written, write_pack

__all__ = ["Agreement", "AgreementsUnusable", "Asked", "Written", "is_reached", "read_agreements", "write_pack"]
