"""The processes of a rehearsal: database, web server and worker, each as an installation runs it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import psycopg

from config.demonstration import OVERRIDDEN
from config.embedded import Cluster
from config.ending_with_parent import ending_with_us
from config.environment import ROOT

LOOPBACK: Final = "127.0.0.1"
SLUG: Final = "stop-the-trade-in-spyware"
START_SECONDS: Final = 180
STOP_SECONDS: Final = 20
NO_LIMITS: Final = {
    # The crowd comes from one address. What a flood is asked for is rehearsed elsewhere.
    "UPSTANDER_LIMIT_SOFT": "1000000",
    "UPSTANDER_LIMIT_HARD": "100000000",
    "UPSTANDER_LIMIT_PETITION": "1000000000",
    "UPSTANDER_LIMIT_CONFIRMED": "0",
    "UPSTANDER_MAIL_RATE": "1000",
}
Command = list[str]


class StackFailed(Exception):
    """A process of the rehearsal could not start; its own last words stand above."""


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def web_command(port: int, processes: int = 2) -> Command:
    """The web server as docs/operator.md starts it."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
        *("--host", LOOPBACK, "--port", str(port), "--workers", str(processes), "--blocking-threads", "32"),
        *("--respawn-failed-workers", "--respawn-interval", "0.2", "--no-access-log", "--log-level", "error"),
    ]


class Stack:
    """A site of its own in `var`, with the demo's content. `mail_port` is where its mail goes."""

    def __init__(self, var: Path, mail_port: int, workers: int = 1) -> None:
        self.port, self.workers = free_port(), workers
        self.cluster = Cluster(var / "postgresql")
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in OVERRIDDEN and not name.startswith(("UPSTANDER_", "DJANGO_", "DATABASE_", "GRANIAN_"))
        }
        self.environment = {
            **inherited,
            **NO_LIMITS,
            "UPSTANDER_DEMO": "1",
            "UPSTANDER_VAR": str(var),
            "UPSTANDER_ORIGIN": f"http://{LOOPBACK}:{self.port}",
            "EMAIL_URL": f"smtp://{LOOPBACK}:{mail_port}",
        }

    def start(self) -> None:
        """Make what is missing, start everything, come back when the petition's page answers."""
        self.cluster.start()
        self.manage("prepare_demo")
        self.start_web()
        self.start_worker()
        for number in range(2, self.workers + 1):
            self.start_worker(f"worker {number}")
        self.wait_until_serving()

    def start_web(self, name: str = "web", processes: int = 2) -> None:
        """A web server on the port of the stack; several may share it (SO_REUSEPORT), which a deploy makes use of."""
        self._start(name, web_command(self.port, processes))

    def start_worker(self, name: str = "worker") -> None:
        """One worker more."""
        self._start(name, [sys.executable, "manage.py", "worker", "--verbosity", "0"])

    def end(self, name: str, *, kill: bool = False) -> None:
        """End a process and wait for it."""
        process = self.running.pop(name)
        process.kill() if kill else process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """End everything; the data stays."""
        for name in list(self.running):
            self.end(name)
        self.cluster.release()

    def database(self) -> psycopg.Connection:
        """A connection of its own, for looking at the books."""
        return psycopg.connect(self.cluster.dsn, autocommit=True)

    def wait_until_serving(self) -> str:
        """The SHA-256 of the wording to sign, from the petition's page. Raises StackFailed."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise StackFailed(f"the {name} ended at once")
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=20)
                connection.request("GET", f"/en/petitions/{SLUG}/")
                found = re.search(r'name="text"\s+value="([0-9a-f]{64})"', connection.getresponse().read().decode())
                if found:
                    return found[1]
            time.sleep(0.1)
        raise StackFailed(f"the petition's page did not come within {START_SECONDS} seconds")

    def manage(self, *arguments: str) -> None:
        """Run a command of the site to its end. Raises StackFailed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL
        )
        if done.returncode:
            raise StackFailed(f"`manage.py {arguments[0]}` failed")

    def _start(self, name: str, command: Command) -> None:
        self.running[name] = subprocess.Popen(
            ending_with_us(command), cwd=ROOT, env=self.environment, start_new_session=True
        )
