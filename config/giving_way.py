"""The last in the order under overload: what nobody waits for gives way to pages, posts, mail and the public count.

A look at the books or an archive packed anew reads a lot and can be done at any time. It begins only while nobody
waits, and is broken off, in the middle of a statement if need be, once somebody does; the clock tries it again soon.

Somebody waits where

- a post could not pass at once, in a web process of this machine, a moment ago;
- a mail could have left a while ago: the mailer is behind, or is held to its pace, or no mail server answers;
- count and log should have shown a signature a while ago. In safe mode and with a careful petition they lag on purpose.

Source of breaking off: PostgreSQL manual, libpq, "Canceling Queries in Progress".
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

import psycopg
from django.db import Error as DatabaseTrouble
from django.db import OperationalError, connection, connections

from config import metrics
from config.process_numbers import told

logger = logging.getLogger("upstander.worker")

CROWDED_SECONDS: Final = 15.0  # more than a web process takes to tell its numbers
BEHIND_AFTER: Final = timedelta(minutes=1)
COUNT_BEHIND_AFTER: Final = timedelta(minutes=2)  # a careful petition may take one
GLANCE_SECONDS: Final = 1.0

BEHIND: Final = """
SELECT EXISTS (SELECT FROM signature WHERE mail_due_at <= now() - %(mail)s)
    OR EXISTS (SELECT FROM mailbox_mail WHERE due_at <= now() - %(mail)s AND sending_at IS NULL AND refused_at IS NULL)
    OR EXISTS (SELECT FROM pledge WHERE mail_due_at <= now() - %(mail)s),
       EXISTS (SELECT FROM leaf_queue q JOIN petition p ON p.id = q.petition_id AND p.linger <> 'safe'
               WHERE q.queued_at <= now() - %(count)s)
"""


class Postponed(Exception):
    """Somebody waits: what was asked for is left for later. It has changed nothing, or goes on where it was."""


def who_waits() -> str:
    """`posts`, `mail`, `count` or `database`; empty if nobody does. One statement."""
    if any(
        time.time() - each.get("posts_crowded_at", 0) < CROWDED_SECONDS for each in told(metrics.PROCESSES).values()
    ):
        return "posts"
    late: dict[str, Any] = {"mail": BEHIND_AFTER, "count": COUNT_BEHIND_AFTER}
    try:
        with connection.cursor() as cursor:
            cursor.execute(BEHIND, late)
            mail, count = cursor.fetchone()
    except DatabaseTrouble:
        return "database"
    return "mail" if mail else "count" if count else ""


@contextlib.contextmanager
def giving_way(glance: float = GLANCE_SECONDS) -> Iterator[None]:
    """Raises Postponed instead of beginning, or from a statement within, once somebody waits.

    Looks every `glance` seconds. What is done within must be safe to break off between any two statements.
    """
    if waiting := who_waits():
        logger.info("Statistics are left for later: %s", waiting)
        raise Postponed
    connection.ensure_connection()
    watch = _Watch(connection.connection.cancel_safe, glance)
    with watch, connection.execute_wrapper(watch.pass_on):
        try:
            yield
        except OperationalError:
            if watch.waiting:
                raise Postponed from None
            raise


class _Watch:
    """Looks out for who waits, in a thread of its own; then ends the statement that runs, and lets no other begin."""

    def __init__(self, cancel: Callable[[], None], glance: float) -> None:
        self.waiting, self._runs = "", False
        self._cancel, self._glance = cancel, glance
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="giving way", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def pass_on(self, execute: Callable[..., Any], *statement: Any) -> Any:
        """A statement's way to the database (Django, "Database instrumentation")."""
        if self.waiting:
            raise Postponed
        self._runs = True
        try:
            return execute(*statement)
        finally:
            self._runs = False

    def _look(self) -> None:
        while not self.waiting and not self._over.wait(self._glance):
            self.waiting = who_waits()
            connections.close_all()
        while not self._over.wait(0.05):  # one that was about to begin is not ended by the first try
            if self._runs:
                with contextlib.suppress(psycopg.Error):
                    self._cancel()
