"""The peak: signatures a second over HTTP with mailer and sequencer at work, and pages while people sign.

    python -m tests.benchmarks.peak [--seconds 10] [--rounds 3] [--existing 10000] [--more 10000000]

The site runs whole, as docs/operator.md starts it, on the embedded database. Signing and pgbench's single inserts of
the same row (same columns, indexes and storage) are driven in turn, so that both meet the same minute of the machine;
each accepted post is counted by its 303 and compared with the rows stored. `--more` adds so many signatures and
measures again. The load comes from wrk where it is installed (`apt-get install wrk`: a client in C, as pgbench is),
else from a generator in Python that takes a share of the cores itself. Load, server and database share the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.rehearsal.stack import SLUG, Stack
from tests.benchmarks.sign_http import drive as python_drive
from tests.benchmarks.sign_http import pgbench
from tests.browser.conftest import ROOT
from tests.config.server_users import open_directory
from tests.smtp_server import running

AIM_RATE, AIM_RATIO, AIM_P99, AIM_GROWTH, AIM_READ = 1500, 0.15, 250.0, 1.1, 0.8
CONNECTIONS = 16
PATH = f"/en/petitions/{SLUG}/sign/"
FILL = """
INSERT INTO signature (petition_id, email_key, name_key, seed, blob, country, lang, text_id)
SELECT s.petition_id, decode(md5('e' || i || %s), 'hex'), substr(decode(md5('n' || i), 'hex'), 1, 8),
       decode(md5('s' || i), 'hex'), decode(repeat('ab', 157), 'hex'), 'NL', 'en', s.text_id
FROM generate_series(1, %s) i, (SELECT petition_id, text_id FROM signature ORDER BY id DESC LIMIT 1) s
"""
AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Result:
    """A figure and whether it is what it should be."""

    name: str
    figure: str
    aim: str
    met: bool


@dataclass(frozen=True)
class Rounds:
    """Medians over rounds."""

    rate: float
    ratio: float
    p99: float
    other: int


@contextmanager
def site() -> Iterator[tuple[Stack, str]]:
    """A whole site with a mail server that takes what comes, and the wording to sign."""
    with open_directory() as directory, running() as mail_server:
        stack = Stack(directory, mail_server.port)
        stack.environment["UPSTANDER_MAIL_RATE"] = "10"  # what an installation begins with
        try:
            stack.start()
            yield stack, stack.wait_until_serving()
        finally:
            stack.stop()


def drive(stack: Stack, text: str, seconds: float) -> dict[str, float]:
    """Post as fast as the site answers."""
    if not shutil.which("wrk"):
        return python_drive(stack.port, text, seconds, CONNECTIONS)
    told = {"POST_PATH": PATH, "POST_TEXT": text, "POST_STAMP": secrets.token_hex(6)}
    script = Path(__file__).with_name("post.lua")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", "-s", str(script)]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{stack.port}/"], env=os.environ | told, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(stack: Stack, text: str, database: psycopg.Connection, seconds: float, rounds: int) -> Rounds:
    """Signing and plain inserts in turn. Ends the run if an accepted signature is not there."""
    signed, plain = [], []
    for number in range(1, rounds + 1):
        before = rows(database)
        signed.append(drive(stack, text, seconds))
        stored = rows(database) - before
        plain.append(pgbench(stack.cluster, round(seconds), CONNECTIONS))
        print(json.dumps({"round": number, **signed[-1], "stored": stored, "pgbench": plain[-1]}), flush=True)
        if stored < signed[-1]["accepted"]:
            sys.exit(f"{signed[-1]['accepted'] - stored:.0f} accepted signatures were not stored")
    return Rounds(
        rate=statistics.median(one["rate"] for one in signed),
        ratio=statistics.median(one["rate"] / base for one, base in zip(signed, plain, strict=True)),
        p99=statistics.median(one["p99"] for one in signed),
        other=int(sum(one["other"] for one in signed)),
    )


def rows(database: psycopg.Connection) -> int:
    """How many signatures are stored: the identity's sequence may have gaps, so they are counted."""
    found = database.execute("SELECT count(*) FROM signature").fetchone()
    assert found
    return int(found[0])


def fill(database: psycopg.Connection, number: int) -> None:
    """So many signatures that are there already, unconfirmed and mailed."""
    for start in range(0, number, AT_ONCE):
        database.execute(FILL, [f"-{secrets.token_hex(4)}", min(AT_ONCE, number - start)])
        print(f"  {min(start + AT_ONCE, number):,} of {number:,} signatures made", flush=True)
    database.execute("VACUUM ANALYZE signature")
    database.execute("CHECKPOINT")


def write_path(options: argparse.Namespace) -> list[Result]:
    """Rate, ratio, tail and failures; with `--more` also how the cost grew."""
    with site() as (stack, text), stack.database() as database:
        database.execute("CREATE TABLE signature_baseline (LIKE signature INCLUDING ALL) WITH (fillfactor = 80)")
        drive(stack, text, 2)
        fill(database, options.existing)
        few = measure(stack, text, database, options.seconds, options.rounds)
        results = [
            Result("sign: accepted a second", f"{few.rate:,.0f}", f">= {AIM_RATE:,}", few.rate >= AIM_RATE),
            Result("sign: share of pgbench", f"{few.ratio:.3f}", f">= {AIM_RATIO}", few.ratio >= AIM_RATIO),
            Result("sign: p99", f"{few.p99:.0f} ms", f"< {AIM_P99:.0f} ms", few.p99 < AIM_P99),
            Result("sign: not accepted", f"{few.other}", "0", few.other == 0),
        ]
        if options.more:
            fill(database, options.more)
            many = measure(stack, text, database, options.seconds, options.rounds)
            growth = few.ratio / many.ratio
            name = f"sign: cost at {options.existing + options.more:,} / at {options.existing:,}"
            results.append(Result(name, f"{growth:.2f}", f"<= {AIM_GROWTH}", growth <= AIM_GROWTH))
    return results


def read_path() -> list[Result]:
    """The petition's page and its count, each against a bare response of the same bytes, while people sign."""
    results = []
    with site() as (stack, text):
        stop = threading.Event()
        signing = threading.Thread(target=_sign_slowly, args=[stack, text, stop])
        signing.start()
        try:
            for name in ("", "count.json"):
                ratio = _read_ratio(stack, f"/en/petitions/{SLUG}/{name}")
                label = f"read: {name or 'petition page'} / bare response"
                results.append(Result(label, f"{ratio:.2f}", f">= {AIM_READ}", ratio >= AIM_READ))
        finally:
            stop.set()
            signing.join()
    return results


def _sign_slowly(stack: Stack, text: str, stop: threading.Event) -> None:
    """A burst of one connection each half second."""
    while not stop.wait(0.5):
        python_drive(stack.port, text, 0.2, 1)


def _read_ratio(stack: Stack, url: str) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.page", "--app", "config.wsgi:application", "--url", url]
    done = subprocess.run(
        [*command, "--threads", "4", "--rounds", "5"],
        cwd=ROOT,
        env=stack.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    print(done.stdout, flush=True)
    found = re.search(r"median ratio ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def main() -> None:
    """Print the table; exit status 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--existing", type=int, default=10_000)
    parser.add_argument("--more", type=int, default=0)
    results = [*write_path(parser.parse_args()), *read_path()]
    print_table(results)
    sys.exit(0 if all(result.met for result in results) else 1)


def print_table(results: list[Result]) -> None:
    """One line a figure, with its aim and whether it is met."""
    print()
    for result in results:
        print(f"{result.name:<52}{result.figure:>14}   aim {result.aim:<10} {'MET' if result.met else 'MISSED'}")


if __name__ == "__main__":
    main()
