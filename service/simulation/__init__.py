"""`formulary simulate`: a draft scheme on lines of the past, in numbers, sentences and pictures."""

from .door import Draft, Simulated, simulate_files

__all__ = ["Draft", "Simulated", "simulate_files"]
