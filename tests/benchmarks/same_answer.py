"""Whether the time of an answer tells who has signed: new, repeated, confirmed and third people, post by post in turn.

    python -m tests.benchmarks.same_answer [--posts 400]

Prints the median of each and the largest difference between two medians.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import time
from urllib.parse import urlencode

import psycopg

from config.embedded import Cluster
from tests.benchmarks.sign_http import SLUG, site
from tests.config.server_users import open_directory

CONFIRM = """UPDATE signature s SET state = 1, slot = 1, confirmed_at = now(), mail_due_at = NULL
             FROM (SELECT min(id) AS id FROM signature WHERE id > %s GROUP BY petition_id, email_key) f
             WHERE s.id = f.id"""


class Poster:
    """One kept connection that posts and measures."""

    def __init__(self, port: int, text: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.text = text

    def post(self, name: str, email: str) -> float:
        """Milliseconds until the answer was read; it must be a signature's 303."""
        form = urlencode({"name": name, "email": email, "country": "BE", "text": self.text})
        start = time.perf_counter()
        self.connection.request(
            "POST", f"/en/petitions/{SLUG}/sign/", form, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 303, answer.status
        return (time.perf_counter() - start) * 1000


def measure(poster: Poster, database: psycopg.Connection, posts: int) -> dict[str, list[float]]:
    """The four kinds in turn, so that all meet the same minute of the machine."""
    stamp = os.urandom(6).hex()
    row = database.execute("SELECT coalesce(max(id), 0) FROM signature").fetchone()
    assert row
    for number in range(posts):
        poster.post("Ada One", f"{stamp}.confirmed{number}@example.org")
    database.execute(CONFIRM, row)
    for number in range(posts):
        for name in ("Ada One", "Ben Two"):
            poster.post(name, f"{stamp}.known{number}@example.org")
    times: dict[str, list[float]] = {"new": [], "repeated": [], "third person": [], "confirmed": []}
    for number in range(posts):
        times["new"].append(poster.post("Ada One", f"{stamp}.new{number}@example.org"))
        times["repeated"].append(poster.post("Ada One", f"{stamp}.known{number}@example.org"))
        times["third person"].append(poster.post("Cy Three", f"{stamp}.known{number}@example.org"))
        times["confirmed"].append(poster.post("Ada One", f"{stamp}.confirmed{number}@example.org"))
    return times


def main() -> None:
    """Run the site, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=400)
    options = parser.parse_args()
    with open_directory() as directory:
        cluster = Cluster(directory / "postgresql")
        cluster.start()
        with site(directory) as (port, text), psycopg.connect(cluster.dsn, autocommit=True) as database:
            times = measure(Poster(port, text), database, options.posts)
        cluster.release()
    medians = {kind: statistics.median(values) for kind, values in times.items()}
    for kind, median in medians.items():
        quartiles = statistics.quantiles(times[kind])
        print(f"{kind:<13} median {median:.3f} ms, quartiles {quartiles[0]:.3f} to {quartiles[2]:.3f} ms")
    print(f"largest difference of medians: {max(medians.values()) - min(medians.values()):.3f} ms")


if __name__ == "__main__":
    main()
