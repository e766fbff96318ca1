"""One statement by itself, on a connection borrowed for just that long.

A view that runs a single statement needs little of what Django does around a thread's connection: set it up, tell the
signals, wrap a cursor, look after it when the request ends. At a peak that costs as much as sealing what is stored.
Here the statement goes to a connection of the same pool (psycopg manual, "Connection pools"), in autocommit mode, and
the connection goes back at once.

Nor does it need a cursor: the statement is planned once per connection and handed its values by one call of libpq
(PostgreSQL manual, "Command Execution Functions", PQexecPrepared), which lets go of the interpreter once, where a
cursor does so at every step and waits for it each time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from psycopg import errors
from psycopg.pq import DiagnosticField, ExecStatus

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
TEXT, BINARY = 0, 1
Value = bytes | str | int | None


def run_alone(statement: str, values: Mapping[str, Value]) -> None:
    """Run a statement that answers nothing and commit it. Raises Django's database errors.

    `values` are those of its `%(name)s`, each cast to its type there. A thread that has a connection already, as in a
    transaction, runs the statement on it.
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
            _run(borrowed, numbered(statement), values)
        finally:
            pool.putconn(borrowed)


class Numbered(NamedTuple):
    """A statement as libpq takes it, with the names that $1, $2 and so on stand for."""

    name: bytes
    text: bytes
    names: tuple[str, ...]


@lru_cache(maxsize=64)
def numbered(statement: str) -> Numbered:
    """The statement with a number for each named placeholder. Our statements are constants, so they are few."""
    names = tuple(dict.fromkeys(PLACEHOLDER.findall(statement)))
    text = PLACEHOLDER.sub(lambda found: f"${names.index(found[1]) + 1}", statement)
    return Numbered(b"alone_" + sha256(text.encode()).hexdigest()[:16].encode(), text.encode(), names)


_planned: WeakKeyDictionary[psycopg.Connection[Any], set[bytes]] = WeakKeyDictionary()


def _run(borrowed: psycopg.Connection[Any], statement: Numbered, values: Mapping[str, Value]) -> None:
    plans = _planned.setdefault(borrowed, set())
    try:
        _run_planned(borrowed, plans, statement, values)
    except errors.InvalidSqlStatementName:  # psycopg lets go of every plan after some statements, as a rollback
        plans.clear()
        _run_planned(borrowed, plans, statement, values)


def _run_planned(
    borrowed: psycopg.Connection[Any], plans: set[bytes], statement: Numbered, values: Mapping[str, Value]
) -> None:
    if statement.name not in plans:
        # A pooler may hand us a server where another client has prepared it: by this name it is the very same.
        with suppress(errors.DuplicatePreparedStatement):
            _done(borrowed.pgconn.prepare(statement.name, statement.text))
        plans.add(statement.name)
    given = [values[name] for name in statement.names]
    formats = [TEXT if isinstance(value, int) else BINARY for value in given]
    written: list[Any] = [_bytes(value) for value in given]  # None is NULL, which the types of psycopg leave out
    _done(borrowed.pgconn.exec_prepared(statement.name, written, formats))


def _bytes(value: Value) -> bytes | None:
    """As PostgreSQL reads it: text and bytes in their binary form, which has a length, numbers and truth as text."""
    if isinstance(value, bytes) or value is None:
        return value
    return str(value).encode()


def _done(result: PGresult) -> None:
    if result.status == ExecStatus.COMMAND_OK:
        return
    state = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode("ascii", "replace")
    try:
        kind: type[psycopg.Error] = errors.lookup(state)
    except KeyError:  # none where the server has gone
        kind = psycopg.OperationalError
    raise kind(result.get_error_message())
