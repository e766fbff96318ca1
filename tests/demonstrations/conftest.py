"""A keystore of its own for each test, and demonstrations to come to."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from campaigns.demonstrations.demonstrations import Demonstration
from tests.demonstrations.cast import make_demonstration


@pytest.fixture(autouse=True)
def keystore(settings: Settings, tmp_path: Path) -> Path:
    settings.KEYSTORE = tmp_path / "keystore"
    return Path(settings.KEYSTORE)


@pytest.fixture
def demonstration(db: None) -> Demonstration:
    return make_demonstration()


@pytest.fixture
def live_demonstration(transactional_db: None) -> Demonstration:
    """For tests in which several connections meet, or in which a statement must commit."""
    return make_demonstration()
