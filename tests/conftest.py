"""What tests share: a desk that takes tables along the real path, and one stable profile for random worlds."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.worlds import Desk

# The same examples in every run, so that a red build is about the change and not about luck.
settings.register_profile(
    "house", derandomize=True, deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk that works in a folder of its own."""
    return Desk(tmp_path)
