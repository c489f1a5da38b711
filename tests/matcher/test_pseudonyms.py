"""A pseudonym is what the standard makes of patient and key, whatever we do to make many of them quickly."""

import hmac
from base64 import urlsafe_b64encode

import polars as pl
import pytest

from matcher.pseudonyms import pseudonyms_of

PATIENTS = ["111222333", "P-1", "é" * 40, "x" * 200]


@pytest.mark.parametrize("length", [32, 64, 65, 200])
def test_a_pseudonym_is_twelve_bytes_of_the_hmac(length: int) -> None:
    key = bytes(range(length))
    digests = [hmac.digest(key, patient.encode(), "sha256")[:12] for patient in PATIENTS]
    assert pseudonyms_of(pl.Series(PATIENTS), key).to_list() == [f"ps-{urlsafe_b64encode(d).decode()}" for d in digests]
