"""Kills worker, web process and database at random moments, as a machine under pressure or an operator would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter

import psutil
import psycopg

from config.rehearsal.stack import Stack

# What a killed worker had claimed waits for its lease of five minutes; here they pass at once.
FIVE_MINUTES_PASS = "UPDATE mailbox_mail SET due_at = now() WHERE sending_at IS NULL AND refused_at IS NULL"


class Killer:
    """A disturbance that ends one process by SIGKILL, a random while after the last. `seed` repeats its choices."""

    def __init__(self, seed: int) -> None:
        self.killed: Counter[str] = Counter()
        self._random = random.Random(seed)

    async def __call__(self, stack: Stack) -> None:
        await asyncio.sleep(self._random.uniform(0.5, 2.5))
        name = self._victim()
        await asyncio.to_thread(getattr(self, f"_{name}"), stack)
        self.killed[name] += 1
        await asyncio.to_thread(five_minutes_pass, stack)

    def _victim(self) -> str:
        """Each in turn before any comes again, in a random order."""
        least = min(self.killed[name] for name in ("worker", "web", "database"))
        return self._random.choice([name for name in ("worker", "web", "database") if self.killed[name] == least])

    def _worker(self, stack: Stack) -> None:
        """What watches over an installation starts it again."""
        stack.end("worker", kill=True)
        stack.start_worker()

    def _web(self, stack: Stack) -> None:
        """One process of the web server, which starts another. A server whose process dies again within five seconds
        takes that for a fault of its own and ends; then what watches over an installation starts it again."""
        server = stack.running["web"]
        before = serving(server.pid)
        killed = self._random.choice(before)
        killed.kill()
        for _ in range(100):
            if server.poll() is not None:
                stack.end("web")
                stack.start_web()
                return
            if len(now := serving(server.pid)) == len(before) and killed not in now:
                return
            time.sleep(0.05)

    def _database(self, stack: Stack) -> None:
        """The server's first process; its children notice and end, and the next connection starts it again."""
        first = int((stack.cluster.home / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(first, signal.SIGKILL)


def serving(server: int) -> list[psutil.Process]:
    """The processes of a web server that answer."""
    found = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(server).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.status() != psutil.STATUS_ZOMBIE and "resource_tracker" not in " ".join(child.cmdline()):
                    found.append(child)
    return found


def five_minutes_pass(stack: Stack) -> None:
    """Once the database answers again."""
    for _ in range(300):
        with contextlib.suppress(psycopg.Error):
            stack.cluster.start()
            with stack.database() as database:
                database.execute(FIVE_MINUTES_PASS)
            return
