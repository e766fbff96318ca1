"""How fast signatures are accepted, sealed and durable, against plain inserts of the same row by pgbench.

    python -m tests.benchmarks.sign                              three rounds of five seconds, in turn
    python -m tests.benchmarks.sign --processes 2 --threads 4 --rounds 3 --seconds 5 --existing 1000000

Both write to the same table of the same cluster, which lives in a folder of its own for the run. They are driven in
turn, so that both meet the same minute of the machine. Printed are writes per second, the 50th and 99th percentile of a
call, bytes of write-ahead log per row, and the median of the rounds' ratios. Part by part, every accepted signature
must be there.

A way to sign is a `Driver`: something that is run for some seconds at a time. `Calls` calls `sign` in processes of its
own; one that posts over HTTP can stand in its place in `compare`.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import django
from django.core.management import call_command
from django.db import connection, connections

# A cluster and a keystore for this run alone. The processes that are started below load this file again and find it.
FOLDER_VARIABLE = "SIGN_BENCHMARK_FOLDER"
if FOLDER_VARIABLE not in os.environ:
    os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="upstander-sign-")
    os.chmod(os.environ[FOLDER_VARIABLE], 0o711)  # the server may run as another account
FOLDER = Path(os.environ[FOLDER_VARIABLE])
os.environ["UPSTANDER_VAR"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from campaigns.addresses import parse_address  # noqa: E402
from campaigns.names import parse_name  # noqa: E402
from campaigns.petitions.signable import load, open_petition  # noqa: E402
from campaigns.petitions.signing import Submission, sign  # noqa: E402
from config.embedded import cluster_at  # noqa: E402
from config.embedded_programs import program  # noqa: E402
from tests.petitions.cast import make_petition, post  # noqa: E402

AIM_RATE, AIM_RATIO, AIM_P99 = 1500, 0.15, 250


@dataclass
class Measured:
    """What one part of a round did; latencies in milliseconds, empty where nobody took them."""

    accepted: int
    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


class Driver(Protocol):
    """Keeps a number of clients busy with one write after the other."""

    def run(self, seconds: float) -> Measured: ...


# --- Signing, in processes of its own


class Calls:
    """`sign` called by so many processes with so many threads each, as web workers do."""

    def __init__(self, processes: int, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.workers: list[tuple[Connection, multiprocessing.process.BaseProcess]] = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=worker, args=(theirs, threads), daemon=True)
            process.start()
            self.workers.append((ours, process))
        for pipe, _ in self.workers:
            pipe.recv()  # it has loaded Django and the petition

    def run(self, seconds: float) -> Measured:
        began = time.perf_counter()
        for pipe, _ in self.workers:
            pipe.send(seconds)
        latencies = [latency for pipe, _ in self.workers for latency in pipe.recv()]
        return Measured(len(latencies), time.perf_counter() - began, latencies)

    def stop(self) -> None:
        for pipe, process in self.workers:
            pipe.send(None)
            process.join(10)


def worker(pipe: Connection, threads: int) -> None:
    """One process: signs for as long as it is told to, and answers with the milliseconds of each call."""
    open_petition("water", "en")
    connection.close()  # back to the pool: every thread takes one of its own
    pipe.send("ready")
    while (seconds := pipe.recv()) is not None:
        latencies: list[list[float]] = [[] for _ in range(threads)]
        signers = [threading.Thread(target=signer, args=[time.perf_counter() + seconds, mine]) for mine in latencies]
        for thread in signers:
            thread.start()
        for thread in signers:
            thread.join()
        pipe.send([latency for mine in latencies for latency in mine])


def signer(end: float, latencies: list[float]) -> None:
    """One thread: another person signs each time, by all that a post costs below HTTP."""
    while (began := time.perf_counter()) < end:
        petition = open_petition("water", "en")
        assert petition is not None
        person = secrets.token_hex(6)
        address, name = parse_address(f"{person}@example.org"), parse_name(f"Somebody {person}")
        sign(petition, Submission(name, address, "NL", "en", next(iter(petition.texts))))
        latencies.append((time.perf_counter() - began) * 1000)


# --- The baseline


class Inserts:
    """pgbench, from the same wheel as the server: one insert a transaction, prepared, with as many clients."""

    SCRIPT = """
INSERT INTO signature (petition_id, email_key, name_key, seed, blob, country, lang, text_id, mail_due_at)
VALUES ({petition}, decode(md5(random()::text || random()), 'hex'), substr(decode(md5(random()::text), 'hex'), 1, 8),
        decode(md5(random()::text), 'hex'), decode(repeat('ab', {blob}), 'hex'), 'NL', 'en', {text}, now());
"""

    def __init__(self, clients: int, petition: int, text: int, blob: int) -> None:
        self.clients = clients
        self.script = FOLDER / "insert.sql"
        self.script.write_text(self.SCRIPT.format(petition=petition, text=text, blob=blob))

    def run(self, seconds: float) -> Measured:

        command = [str(program("pgbench")), "-n", "-M", "prepared", "-c", str(self.clients), "-j", "2"]
        command += ["-T", str(round(seconds)), "-f", str(self.script), database_address()]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        values = dict(line.split(": ", 1) for line in output.splitlines() if ": " in line)
        done = int(values["number of transactions actually processed"].split("/")[0])
        tps = next(float(line.split()[2]) for line in output.splitlines() if line.startswith("tps = "))
        return Measured(done, done / tps, [])


def database_address() -> str:
    """The database of the run for libpq's programs."""
    with connection.cursor() as cursor:
        info = cursor.connection.info
        password = f" password={info.password}" if info.password else ""
        return f"host={info.host} port={info.port} user={info.user} dbname={info.dbname}{password}"


# --- The run


@contextlib.contextmanager
def tables() -> Iterator[None]:
    """Fresh tables, and at the end no folder left behind."""
    call_command("migrate", interactive=False, verbosity=0)
    try:
        yield
    finally:
        connections.close_all()
        cluster_at(str(FOLDER / "postgresql")).discard()
        shutil.rmtree(FOLDER)


def fill(petition: int, text: int, number: int) -> None:
    """So many signatures that are there already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signature (petition_id, email_key, name_key, seed, blob, country, lang, text_id) "
            "SELECT %s, decode(md5('e' || i), 'hex'), substr(decode(md5('n' || i), 'hex'), 1, 8), "
            "decode(md5('s' || i), 'hex'), decode(repeat('ab', 157), 'hex'), 'NL', 'en', %s "
            "FROM generate_series(1, %s) i",
            [petition, text, number],
        )
        cursor.execute("VACUUM ANALYZE signature")


def written() -> tuple[int, int]:
    """Bytes of write-ahead log so far, and rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint, (SELECT count(*) FROM signature)")
        wal, rows = cursor.fetchone()
    return int(wal), int(rows)


def measured(driver: Driver, name: str, seconds: float) -> Measured:
    """Run a driver once and print what it did."""
    before = written()
    result = driver.run(seconds)
    after = written()
    if after[1] - before[1] != result.accepted:
        sys.exit(f"{name}: {result.accepted} were accepted and {after[1] - before[1]} are there.")
    latency = f"p50 {result.percentile(0.5):.1f} ms, p99 {result.percentile(0.99):.1f} ms, " if result.latencies else ""
    wal = (after[0] - before[0]) / max(result.accepted, 1)
    print(f"  {name:<8} {result.rate:8.0f}/s   {latency}{wal:.0f} bytes of WAL per row", flush=True)
    return result


def compare(options: argparse.Namespace) -> tuple[float, float, float]:
    """Prints a line per part; medians over the rounds of ratio, signatures per second and 99th percentile."""
    with tables():
        petition = make_petition()
        text = next(iter(load(petition).texts.values()))[0]
        blob = len(post(petition).personal.blob)
        fill(petition.pk, text, options.existing)
        calls = Calls(options.processes, options.threads)
        inserts = Inserts(options.processes * options.threads, petition.pk, text, blob)
        calls.run(1)  # plans are prepared and pools are full from here on
        results = []
        for number in range(1, options.rounds + 1):
            print(f"round {number}", flush=True)
            results.append((measured(calls, "sign", options.seconds), measured(inserts, "pgbench", options.seconds)))
        calls.stop()
    ratios = [ours.rate / plain.rate for ours, plain in results]
    rates, tails = [ours.rate for ours, _ in results], [ours.percentile(0.99) for ours, _ in results]
    return statistics.median(ratios), statistics.median(rates), statistics.median(tails)


def main() -> None:
    """Exit status 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4, help="in each process, at most 8")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--existing", type=int, default=10_000, help="signatures that are there before")
    ratio, rate, p99 = compare(parser.parse_args())
    print(f"median: {rate:.0f} signatures/s, {ratio:.2f} of plain inserts, p99 {p99:.1f} ms")
    print(f"aims: {AIM_RATE}/s, {AIM_RATIO} of plain inserts, p99 under {AIM_P99} ms")
    sys.exit(0 if rate >= AIM_RATE and ratio >= AIM_RATIO and p99 < AIM_P99 else 1)


if __name__ == "__main__":
    main()
