"""Processes that use an embedded server, and what the tests ask about it from outside."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from config import embedded_keeper as keeper
from config.embedded import Cluster

ROOT = Path(__file__).resolve().parent.parent.parent

USE = """
import sys
from pathlib import Path
from config.embedded import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
print("ready", flush=True)
sys.stdin.readline()
"""


class User:
    """A process that runs a script with a cluster's directory and lives until told to leave."""

    def __init__(self, directory: Path, script: str = USE, *arguments: str, **options: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, str(directory), *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,  # type: ignore[call-overload]
        )

    def says(self) -> str:
        """Its next line; empty if it has ended."""
        return str(self.process.stdout.readline()).strip()

    def complains(self) -> str:
        """Its next line on standard error."""
        return str(self.process.stderr.readline()).strip()

    def leave(self) -> tuple[str, str]:
        """Let it end as a program ends; the rest of what it said."""
        said, complained = self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0, complained
        return said, complained

    def kill(self) -> None:
        """End it by SIGKILL."""
        self.process.kill()
        self.process.communicate(timeout=60)


@contextlib.contextmanager
def users(directory: Path, count: int) -> Iterator[list[User]]:
    """Processes that have started, or found, the server."""
    everyone = [User(directory) for _ in range(count)]
    try:
        for user in everyone:
            assert user.says() == "ready", user.complains()
        yield everyone
    finally:
        for user in everyone:
            if user.process.poll() is None:
                user.leave()


def run(script: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a script to its end in a process of its own."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload, no-any-return]


@contextlib.contextmanager
def open_directory() -> Iterator[Path]:
    """A directory that every account can enter, as an installation's is; its cluster is stopped in the end."""
    directory = Path(tempfile.mkdtemp(prefix="upstander-test-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        yield directory
        keeper.stop_if_unused(Cluster(directory).home)
    finally:
        shutil.rmtree(directory)


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition, and fail if it does not come."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_down(directory: Path) -> bool:
    """Whether no process of the server is left and its socket is silent."""
    cluster = Cluster(directory)
    return not keeper.is_held(cluster.home / "server.lock") and not keeper.listening(cluster.host, cluster.port)


def postmaster(directory: Path) -> psutil.Process:
    """The server's first process."""
    return psutil.Process(int((Cluster(directory).home / "data" / "postmaster.pid").read_text().split()[0]))


def keepers(directory: Path) -> list[psutil.Process]:
    """The processes that would stop this server."""
    ours = str(Cluster(directory).home)
    found = [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"]]
    return [one for one in found if one.info["cmdline"][-1] == ours and keeper.__file__ in one.info["cmdline"]]


def kill_server(directory: Path) -> None:
    """End the server's first process by SIGKILL, and see that it is gone."""
    first = postmaster(directory)
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: not first.is_running() or first.status() == psutil.STATUS_ZOMBIE)
