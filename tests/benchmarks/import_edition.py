"""How long a large edition takes to check, to import, to import again and to take back, beside a plain `INSERT`.

    uv run python -m tests.benchmarks.import_edition [--places 155] [--findings 2000]

It runs on the tests' own cluster and leaves nothing in it. Beside the seconds it prints those that the processor was at
work, here and in the database's process: on a machine that does other things too, only these compare.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.contrib.auth.models import AnonymousUser  # noqa: E402  # needs Django to be set up
from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402

from reports.copy_guard import CopyGuard, keep_source_text  # noqa: E402
from reports.importing.applying import apply, check  # noqa: E402
from reports.importing.files import Handed, open_handed  # noqa: E402
from reports.importing.undoing import undo  # noqa: E402
from reports.models import ImportRun, Source  # noqa: E402
from tests.reports.large_edition import WORDS, large_edition  # noqa: E402


def measured(name: str, step: Callable[[], object]) -> float:
    """Run a step and print its seconds; returns those of the processor, both processes together."""
    begun, here, there = time.perf_counter(), time.process_time(), seconds_in_database()
    step()
    seconds, here = time.perf_counter() - begun, time.process_time() - here
    there = seconds_in_database() - there
    print(f"{name:<44} {seconds:8.2f} s, at work {here:6.2f} s here, {there:6.2f} s in PostgreSQL")
    return here + there


def seconds_in_database() -> float:
    """What the connection's server process has used of the processor (Linux, proc(5))."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def insert_rows(rows: int) -> None:
    """As many rows as an import writes, into a bare table."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (id serial PRIMARY KEY, words text)")
        cursor.executemany("INSERT INTO bare (words) VALUES (%s)", [("x" * 200,)] * rows)
        cursor.execute("DROP TABLE bare")


def run(places: int, findings: int) -> None:
    """All the measures."""
    handed = Handed("large.json", json.dumps(large_edition(places, findings)).encode())
    print(f"{places} places, {findings} findings in five languages: {len(handed.content) >> 10} kB of JSON")
    measured("read and check the file", lambda: open_handed(handed))
    measured("dry run", lambda: check(handed))
    seconds = measured("import", lambda: apply(handed, AnonymousUser()))
    first = ImportRun.objects.latest("pk")
    bare = measured(f"plain INSERT of its {first.lines.count()} rows", lambda: insert_rows(first.lines.count()))
    print(f"{'ratio of import to plain INSERT':<44} {seconds / bare:8.1f}")
    measured("the same file again", lambda: apply(handed, AnonymousUser()))
    guard(200_000)
    measured("take the import back", lambda: undo(first, AnonymousUser()))


def guard(words: int) -> None:
    """The copy guard on a source of so many words."""
    source = Source.objects.create(key="guarded", kind="report", title="Guarded", doc_symbol="G/1", licence="unknown")
    text = " ".join(f"{WORDS[number % len(WORDS)]}{number % 7919}" for number in range(words))
    measured(f"index a source of {words} words", lambda: keep_source_text(source, text))
    loaded = CopyGuard()
    statement = " ".join(f"own{number}" for number in range(60))
    begun = time.perf_counter()
    for _ in range(1000):
        loaded.copy_in(statement)
    print(f"{'check a statement of 60 words':<44} {time.perf_counter() - begun:8.3f} ms")


def main() -> None:
    """In a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=155)
    parser.add_argument("--findings", type=int, default=2000)
    options = parser.parse_args()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        run(options.places, options.findings)
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
