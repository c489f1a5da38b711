"""Runs as released versions recorded them, each with its lines, rules and key: worked out again they are the same."""
