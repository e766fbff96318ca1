"""What the start-up check says of a database server."""

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import override_settings


@pytest.mark.django_db
def test_the_embedded_server_passes() -> None:
    if not connection.settings_dict.get("EMBEDDED_DIR"):
        pytest.skip("another server's settings are its operator's")
    assert run_checks(tags=["database"], databases=["default"]) == []


@pytest.mark.django_db
def test_too_many_connections_and_a_talkative_log_are_named() -> None:
    with override_settings(PROCESSES=1000), connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_min_error_statement = 'error'")
        found = {message.id: message for message in run_checks(tags=["database"], databases=["default"])}
    assert "upstander.E003" in found
    assert "DATABASE_POOL_SIZE" in str(found["upstander.E003"].hint)
    assert "log_min_error_statement = panic" in str(found["upstander.W001"].hint)


@pytest.mark.parametrize("known", [True, False])
def test_a_site_that_cannot_tell_networks_apart_is_named(known: bool) -> None:
    with override_settings(KNOWS_NETWORKS=known):
        found = [message.id for message in run_checks(tags=["security"], include_deployment_checks=True)]
    assert ("upstander.W002" in found) is not known
