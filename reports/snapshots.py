"""Reading many tables as they stand at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_snapshot() -> Iterator[None]:
    """All that is read inside is of one moment, and nothing can be written (PostgreSQL manual, chapter 13.2.2).

    It holds a connection: read to the end and go, never wait inside for whoever downloads. Inside of a transaction that
    has begun before, its isolation is left as it is.
    """
    begun = connection.in_atomic_block
    with transaction.atomic():
        if not begun:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
