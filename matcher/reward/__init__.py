"""What each payee is owed, by which rule, worked out in whole numbers and told step by step."""

from .earnings import POINT_PARTS, earned
from .exact import WIDE
from .facts import RewardFacts
from .measure import ON_INDICATOR, valued
from .owed import reward_prescribers, worked_out

__all__ = ["ON_INDICATOR", "POINT_PARTS", "WIDE", "RewardFacts", "earned", "reward_prescribers", "valued", "worked_out"]
