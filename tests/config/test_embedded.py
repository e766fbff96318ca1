"""The embedded server: when it starts, when it stops, and what survives."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg
import pytest

from config import embedded_keeper as keeper
from config.embedded import Cluster
from config.embedded_programs import EmbeddedError, account_of_server, as_account
from tests.config.server_users import (
    User,
    is_down,
    keepers,
    kill_server,
    open_directory,
    postmaster,
    run,
    users,
    wait_until,
)

START = "import sys, pathlib, config.embedded as e; e.Cluster(pathlib.Path(sys.argv[1])).start()"

FORK = """
import os, sys
from pathlib import Path
from config.embedded import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
told, tell = os.pipe()
if os.fork() == 0:
    if sys.argv[2:] != ["idle"]:
        cluster.start()
    os.write(tell, b"x")
    sys.stdin.readline()
else:
    os.read(told, 1)
    print("ready", flush=True)
"""


def rights(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mode, found.st_uid, found.st_gid


class Place(NamedTuple):
    """A directory for one cluster, and the rights of all around it before the first start."""

    directory: Path
    rights_around: dict[Path, tuple[int, int, int]]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """One cluster for all tests of this file; stopped between them, as each of them proves."""
    with open_directory() as made:
        (made / "neighbour").touch(mode=0o640)
        yield Place(made, {path: rights(path) for path in (made / "neighbour", made, *made.parents)})


@pytest.fixture
def directory(place: Place) -> Path:
    return place.directory


@pytest.fixture
def cluster(directory: Path) -> Iterator[Cluster]:
    cluster = Cluster(directory)
    cluster.start()
    yield cluster
    cluster.release()


def test_four_first_starts_at_once_make_one_database_and_one_server(directory: Path) -> None:
    with users(directory, 4):
        log = Cluster(directory).log.read_text()
        assert log.count("starting PostgreSQL") == 1
        assert log.count("ready to accept connections") == 1
        with psycopg.connect(Cluster(directory).dsn) as connection:
            row = connection.execute("SELECT current_database(), current_user").fetchone()
        assert row == ("upstander", "upstander")
    assert is_down(directory)


def test_the_server_stays_until_the_last_process_leaves(directory: Path) -> None:
    with users(directory, 2) as (first, second):
        server = postmaster(directory)
        first.leave()
        assert server.is_running()
        assert keeper.listening(Cluster(directory).host, Cluster.port)
        second.leave()
        assert is_down(directory)


def test_a_killed_process_does_not_keep_the_server(directory: Path) -> None:
    with users(directory, 2) as (first, second):
        first.kill()
        assert not is_down(directory)
        second.leave()
        assert is_down(directory)


def test_the_server_stops_even_if_its_only_user_is_killed(directory: Path) -> None:
    with users(directory, 1) as (only,):
        only.kill()
    wait_until(lambda: is_down(directory))
    wait_until(lambda: not [one for one in keepers(directory) if one.status() != "zombie"])


def test_a_server_that_nobody_stopped_is_found_again_and_stopped_later(directory: Path) -> None:
    with users(directory, 1) as (only,):
        for process in keepers(directory):
            process.kill()
        server = postmaster(directory)
        only.kill()
    assert server.is_running()
    with users(directory, 1):
        assert postmaster(directory) == server
    assert is_down(directory)


def test_a_forked_child_keeps_the_server_for_itself(directory: Path) -> None:
    parent = User(directory, FORK)
    assert parent.says() == "ready"
    parent.process.wait()
    assert not is_down(directory)
    parent.process.communicate("\n")  # its child reads it, and ends
    wait_until(lambda: is_down(directory))


def test_a_forked_child_that_never_connects_does_not_keep_the_server(directory: Path) -> None:
    parent = User(directory, FORK, "idle")
    assert parent.says() == "ready"
    parent.process.wait()
    assert is_down(directory)
    parent.process.communicate("\n")


def test_what_was_committed_survives_a_killed_server(cluster: Cluster, directory: Path) -> None:
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('here')")
        kill_server(directory)
    cluster.start()
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("here",)]
        connection.execute("DROP TABLE kept")
    assert "not properly shut down" in cluster.log.read_text()


def test_another_process_with_the_old_servers_id_is_not_taken_for_it(cluster: Cluster, directory: Path) -> None:
    cluster.release()
    stranger = subprocess.Popen(["sleep", "60"], **as_account(account_of_server(cluster.home)))
    lines = [stranger.pid, cluster.home / "data", 1, 5432, cluster.host]
    for name in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
        (cluster.home / name).write_text("".join(f"{line}\n" for line in [*lines, "", " 1 1", "ready   "]))
    keeper.stop_if_unused(cluster.home)
    cluster.start()
    assert postmaster(directory).pid != stranger.pid
    cluster.release()
    assert is_down(directory)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_start_waits_for_the_remains_of_an_earlier_server_and_says_so(directory: Path) -> None:
    with users(directory, 1):
        pass
    remains = keeper.lock(Cluster(directory).home / "server.lock")
    user = User(directory)
    assert user.complains() == "upstander: the database is not ready yet, perhaps it recovers; waiting up to 60 s"
    assert is_down(directory) or not keeper.listening(Cluster(directory).host, Cluster.port)
    keeper.unlock(remains)
    assert user.says() == "ready"
    user.leave()


def test_no_port_is_open(cluster: Cluster, directory: Path) -> None:
    server = postmaster(directory)
    asked = 0
    for process in [server, *server.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker that has done its work
            assert process.net_connections("inet") == []
            asked += 1
    assert asked > 3


def test_only_its_account_can_enter_and_no_other_mode_changes(cluster: Cluster, place: Place) -> None:
    assert {path: rights(path) for path in place.rights_around} == place.rights_around
    assert cluster.home.stat().st_mode & 0o777 == 0o700
    assert (cluster.home / ".s.PGSQL.5432").stat().st_mode & 0o777 == 0o700
    assert [path for path in cluster.home.rglob("*") if path.lstat().st_mode & 0o077] == []
    assert postmaster(place.directory).uids().real == cluster.home.stat().st_uid != 0


def test_a_long_path_puts_the_socket_into_a_private_folder_below_tmp(directory: Path) -> None:
    with users(directory, 1):
        pass
    long = directory / ("petition" * 12)
    long.mkdir()
    (directory / "cluster").rename(long / "cluster")
    cluster = Cluster(long)
    socket_folder = Path(cluster.host)
    assert socket_folder.parent == Path("/tmp")
    socket_folder.mkdir(mode=0o755)  # somebody was there before
    with pytest.raises(EmbeddedError, match="is not a private folder of account"):
        cluster.start()
    socket_folder.rmdir()
    with users(long, 2):
        assert rights(socket_folder) == rights(cluster.home)
        with psycopg.connect(cluster.dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert is_down(long)
    assert not socket_folder.exists()
    (long / "cluster").rename(directory / "cluster")


def test_the_log_never_prints_a_value(cluster: Cluster) -> None:
    told = []
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE one (word text PRIMARY KEY, CHECK (length(word) < 99))")
        for statement in (
            "INSERT INTO one VALUES (%s)",
            "INSERT INTO one VALUES (%s)",
            "SELECT %s::int",
            "INSERT INTO one VALUES (repeat(%s, 9))",
            "DO $$ BEGIN RAISE WARNING 'seen: amina@example.org'; END $$",
            "SELECT broken FROM 'amina@example.org'",
        ):
            try:
                connection.execute(statement, ["amina@example.org"] if "%s" in statement else None)
            except psycopg.Error as error:
                told.append(str(error))
    assert len(told) == 4
    assert all("amina@example.org" in error for error in told)  # the client is told
    assert "amina" not in cluster.log.read_text()


def test_letters_are_known_in_every_script(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION unaccent")
        row = connection.execute(
            "SELECT similarity('مرحبا', 'مرحب') > 0.5, unaccent('été'), lower('ÉÇ'),"
            " to_tsvector('simple', 'بالعالم') @@ 'بالعالم'::tsquery, datlocprovider::text, datlocale"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        connection.rollback()
    assert row == (True, "ete", "éç", True, "b", "C.UTF-8")


def test_the_terminals_interrupt_does_not_reach_the_server(directory: Path) -> None:
    with users(directory, 1) as (first,), users(directory, 1):
        server = postmaster(directory)
        assert os.getpgid(server.pid) != os.getpgid(first.process.pid)
        assert all(os.getsid(one.pid) != os.getsid(0) for one in [server, *keepers(directory)])
        first.process.send_signal(signal.SIGINT)
        first.process.communicate()
        assert server.is_running()


def test_an_ended_command_leaves_no_pipe_open(directory: Path) -> None:
    keeping = User(directory)
    assert keeping.says() == "ready"
    result = run(START, directory)  # would hang if the server held its standard output
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    keeping.leave()


def test_a_server_that_gives_up_gives_its_reason(cluster: Cluster) -> None:
    cluster.release()
    control = cluster.home / "data" / "global" / "pg_control"
    control.rename(control.with_suffix(".away"))
    with pytest.raises(EmbeddedError, match=r'"global/pg_control"|global/pg_control') as caught:
        cluster.start()
    control.with_suffix(".away").rename(control)
    assert "\n" not in str(caught.value)


def test_only_an_unused_cluster_is_discarded(directory: Path) -> None:
    with users(directory, 1):
        with pytest.raises(EmbeddedError, match="is in use"):
            Cluster(directory).discard()
        assert not is_down(directory)
    Cluster(directory).discard()
    assert not (directory / "cluster").exists()
