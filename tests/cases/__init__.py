"""Worked cases that a pharmacist and an insurer can sign."""
