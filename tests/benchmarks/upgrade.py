"""An upgrade while people sign, on a table of a million signatures: nobody meets a failure or waits for a lock.

    python -m tests.benchmarks.upgrade [--rows 1000000]

Two parts on one installation. First a whole site is replaced by its next version under load, over HTTP, with the kinds
of change that our migrations make. Then every migration of ours that changed the table of signatures after it was made
is taken back and applied anew by `manage.py migrate`, while others sign and confirm with the site's own statements.
Locks that keep signers out are looked for every few milliseconds (PostgreSQL manual, 13.3.1, "Table-Level Locks", and
the view pg_locks).
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from campaigns.petitions.confirming import CONFIRM  # noqa: E402
from campaigns.petitions.signing import SIGN  # noqa: E402
from config.rehearsal.rehearsing import rehearse  # noqa: E402
from config.rehearsal.stack import Stack  # noqa: E402
from tests.benchmarks.peak import Result, fill, print_table  # noqa: E402
from tests.config.server_users import open_directory  # noqa: E402
from tests.kills.test_upgrade import Upgrade  # noqa: E402

FIRST_WITH_ALL_COLUMNS = "0005_flood_incidents"  # what signing writes to; only rules and indexes came after it
SIGNERS, PAUSE = 4, 0.02
AIM_LOCK = 1.0
GLANCE = 0.005
# Held by somebody, these keep out who signs; not granted to somebody, they do so to whoever comes after.
LOCKS = """
SELECT l.pid, l.mode, l.granted, coalesce(extract(epoch FROM clock_timestamp() - l.waitstart), 0)::float8
FROM pg_locks l WHERE l.relation = 'signature'::regclass AND l.locktype = 'relation'
  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
OWN_ROW = "SELECT id FROM signature WHERE petition_id = %(petition)s AND email_key = %(email_key)s"
WHAT = "SELECT petition_id, text_id FROM signature ORDER BY id DESC LIMIT 1"


class Locks:
    """The longest time somebody held, or waited for, a lock on the signatures that keeps signers out; in seconds."""

    def __init__(self) -> None:
        self.held = self.waited = 0.0
        self.mode = "none"
        self._since: dict[tuple[int, str], float] = {}

    def look(self, database: psycopg.Connection) -> None:
        """One sample."""
        now, seen = time.monotonic(), set()
        for pid, mode, granted, waited in database.execute(LOCKS).fetchall():
            if not granted:
                self.waited = max(self.waited, waited)
                continue
            seen.add((pid, mode))
            held = now - self._since.setdefault((pid, mode), now)
            if held >= self.held:
                self.held, self.mode = held, mode
        self._since = {lock: since for lock, since in self._since.items() if lock in seen}


class Signers:
    """People who sign and confirm by the statements that the site uses. `longest` is of one statement, in seconds."""

    def __init__(self, stack: Stack) -> None:
        self.signed, self.longest, self.stop = 0, 0.0, threading.Event()
        self._stack, self._numbers = stack, itertools.count()
        with stack.database() as database:
            found = database.execute(WHAT).fetchone()
        assert found
        self._petition, self._text = found

    def sign_on(self) -> None:
        """Until told to stop. Raises whatever the database answers."""
        with self._stack.database() as database:
            while not self.stop.wait(PAUSE):
                self._sign(database, os.urandom(16))
                self.signed = next(self._numbers) + 1

    def _sign(self, database: psycopg.Connection, email_key: bytes) -> None:
        row = {"petition": self._petition, "email_key": email_key, "name_key": os.urandom(8), "seed": os.urandom(16)}
        more = {"blob": os.urandom(157), "country": "NL", "lang": "en", "text": self._text}
        self._take(database, SIGN, {**row, **more, "incident": None, "code_only": False})
        found = database.execute(OWN_ROW, row).fetchone()
        assert found, "an accepted signature is gone"
        self._take(database, CONFIRM, {**row, "id": found[0], "consent": None})

    def _take(self, database: psycopg.Connection, statement: str, values: dict[str, object]) -> None:
        began = time.monotonic()
        database.execute(statement, values)
        self.longest = max(self.longest, time.monotonic() - began)


def new_version(directory: Path) -> list[Result]:
    """The site is replaced while people sign over HTTP."""
    upgrade = Upgrade(rows=0)
    found = rehearse(directory, seconds=30, rate=20, disturb=upgrade)
    print(found)
    whole = upgrade.done and found.outcome.clean
    return [
        Result("upgrade: answers that failed", f"{found.failures}", "0", not found.failures),
        Result("upgrade: connections that broke", f"{found.broken}", "told only", True),
        Result("upgrade: lost or doubled", "none" if whole else "see above", "none", whole),
        Result("upgrade: slowest one in a hundred", f"{found.p99:.0f} ms", "told only", True),
    ]


def own_migrations(stack: Stack) -> list[Result]:
    """Each migration that changed the signatures, applied beside those who sign."""
    stack.manage("migrate", "petitions", FIRST_WITH_ALL_COLUMNS)
    signers = Signers(stack)
    with watched(stack) as locks, ThreadPoolExecutor(SIGNERS) as people:
        signing = [people.submit(signers.sign_on) for _ in range(SIGNERS)]
        try:
            began = time.monotonic()
            stack.manage("migrate")
            print(f"migrated in {time.monotonic() - began:.1f} s, {signers.signed} signed meanwhile", flush=True)
        finally:
            signers.stop.set()
        for each in signing:
            each.result()
    longest = max(locks.held, locks.waited)
    return [
        Result(f"migrations: longest lock ({locks.mode})", f"{longest:.3f} s", f"< {AIM_LOCK} s", longest < AIM_LOCK),
        Result("migrations: longest statement of a signer", f"{signers.longest:.3f} s", "told only", True),
    ]


@contextmanager
def watched(stack: Stack) -> Iterator[Locks]:
    """Look at the locks until the end."""
    locks, over = Locks(), threading.Event()

    def look_on() -> None:
        with stack.database() as database:
            while not over.wait(GLANCE):
                locks.look(database)

    with ThreadPoolExecutor(1) as watcher:
        looking = watcher.submit(look_on)
        try:
            yield locks
        finally:
            over.set()
        looking.result()


def upgrade(rows: int) -> list[Result]:
    """Both parts, on so many signatures."""
    with open_directory() as directory:
        rehearse(directory, seconds=2, rate=10)
        stack = Stack(directory, mail_port=9)
        stack.cluster.start()
        try:
            with stack.database() as database:
                fill(database, rows)
            return [*new_version(directory), *own_migrations(stack)]
        finally:
            stack.stop()


def main() -> None:
    """Exit status 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    results = upgrade(parser.parse_args().rows)
    print_table(results)
    sys.exit(0 if all(result.met for result in results) else 1)


if __name__ == "__main__":
    main()
