"""The tiny site, a clock that stands still and a visitor, for every test of the page cache."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.config.page_cache import site as tiny
from tests.config.page_cache.site import HOSTS, Clock, Scene, Visitor, build, connections_left_open


@pytest.fixture(autouse=True)
def scene(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """The tiny site, with the middleware that could spoil a page: languages and redirects."""
    settings.ROOT_URLCONF = "tests.config.page_cache.site"
    settings.ALLOWED_HOSTS = HOSTS
    settings.MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
    ]
    fresh = Scene()
    monkeypatch.setattr(tiny, "scene", fresh)
    yield fresh
    if fresh.gate is not None:
        fresh.gate.set()


@pytest.fixture(autouse=True)
def connections_left_alone() -> Iterator[None]:
    with connections_left_open():
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(clock: Clock) -> Visitor:
    return build(clock=clock)
