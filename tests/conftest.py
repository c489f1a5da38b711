"""What tests share: a desk that takes tables along the real path, and one stable profile for random worlds."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.worlds import Desk

# The same examples in every run, so that a red build is about the change and not about luck.
settings.register_profile(
    "house", derandomize=True, deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow]
)
# A thousand worlds, for a night: HYPOTHESIS_PROFILE=thorough.
settings.register_profile("thorough", settings.get_profile("house"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk that works in a folder of its own."""
    return Desk(tmp_path)
