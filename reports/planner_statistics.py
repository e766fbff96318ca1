"""What PostgreSQL's planner knows of tables that were just filled.

It plans by counts that the autovacuum takes, which sees no row of a transaction that is still open. Taken while a file
is written, or after one was only tried, they say that a large table is empty: then a page of two thousand findings is
read by comparing each with each, which does not end, until the counts are taken again. So whoever fills tables takes
them too, in the same transaction (PostgreSQL manual, chapter 14.4, "Populating a Database", and ANALYZE).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection, models

from reports.search_index import SearchDocument, SearchTerm

MANY: Final = 500
"""Rows; fewer are read quickly by any plan."""


def count_anew(written: Collection[models.Model]) -> None:
    """Let the planner know the tables of these rows and those of the search, which follow them. Not for a few rows."""
    if len(written) < MANY:
        return
    filled = {type(row) for row in written} | {SearchDocument, SearchTerm}
    tables = sorted(connection.ops.quote_name(model._meta.db_table) for model in filled)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
