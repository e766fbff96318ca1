"""A new version comes while people sign: nobody meets a failure, and links from before still confirm after."""

from __future__ import annotations

import asyncio
import re
from io import StringIO

import psutil
import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.rehearsal.rehearsing import rehearse
from config.rehearsal.stack import Stack
from tests.config.server_users import open_directory, wait_until

ROWS = 20_000
FILL = """
INSERT INTO signature (petition_id, email_key, name_key, seed, blob, country, lang, text_id)
SELECT s.petition_id, decode(md5('e' || i), 'hex'), substr(decode(md5('n' || i), 'hex'), 1, 8),
       decode(md5('s' || i), 'hex'), decode(repeat('ab', 157), 'hex'), 'NL', 'en', s.text_id
FROM generate_series(1, %s) i, (SELECT petition_id, text_id FROM signature ORDER BY id DESC LIMIT 1) s
"""
FRESH_CONNECTIONS = 20
# What our own migrations do to the table: a column without a default, and an index built beside the traffic.
MIGRATION = (
    "ALTER TABLE signature ADD COLUMN arrived_with_the_upgrade integer",
    "CREATE INDEX CONCURRENTLY arrived ON signature (arrived_with_the_upgrade) "
    "WHERE arrived_with_the_upgrade IS NOT NULL",
)


class Upgrade:
    """Migrates, starts the new web server beside the old one on its port, ends the old one, and changes the worker."""

    def __init__(self, rows: int = ROWS) -> None:
        self.done, self._rows = False, rows

    async def __call__(self, stack: Stack) -> None:
        await asyncio.sleep(1)
        if not self.done:
            await asyncio.to_thread(self._upgrade, stack)
            self.done = True

    def _upgrade(self, stack: Stack) -> None:
        with stack.database() as database:
            database.execute(FILL, [self._rows])
            database.execute("SET lock_timeout = '1s'")  # nobody may wait longer for a lock of ours
            for statement in MIGRATION:
                migrate(database, statement)
        stack.start_web("new web")
        wait_until(lambda: listens(stack, "new web"), 120)
        for _ in range(FRESH_CONNECTIONS):  # shared out among old and new: when all are answered, the new one serves
            stack.wait_until_serving()
        stack.end("web")
        stack.end("worker")
        stack.start_worker()


def listens(stack: Stack, name: str) -> bool:
    """Whether this server takes connections, and not only the one that it shares the port with."""
    server = psutil.Process(stack.running[name].pid)
    found = [one for process in (server, *server.children()) for one in process.net_connections("tcp")]
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == stack.port for one in found)


def migrate(database: psycopg.Connection, statement: str) -> None:
    """As the recipe says: what did not get its lock within a second is tried again.

    An index that is built beside the traffic stays behind, invalid, where it did not (PostgreSQL manual, CREATE INDEX).
    """
    for _ in range(20):
        try:
            if "CREATE INDEX" in statement:
                database.execute("DROP INDEX IF EXISTS arrived")
            database.execute(statement)
        except psycopg.errors.LockNotAvailable:
            continue
        return
    pytest.fail("the migration never got its lock")


def test_nobody_meets_a_failure_while_a_new_version_comes() -> None:
    upgrade = Upgrade()
    with open_directory() as directory:
        figures = rehearse(directory, seconds=12, rate=10, disturb=upgrade)
    print(figures)
    assert upgrade.done
    assert figures.failures == 0
    assert figures.outcome.lost == figures.outcome.miscounted == figures.outcome.mailed_twice == 0
    assert figures.outcome.unmailed_people == 0
    assert figures.confirmed == figures.accepted > 50


SLOW = re.compile(
    r'ALTER TABLE "signature"[^;]*(ALTER COLUMN[^;]* (TYPE|SET NOT NULL)|ADD COLUMN[^;]* DEFAULT [^;]*\()'
    r'|CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)[^;]*ON "signature"'
    r'|ALTER TABLE "signature" ADD CONSTRAINT[^;]*CHECK(?![^;]*NOT VALID)'
    r'|ALTER TABLE "signature" ADD CONSTRAINT[^;]*UNIQUE'
)


@pytest.mark.django_db(transaction=True)
def test_no_migration_holds_the_signatures_for_long() -> None:
    """After the tables were made, a change of a large one is quick, or is made beside the traffic."""
    graph = MigrationLoader(connection).graph
    later = sorted(name for app, name in graph.nodes if app == "petitions" and name > "0003")
    assert later
    slow = {}
    for name in later:
        out = StringIO()
        call_command("sqlmigrate", "petitions", name, stdout=out, no_color=True)
        if found := SLOW.search(out.getvalue()):
            slow[name] = found[0]
    assert not slow
