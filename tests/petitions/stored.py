"""Everything the database holds, read as an attacker reads a dump: every table there is, whoever added it."""

from __future__ import annotations

from typing import Any

from django.db import connection

from campaigns.petitions.signatures import Signature


def tables() -> list[str]:
    """Every table of every schema but the server's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        return [name for (name,) in cursor.fetchall()]


def everything_stored() -> str:
    """Every row of every table, as text; bytes are hexadecimal."""
    found = []
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT t::text FROM {table} t")
            found += [line for (line,) in cursor.fetchall()]
    return "\n".join(found)


def marks_of(row: Signature) -> list[str]:
    """What leads to the person of a row: keys, seed and blob, as they stand in `everything_stored`."""
    kept: list[Any] = [row.email_key, row.name_key, row.seed, row.blob]
    return [bytes(value).hex() for value in kept if value is not None]


def columns_named(name: str) -> set[str]:
    """The tables that have such a column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = %s AND table_schema = 'public'",
            [name],
        )
        return {table for (table,) in cursor.fetchall()}
