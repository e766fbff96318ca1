"""Pages of a large edition are planned by what was just written, whatever the autovacuum saw meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import Client

from reports.importing.applying import apply
from reports.importing.files import Handed, open_handed
from reports.iso_codes import ISO_CODES
from reports.report_file.writing import write_report
from tests.importing.making import bundle
from tests.pages.reading import get
from tests.reports.large_edition import large_edition

pytestmark = pytest.mark.django_db
FINDINGS = 400


def load(handed: Handed) -> None:
    write_report(open_handed(handed).report)


def take_in(handed: Handed) -> None:
    apply(handed, AnonymousUser())


def autovacuum_counts() -> None:
    """What it does: count in a transaction of its own, which sees nothing of the one at hand."""
    server = connection.get_connection_params()
    with psycopg.connect(
        host=server["host"], port=server["port"], user=server["user"], dbname=server["dbname"], autocommit=True
    ) as other:
        other.execute("ANALYZE")


def rows_planned_for(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return float(cursor.fetchone()[0])


@pytest.mark.parametrize("fill", [load, take_in])
def test_what_a_file_wrote_is_planned_for_at_once(client: Client, fill: Callable[[Handed], None]) -> None:
    handed = bundle(large_edition(2, FINDINGS))
    with transaction.atomic():
        fill(handed)
        transaction.set_rollback(True)
    autovacuum_counts()
    assert rows_planned_for("reports_finding") == 0
    fill(handed)
    for table in ("reports_finding", "reports_findingplace", "reports_findingtheme", "reports_findingtext"):
        assert rows_planned_for(table) >= FINDINGS, table
    get(client, f"/en/places/{sorted(ISO_CODES)[0]}/")
