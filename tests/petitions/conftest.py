"""A keystore of its own for each test, and no petition remembered from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import forget_petitions
from tests.petitions.cast import make_petition


@pytest.fixture(autouse=True)
def keystore(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.KEYSTORE = tmp_path / "keystore"
    forget_petitions()
    yield settings.KEYSTORE
    forget_petitions()


@pytest.fixture
def petition(db: None) -> Petition:
    return make_petition()


@pytest.fixture
def live_petition(transactional_db: None) -> Petition:
    """For tests in which several connections meet, or in which a statement must commit."""
    return make_petition()
