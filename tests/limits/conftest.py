"""Nothing counted or remembered from the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings

from campaigns.limit_counting import counts
from campaigns.limits import day_key, forget_day_key
from campaigns.petitions.allowed_networks import forget_allowed
from campaigns.petitions.confirm_rates import forget_unconfirmed
from campaigns.petitions.flood_incidents import forget_incidents
from config.body_gate import BodyGate
from tests.petitions.conftest import keystore, live_petition, petition
from tests.petitions_pages.visitor import Visitor

__all__ = ["keystore", "live_petition", "petition"]

HOME = "203.0.113.7"


def forget() -> None:
    forget_day_key()
    forget_incidents()
    forget_allowed()
    forget_unconfirmed()
    counts.forget()


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def low_limits(settings: Settings, db: None) -> Settings:
    """Three posts, then more is asked; six, then only work passes. Little work. The day's key is known, as it is a
    second after a process has started."""
    day_key()
    settings.LIMIT_SOFT, settings.LIMIT_HARD, settings.LIMIT_SUBJECT = 3, 6, 1000
    settings.PROOF_COST = 1
    settings.TRUSTED_PROXIES, settings.KNOWS_NETWORKS = (), True
    return settings


@pytest.fixture
def visitor() -> Visitor:
    """Comes from HOME."""
    return Visitor(BodyGate(WSGIHandler()), environ={"REMOTE_ADDR": HOME})
