"""What a draft scheme would have done on past lines: whom it pays, by how much, near which edges, and by what luck."""

from .luck import Chance, Luck
from .simulate import WHAT_IFS, Simulation, simulate

__all__ = ["WHAT_IFS", "Chance", "Luck", "Simulation", "simulate"]
