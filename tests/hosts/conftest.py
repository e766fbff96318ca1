"""The whole site as the web server runs it, asked by host name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings

from campaigns.petitions.petitions import Petition
from config.wsgi import in_front_of, kept_pages
from tests.petitions.conftest import keystore, live_petition, petition
from tests.petitions_pages.visitor import Visitor

__all__ = ["Settings", "keystore", "live_petition", "petition"]

PUBLIC, DESK, ONION = "act.example.org", "desk.example.org", "b32hidden.onion"
At = Callable[[str], Visitor]


@pytest.fixture
def at(settings: Settings, petition: Petition) -> At:
    """A visitor of a host; the site has one public host and an onion service."""
    settings.ORIGIN = f"https://{PUBLIC}"
    settings.OUR_ORIGINS = [settings.ORIGIN, f"http://{ONION}"]
    settings.PUBLIC_HOSTS = [PUBLIC, ONION]
    settings.ALLOWED_HOSTS = [*settings.PUBLIC_HOSTS, DESK]
    settings.SECURE = True
    settings.SECURE_HSTS_SECONDS = 31536000
    site = in_front_of(kept_pages(WSGIHandler()))
    return lambda host: Visitor(site, headers={"host": host})


@pytest.fixture
def own_desk(settings: Settings) -> None:
    """The desk has a host of its own."""
    settings.DESK_HOST = DESK
    settings.CSRF_TRUSTED_ORIGINS = []
