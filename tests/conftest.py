"""What every test's database needs."""

from __future__ import annotations

import hypothesis
import pytest
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker

from campaigns.limits import forget_day_key

# No test fails because the machine was busy.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Between tests that commit, Django empties every table. The audit log refuses that, so only here it may."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE editorial_auditentry DISABLE TRIGGER never_emptied")
        connection.close()


@pytest.fixture(autouse=True)
def nothing_left() -> None:
    """A request leaves its language active in its thread, and a process knows the key of the day: not the next test."""
    translation.deactivate()
    forget_day_key()
