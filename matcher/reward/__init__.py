"""What each payee is owed, by which rule, worked out in whole numbers and told step by step."""

from .facts import RewardFacts
from .owed import reward_prescribers

__all__ = ["RewardFacts", "reward_prescribers"]
