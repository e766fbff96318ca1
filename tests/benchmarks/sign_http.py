"""How many signatures a second the site accepts over HTTP, against pgbench's single inserts of the same row.

    python -m tests.benchmarks.sign_http [--seconds 10] [--rounds 3] [--connections 32]

Both write to the same embedded server, in turn, so that both meet the same minute of the machine. The site runs whole:
granian with two processes, gate, page cache, Django, sealing and the one statement; every accepted post is counted by
its 303 and compared with the rows stored. pgbench writes the same columns into a table with the same indexes and
storage, one committed insert at a time. Load generator, web server and database share the machine's cores.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

from config.embedded import Cluster
from config.embedded_programs import program
from tests.browser.conftest import ROOT, clean_environment, free_port
from tests.config.server_users import open_directory

SLUG = "stop-the-trade-in-spyware"
AIM = 0.15
# All posts come from one address here: it is given as much as it likes.
UNLIMITED = {
    "UPSTANDER_LIMIT_SOFT": "1000000",
    "UPSTANDER_LIMIT_HARD": "100000000",
    "UPSTANDER_LIMIT_PETITION": "1000000000",
    "UPSTANDER_LIMIT_CONFIRMED": "0",
}
INSERT = """\\set n random(1, 1000000000)
INSERT INTO signature_baseline (petition_id, email_key, name_key, seed, blob, country, lang, text_id, mail_due_at)
VALUES (1, decode(md5(:n || '-' || :client_id || random()), 'hex'), substr(decode(md5(:n || 'b'), 'hex'), 1, 8),
        decode(md5(:n || 'c'), 'hex'), decode(repeat(md5(:n || 'd'), 10), 'hex'), 'BE', 'en', 1, now());
"""


def drive(port: int, text: str, seconds: float, connections: int) -> dict[str, float]:
    """Post from a process of its own on so many connections at once."""
    command = [sys.executable, "-m", "tests.benchmarks.post_load", str(port), f"/en/petitions/{SLUG}/sign/", text]
    result = subprocess.run(
        [*command, str(seconds), str(connections)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    answer: dict[str, float] = json.loads(result.stdout)
    return answer


@contextlib.contextmanager
def site(directory: Path, settings: Mapping[str, str] = UNLIMITED) -> Iterator[tuple[int, str]]:
    """The demo's content behind granian, without worker; its port and the hash of the wording to sign."""
    port = free_port()
    environment = {
        **clean_environment(),
        "UPSTANDER_DEMO": "1",
        "UPSTANDER_VAR": str(directory),
        "UPSTANDER_ORIGIN": f"http://127.0.0.1:{port}",
        **settings,
    }
    subprocess.run([sys.executable, "manage.py", "prepare_demo"], cwd=ROOT, env=environment, check=True)
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "2", "--no-access-log", "--log-level", "error"),
        "config.wsgi:application",
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield port, _text_of_page(port)
    finally:
        server.terminate()
        server.wait(20)


def _text_of_page(port: int) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", f"/en/petitions/{SLUG}/")
            found = re.search(r'name="text"\s+value="([0-9a-f]{64})"', connection.getresponse().read().decode())
            if found:
                return found[1]
        time.sleep(0.1)
    sys.exit("the petition's page did not come")


def pgbench(cluster: Cluster, seconds: int, connections: int) -> float:
    """Single committed inserts a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(INSERT)
        script.flush()
        result = subprocess.run(
            [
                *(str(program("pgbench")), "-n", "-M", "prepared", "-c", str(connections), "-j", "1"),
                *("-T", str(seconds), "-f", script.name, "-h", cluster.host, "-p", str(cluster.port)),
                *("-U", cluster.user, cluster.database),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    found = re.search(r"tps = ([\d.]+)", result.stdout)
    assert found, result.stdout
    return float(found[1])


def main() -> None:
    """Rounds in turn; prints each and the median of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    with open_directory() as directory:
        cluster = Cluster(directory / "postgresql")
        cluster.start()
        with site(directory) as (port, text), psycopg.connect(cluster.dsn, autocommit=True) as database:
            database.execute("CREATE TABLE signature_baseline (LIKE signature INCLUDING ALL) WITH (fillfactor = 80)")
            measure(options, cluster, port, text, database)
        cluster.release()


def measure(options: argparse.Namespace, cluster: Cluster, port: int, text: str, database: psycopg.Connection) -> None:
    """Drive both in turn and compare accepted with stored."""
    drive(port, text, 2, options.connections)
    ratios = []
    for number in range(1, options.rounds + 1):
        before = _rows(database)
        site_round = drive(port, text, options.seconds, options.connections)
        stored = _rows(database) - before
        baseline = pgbench(cluster, options.seconds, options.connections)
        ratios.append(site_round["rate"] / baseline)
        print(json.dumps({"round": number, **site_round, "stored": stored, "pgbench": baseline}))
        if stored < site_round["accepted"]:
            sys.exit(f"{site_round['accepted'] - stored:.0f} accepted signatures were not stored")
    print(f"signatures over HTTP / pgbench inserts, median: {statistics.median(ratios):.3f} (aim {AIM})")


def _rows(database: psycopg.Connection) -> int:
    row = database.execute("SELECT count(*) FROM signature").fetchone()
    assert row
    return int(row[0])


if __name__ == "__main__":
    main()
