"""Too many announcements from one network: an address or a proof of work, and nobody invents a crowd."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.demonstrations.demonstrations import Demonstration
from tests.demonstrations.cast import make_demonstration, rows
from tests.limits.test_signing_under_attack import HARD, SOFT, solved_in

pytestmark = pytest.mark.usefixtures("low_limits", "keystore")
URL = "/en/demonstrations/brussels/pledge/"


@pytest.fixture
def demonstration(db: None) -> Demonstration:
    return make_demonstration()


def come(client: Client, **said: Any) -> Any:
    return client.post(URL, {"size": "2", **said})


def test_a_pledge_that_counts_at_once_needs_work(client: Client, demonstration: Demonstration) -> None:
    assert [come(client).status_code for _ in range(SOFT)] == [200] * SOFT
    asked = come(client, nickname="Ada")
    assert asked.status_code == 429
    assert 1 <= int(asked.headers["Retry-After"]) <= 3600
    assert asked.headers["Cache-Control"] == "no-store"
    assert 'value="Ada"' in asked.content.decode()
    proof = solved_in(asked.content.decode())
    assert come(client, proof=proof).status_code == 200
    assert come(client, proof=proof).status_code == 429, "the same proof again"
    assert rows(demonstration).count() == SOFT + 1


def test_an_address_is_enough_up_to_the_upper_limit(client: Client, demonstration: Demonstration) -> None:
    answers = [come(client, email=f"n{number}@example.org").status_code for number in range(HARD + 1)]
    assert answers == [303] * HARD + [429]


def test_below_the_limit_nothing_more_is_asked_of_the_database(client: Client, demonstration: Demonstration) -> None:
    come(client)
    with CaptureQueriesContext(connection) as queries:
        come(client)
    assert not [query["sql"] for query in queries if "limit_" in query["sql"]]
