"""The processes that the demo starts and must not leave behind."""

from __future__ import annotations

import contextlib
import fcntl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from config.ending_with_parent import ending_with_us

GRACE_SECONDS = 15


class Processes:
    """Named subprocesses that end together."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str]) -> None:
        """Start a process in a session of its own, so that Ctrl-C reaches the demo alone and it ends them in order.

        On Linux it ends even if the demo itself is killed.
        """
        self._running[name] = subprocess.Popen(ending_with_us(command), cwd=settings.BASE_DIR, start_new_session=True)

    def ended(self) -> str | None:
        """The name of a process that is no longer running."""
        return next((name for name, process in self._running.items() if process.poll() is not None), None)

    def wait_for_any(self) -> str:
        """Block until one of them ends."""
        while not (name := self.ended()):
            time.sleep(0.2)
        return name

    def stop(self) -> None:
        """End all of them, politely first; come back when none is left."""
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def hold_directory(var: Path) -> Iterator[bool]:
    """Whether this demo has the directory to itself; the hold ends with the block or the process."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
