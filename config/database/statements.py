"""One statement by itself, on a connection borrowed for just that long.

A view that runs a single statement needs little of what Django does around a thread's connection: set it up, tell the
signals, wrap a cursor, look after it when the request ends. At a peak that costs as much as sealing what is stored.
Here the statement goes to a connection of the same pool (psycopg manual, "Connection pools"), in autocommit mode, and
the connection goes back at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection


def run_alone(statement: str, values: Mapping[str, Any]) -> None:
    """Run a statement that answers nothing and commit it. Raises Django's database errors.

    A thread that has a connection already, as in a transaction, runs it there.
    """
    pool = None if connection.connection is not None else connection.pool  # type: ignore[attr-defined]  # PostgreSQL's
    if pool is None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        return
    with connection.wrap_database_errors:
        pool.open()
        borrowed = pool.getconn()
        try:
            borrowed.execute(statement, values)
        finally:
            pool.putconn(borrowed)
