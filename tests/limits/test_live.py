"""Two real web processes behind what claims to be a proxy: what they count together, and whom they believe."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from config.embedded import Cluster
from tests.benchmarks.sign_http import SLUG, site
from tests.config.server_users import open_directory

SOFT, HARD = 8, 60
LIMITS = {"UPSTANDER_LIMIT_SOFT": str(SOFT), "UPSTANDER_LIMIT_HARD": str(HARD)}


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Files and database of the demo, its server kept running between the tests."""
    with open_directory() as directory:
        cluster = Cluster(directory / "postgresql")
        cluster.start()
        yield directory
        cluster.release()


def sign(port: int, text: str, number: int, *forwarded: str) -> int:
    """The status of a post over a connection of its own, so that any process may take it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = urlencode({"name": "Ada", "email": f"n{number}@example.org", "country": "GB", "text": text})
    connection.putrequest("POST", f"/en/petitions/{SLUG}/sign/")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", str(len(body)))
    for value in forwarded:
        connection.putheader("X-Forwarded-For", value)
    connection.endheaders(body.encode())
    status = connection.getresponse().status
    connection.close()
    return status


def until_refused(port: int, text: str, *forwarded: str, most: int = 60) -> int:
    """How many posts were taken before the first 429; a moment between them, so that processes tell each other."""
    for number in range(most):
        if (status := sign(port, text, number, *forwarded)) != 303:
            assert status == 429
            return number
        time.sleep(0.3)
    return most


def test_two_processes_count_together_and_believe_no_stranger(directory: Path) -> None:
    with site(directory, LIMITS) as (port, text):
        taken = until_refused(port, text)
        assert SOFT <= taken <= SOFT + 6
        time.sleep(1.5)  # the other process learns it as well
        for forged in ("198.51.100.1", "198.51.100.2, 192.0.2.1", "not an address", "", "127.0.0.1", "::1"):
            assert sign(port, text, 99, forged) == 429


def test_only_the_trusted_proxys_word_counts(directory: Path) -> None:
    with site(directory, {**LIMITS, "TRUSTED_PROXIES": "127.0.0.1"}) as (port, text):
        assert SOFT <= until_refused(port, text, "203.0.113.9") <= SOFT + 6
        time.sleep(1.5)
        assert sign(port, text, 98, "198.51.100.1, 203.0.113.9") == 429, "what the client claimed stands further left"
        assert sign(port, text, 97, "198.51.100.1", "203.0.113.9") == 429, "the same in two header lines"
        assert sign(port, text, 96, "198.51.100.1") == 303
        for odd in ("unknown", "", ",,,", "[2001:db8::1]:443", "203.0.113.300", "1" * 5000):
            assert sign(port, text, 95, odd) in {303, 429}
