"""The one known word that a misspelt or shortened word must mean, or none; nothing else uses rapidfuzz."""

from .near_words import NearWords
from .similar import Similar, distance_allowed, unsure

__all__ = ["NearWords", "Similar", "distance_allowed", "unsure"]
