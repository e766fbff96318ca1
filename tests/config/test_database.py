"""The database engine: when the embedded server starts, what threads give back, what forks and crashes leave whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import Cluster
from tests.browser.conftest import clean_environment
from tests.config.server_users import open_directory, run

SETUP = """
import gc, json, os, signal, sys, threading, time
from pathlib import Path
import django
from django.conf import settings
directory = Path(sys.argv[1])
database = {
    "ENGINE": "config.database", "EMBEDDED_DIR": str(directory), "NAME": "",
    "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"server_side_binding": True, "pool": {"min_size": 0, "max_size": 2, "timeout": 5}},
}
settings.configure(USE_TZ=True, DATABASES={"default": database})
django.setup()
from django.db import connection, transaction
from config import embedded_keeper
def ask(statement="SELECT pg_backend_pid()", *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
def in_threads(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
def say(**what):
    print(json.dumps(what))
"""


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with open_directory() as made:
        yield made


def result(script: str, directory: Path) -> dict[str, object]:
    """What a script says at last, run with the engine on the directory's cluster."""
    done = run(SETUP + script, directory)
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_the_server_starts_at_the_first_connection_and_not_before() -> None:
    with open_directory() as directory:
        script = """
before = (directory / "cluster").exists()
name = ask("SELECT current_database()")
say(before=before, name=name)
"""
        assert result(script, directory) == {"before": False, "name": "upstander"}


def test_short_threads_do_not_drain_the_pool(directory: Path) -> None:
    script = """
gc.disable()
failed = []
def work():
    try:
        ask()
    except Exception as error:
        failed.append(str(error))
for _ in range(100):
    in_threads(1, work)
in_threads(30, work)
ask()
stats = connection.pool.get_stats()
connection.close()
until = time.monotonic() + 20
while connection.pool.get_stats()["pool_available"] < stats["connections_num"] and time.monotonic() < until:
    time.sleep(0.02)  # one may have been asked for by the last thread, and be opening still
say(failed=failed, lost=stats["connections_num"] - connection.pool.get_stats()["pool_available"])
"""
    assert result(script, directory) == {"failed": [], "lost": 0}


def test_a_thread_that_ends_in_a_transaction_leaves_nothing_of_it(directory: Path) -> None:
    script = """
gc.disable()
ask("WITH made AS (SELECT 1) SELECT count(*) FROM made")
def work():
    transaction.set_autocommit(False)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE half (word text)")
        cursor.execute("SELECT pg_advisory_xact_lock(1)")
connection.close()
in_threads(1, work)
in_threads(1, work)
table = ask("SELECT to_regclass('half') IS NOT NULL")
say(table=table, locks=ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
"""
    assert result(script, directory) == {"table": False, "locks": 0}


def test_the_next_query_after_a_crash_of_the_server_brings_it_back(directory: Path) -> None:
    script = """
ask()
connection.close()
home = directory / "cluster"
os.kill(int((home / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
while embedded_keeper.is_held(home / "server.lock"):  # its processes end when they miss the first one
    time.sleep(0.01)
say(answer=ask("SELECT 7"))
"""
    assert result(script, directory) == {"answer": 7}


def test_a_forked_child_speaks_on_a_connection_of_its_own(directory: Path) -> None:
    script = """
parent = ask()
told, tell = os.pipe()
if (child := os.fork()) == 0:
    os.write(tell, str(ask()).encode())
    os._exit(0)
status = os.waitpid(child, 0)[1]
say(own=int(os.read(told, 99)) != parent, status=status, kept=ask() == parent)
"""
    assert result(script, directory) == {"own": True, "status": 0, "kept": True}


def test_a_test_database_replaces_the_real_one_even_where_its_pool_was_open(directory: Path) -> None:
    script = """
ask("SELECT 1")
connection.close()
real = settings.DATABASES["default"]["NAME"]
connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
inside = ask("SELECT current_database()")
in_threads(3, ask)
connection.creation.destroy_test_db(real, verbosity=0)
connection.settings_dict["NAME"] = real
left = ask("SELECT count(*) FROM pg_database WHERE datname ~ 'test'")
say(inside=inside, after=ask("SELECT current_database()"), left=left)
"""
    assert result(script, directory) == {"inside": "test_upstander", "after": "upstander", "left": 0}


def test_values_of_a_failed_query_do_not_reach_the_log(directory: Path) -> None:
    script = """
told = ""
try:
    ask("SELECT %s::text::int", "amina@example.org")
except django.db.DataError as error:
    told = str(error)
say(told="amina" in told)
"""
    assert result(script, directory) == {"told": True}
    assert "amina" not in Cluster(directory).log.read_text()


def test_without_the_embedded_directory_the_settings_address_counts(directory: Path) -> None:
    cluster = Cluster(directory)
    cluster.start()
    script = f"""
from config import embedded
del connection.settings_dict["EMBEDDED_DIR"]
connection.settings_dict.update(NAME="postgres", HOST={cluster.host!r}, PORT={cluster.port}, USER={cluster.user!r})
from config.database.base import DatabaseWrapper
connection = DatabaseWrapper(connection.settings_dict)
say(name=ask("SELECT current_database()"), started=embedded.cluster_at(str(directory)).started)
"""
    try:
        assert result(script, directory) == {"name": "postgres", "started": False}
    finally:
        cluster.release()


def test_dbshell_reaches_the_embedded_database(directory: Path) -> None:
    script = """
from django.core.management import call_command
call_command("dbshell", "--", "--no-psqlrc", "-Atc", "SELECT json_build_object('name', current_database())")
"""
    assert result(script, directory) == {"name": "upstander"}


def test_a_server_that_cannot_start_is_a_database_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    script = """
try:
    ask()
except django.db.OperationalError as error:
    say(error=str(error))
"""
    error = str(result(script, tmp_path / "file" / "var")["error"])
    assert error.startswith(
        f"The embedded database did not start ({tmp_path}/file/var: Not a directory): set UPSTANDER_VAR"
    )


def test_a_statement_without_an_end_is_ended_and_its_connection_serves_on(directory: Path) -> None:
    script = """
settings.DATABASES["default"]["STATEMENT_SECONDS"] = 1
told = ""
try:
    ask("SELECT count(*)::text FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b")
except django.db.OperationalError as error:
    told = str(error)
process = ask()
connection.close()
say(told=told.strip(), same=process == ask())
"""
    assert result(script, directory) == {"told": "canceling statement due to statement timeout", "same": True}


def test_the_web_server_sets_itself_such_an_end_and_commands_have_none() -> None:
    web = "from config import wsgi\nfrom django.db import connection\n"
    command = "import django\ndjango.setup()\nfrom django.db import connection\n"
    ask = "with connection.cursor() as cursor:\n    print(cursor.execute('SHOW statement_timeout').fetchone()[0])"
    with open_directory() as directory:
        demo = {"DJANGO_SETTINGS_MODULE": "config.settings", "UPSTANDER_DEMO": "1", "UPSTANDER_VAR": str(directory)}
        found = [run(start + ask, env={**clean_environment(), **demo}) for start in (web, command)]
    assert [one.stdout.strip() for one in found] == ["30s", "0"], [one.stderr for one in found]
