"""Everything at work on one machine: database, web server, worker, demo content and a mailbox."""

from __future__ import annotations

import argparse
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaigns.keystore import KeystoreError, check_keystore
from config import demonstration, embedded
from config.demo_processes import Processes, hold_directory
from config.embedded_programs import EmbeddedError

START_SECONDS = 120
ENDING = (signal.SIGTERM, signal.SIGINT)


class Command(BaseCommand):
    """Runs until Ctrl-C, then leaves no process behind."""

    help = "Start the demo: its own database in var/, content, logins and a mailbox instead of mail."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The options that `config.demonstration` has already read for the settings."""
        demonstration.add_arguments(parser)

    def handle(self, *args: Any, port: int, var: Path, fresh: bool, **options: Any) -> None:
        """Opens no database connection itself: the processes it starts do."""
        refuse_busy_port(port)
        with hold_directory(settings.VAR) as held:
            if not held:
                raise CommandError(f"A demo already runs from {var}. Stop it first, or give another --var DIR.")
            if fresh:
                forget(settings.VAR)
            processes = Processes()
            try:
                self.run(processes, port)
            except KeyboardInterrupt:
                self.stdout.write("\nStopping.")
            finally:
                ignore_signals()
                processes.stop()

    def run(self, processes: Processes, port: int) -> None:
        """Prepare, serve, say where, and wait for the end."""
        for number in ENDING:
            signal.signal(number, raise_interrupt)
        try:
            check_keystore()
            # Held from here on, so that the server stays up between the processes below.
            embedded.cluster_at(str(settings.VAR / "postgresql")).start()
        except (EmbeddedError, KeystoreError) as problem:
            raise CommandError(str(problem)) from None
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "prepare_demo"], check=True, cwd=settings.BASE_DIR)
        processes.start("web server", web_server(port))
        processes.start("worker", [*manage, "worker"])
        address = f"http://127.0.0.1:{port}/"
        wait_until_serving(address, processes)
        self.stdout.write(f"Mail of the demo is read at {address}demo/mail/, the desk is at {address}desk/")
        self.stdout.write(f"Upstander is running at {address}")
        self.stdout.flush()
        ended = processes.wait_for_any()
        raise CommandError(f"The {ended} has stopped; its last lines are above. Everything else was stopped too.")


def raise_interrupt(*_: object) -> None:
    """A polite end by signal is the same as Ctrl-C; a second one must not break off the ending."""
    ignore_signals()
    raise KeyboardInterrupt


def ignore_signals() -> None:
    """From here on the demo ends in its own order."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def web_server(port: int) -> list[str]:
    """Granian on the loopback address; its access log stays off, since paths can be somebody's link."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "32", "--no-access-log", "--log-level", "error"),
        "config.wsgi:application",
    ]


def refuse_busy_port(port: int) -> None:
    """Say what to do when another program has the port."""
    if not 1 <= port <= 65535:
        raise CommandError("The port must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CommandError(f"Port {port} needs more rights. Try: uv run manage.py demo --port 8000") from None
        except OSError:
            free = port + 1 if port < 65535 else 8000
            raise CommandError(f"Port {port} is taken. Try: uv run manage.py demo --port {free}") from None


def forget(var: Path) -> None:
    """Delete what earlier runs left, keys included; only in a directory that a demo made."""
    if not (var / "demo.env").exists():
        return
    try:
        embedded.cluster_at(str(var / "postgresql")).discard()
    except EmbeddedError as problem:
        raise CommandError(str(problem)) from None
    for name in ("postgresql", "keystore", "mail", "files", "static"):
        shutil.rmtree(var / name, ignore_errors=True)
    (var / "demo.env").unlink()
    demonstration.forget_keys()
    demonstration.read_settings(var)


def wait_until_serving(address: str, processes: Processes) -> None:
    """Come back when the home page answers; give up when a process ends or time runs out."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if ended := processes.ended():
            raise CommandError(f"The {ended} could not start; its last lines are above.")
        try:
            with urllib.request.urlopen(f"{address}healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise CommandError(f"The web server did not answer within {START_SECONDS} seconds.")
