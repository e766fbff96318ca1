"""Exporting signatories, against a plain COPY of the same columns in the same minute.

    uv run python -m tests.benchmarks.export --rows 20000

Makes its own database in the test cluster and drops it. Prints rows a second of both, their ratio (to be 0.25 or more),
the time to the first byte (under a second), and by how much the process grew (under 50 MB).
"""

from __future__ import annotations

import argparse
import gc
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from django.utils import timezone  # noqa: E402

from campaigns.keystore import secrets_of  # noqa: E402
from campaigns.petitions.exporting import Export  # noqa: E402
from campaigns.petitions.models import Petition, Signature  # noqa: E402
from campaigns.sealing import Place, seal  # noqa: E402
from tests.petitions.cast import make_petition  # noqa: E402

COPY = """
COPY (SELECT s.id, (s.confirmed_at AT TIME ZONE 'UTC')::date, s.blob, s.country, s.lang, v.sha256, c.lang, c.version,
             (s.consent_at AT TIME ZONE 'UTC')::date
      FROM signature s JOIN petition_text_version v ON v.id = s.text_id
           LEFT JOIN consent_text c ON c.id = s.consent_text_id
      WHERE s.petition_id = {petition} AND s.state = 1) TO STDOUT (FORMAT csv)
"""
AT_ONCE = 2000


@contextmanager
def database() -> Iterator[None]:
    """A database that is gone afterwards."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        yield
    finally:
        connection.close()
        runner.teardown_databases(made)


def fill(petition: Petition, rows: int) -> None:
    """So many confirmed signatures, sealed like any other."""
    sealing, text = secrets_of(petition.uuid), petition.text_versions.get()
    for start in range(0, rows, AT_ONCE):
        made = []
        for number in range(start, min(start + AT_ONCE, rows)):
            place = Place(petition.uuid, secrets.token_bytes(16), secrets.token_bytes(8))
            said = {"name": f"Maria Example {number}", "email": f"signer{number}@example.org", "updates": False}
            made.append(
                Signature(
                    petition=petition,
                    email_key=place.email_key,
                    name_key=place.name_key,
                    seed=secrets.token_bytes(16),
                    blob=seal(sealing.seal, 1, place, said),
                    country="NL",
                    lang="en",
                    text=text,
                    state=1,
                    slot=1,
                    confirmed_at=timezone.now(),
                )
            )
        Signature.objects.bulk_create(made)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE signature")


def copy_seconds(petition: Petition) -> float:
    """A plain COPY, received and thrown away."""
    connection.ensure_connection()
    began = time.perf_counter()
    with connection.connection.cursor() as cursor, cursor.copy(COPY.format(petition=petition.pk)) as copy:
        for _ in copy:
            pass
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def export_seconds(petition: Petition) -> tuple[float, float]:
    """The whole file, and its first rows."""
    began = time.perf_counter()
    chunks = Export(petition, timezone.now()).chunks()
    next(chunks)
    next(chunks)
    first = time.perf_counter() - began
    for _ in chunks:
        pass
    return time.perf_counter() - began, first


def memory() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    """Print the figures; 1 if one of them is not reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    with database():
        petition = make_petition("export")
        fill(petition, rows)
        export_seconds(petition)
        gc.collect()
        before = memory()
        runs = [(copy_seconds(petition), *export_seconds(petition)) for _ in range(5)]
        grown = (memory() - before) / 1e6
        copied, exported, first = (min(column) for column in zip(*runs, strict=True))
    ratio = copied / exported
    print(f"COPY   {rows / copied:>10,.0f} rows/s")
    print(f"export {rows / exported:>10,.0f} rows/s, ratio {ratio:.2f}, first rows after {first * 1000:.0f} ms")
    print(f"memory grew by {grown:.1f} MB")
    return 0 if ratio >= 0.25 and first < 1 and grown < 50 else 1


if __name__ == "__main__":
    raise SystemExit(main())
