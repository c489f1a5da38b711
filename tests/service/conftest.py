"""One service for all tests that only ask it questions: warming the engine takes longer than answering."""

import pytest
from fastapi.testclient import TestClient

from .serving import serve


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return serve(tmp_path_factory.mktemp("serving"))
