"""Malformed files of every kind, made from a seed, with what must become of each."""
