"""The locks that say who uses the embedded server, and its end when nobody does.

Two files in the cluster's folder, locked with flock(2); the kernel lets go for whoever dies, however it dies:

- `users.lock`: every process that uses the server holds it shared. Who gets it exclusively stops the server.
- `server.lock`: the server and all its children hold it by inheritance. While it is held the data has an owner.

A process stops the server on its way out, but one that a signal ends cannot. So a keeper runs beside the server: this
file as a program, with nothing but the standard library, because it stays for as long as the server lives. Should the
keeper itself be killed, the next process to leave does its work.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

with contextlib.suppress(ImportError):  # Windows has none, and `Cluster.start` says so
    import fcntl

STOP_SECONDS = 60
POLL_SECONDS = 0.5

_locks: set[int] = set()


def open_owned(path: Path, flags: int) -> int:
    """Open a file, a new one with mode 0600; what root makes belongs to the owner of the folder."""
    file = os.open(path, flags | os.O_CREAT, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(file, folder.st_uid, folder.st_gid)
    return file


def lock(path: Path, *, shared: bool = False, wait: bool = True) -> int:
    """Lock a file until `unlock` or the end of the process. Raises BlockingIOError instead of waiting."""
    file = open_owned(path, os.O_RDWR)
    _locks.add(file)
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        unlock(file)
        raise
    return file


def unlock(file: int) -> None:
    """Let go of what `lock` returned."""
    _locks.discard(file)
    os.close(file)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock exclusively, after waiting for whoever has it."""
    file = lock(path)
    try:
        yield
    finally:
        unlock(file)


def leave_to_parent() -> None:
    """In a forked child: close the locks, which are shared with the parent and would outlive it otherwise."""
    for file in list(_locks):
        unlock(file)


def listening(folder: str, port: int) -> bool:
    """Whether somebody accepts connections on the socket of that folder; it says nothing about being ready."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(f"{folder}/.s.PGSQL.{port}")
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except (TimeoutError, BlockingIOError):
            return True  # its queue is full: alive and busy
    return True


def is_held(path: Path) -> bool:
    """Whether any process holds that lock exclusively; nobody holds a missing one."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def stop_if_unused(home: Path) -> None:
    """Stop the server of the cluster in `home` unless another process uses it; come back when it has ended."""
    users = home / "users.lock"
    if not users.exists():  # the cluster was deleted, and must not come back by half
        return
    with contextlib.suppress(FileNotFoundError, BlockingIOError):
        file = lock(users, wait=False)
        try:
            _stop(home)
        finally:
            unlock(file)


def _stop(home: Path) -> None:
    """Ask for PostgreSQL's fast shutdown, which loses no commit.

    The file `postmaster.pid` (PostgreSQL 18, src/include/utils/pidfile.h) gives process id, port, socket folder and
    state in the lines 1, 4, 5 and 8. Its id is used only after the socket has answered, so never an id that another
    process got since. A server that still recovers is left alone: it would have to begin again.
    """
    lines = (home / "data" / "postmaster.pid").read_text().splitlines()
    if len(lines) < 8 or lines[7].strip() != "ready" or not listening(lines[4], int(lines[3])):
        return
    server, socket_folder = int(lines[0]), lines[4]
    with contextlib.suppress(ProcessLookupError):
        os.kill(server, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while is_held(home / "server.lock") and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ChildProcessError):  # who started it also buries it
        os.waitpid(server, os.WNOHANG)
    with contextlib.suppress(OSError):  # a socket folder of its own is empty now; the cluster's folder is not
        os.rmdir(socket_folder)


def keep(home: Path) -> None:
    """Wait until the server of the cluster in `home` has ended, and end it as soon as no process uses it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # meant for the processes that use the server
    while is_held(home / "server.lock"):
        time.sleep(POLL_SECONDS)
        stop_if_unused(home)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
