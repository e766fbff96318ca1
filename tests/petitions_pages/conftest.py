"""A petition of the friends of the river, and a visitor."""

from __future__ import annotations

import pytest
from django.core.handlers.wsgi import WSGIHandler

from config.body_gate import BodyGate
from config.short_way import ShortWay
from tests.petitions.conftest import keystore, live_petition, petition
from tests.petitions_pages.visitor import Visitor

__all__ = ["keystore", "live_petition", "petition"]


@pytest.fixture(scope="session")
def site() -> BodyGate:
    """The site without its page cache, so that each page is as new as its rows."""
    return BodyGate(ShortWay(WSGIHandler()))


@pytest.fixture
def visitor(site: BodyGate) -> Visitor:
    return Visitor(site)
