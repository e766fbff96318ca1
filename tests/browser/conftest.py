"""A real browser on the real demo: the site as a newcomer gets it, started by the one documented command."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from tests.config.server_users import open_directory

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ENDING_SECONDS = 60
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container's /dev/shm may be too small for a page
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Demo:
    """The running demo: its address, what it printed, its directory."""

    url: str
    printed: str
    var: Path

    def password(self, role: str) -> str:
        found = re.search(rf"{role}\s+(\S+@\S+)\s+password (\S+)", self.printed)
        assert found, self.printed
        return found[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """What a newcomer's shell holds: none of our settings."""
    ours = ("UPSTANDER_", "DATABASE_", "DJANGO_", "SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "DEFAULT_FROM_EMAIL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """One demo for all browser tests of a run; started and ended as the README says."""
    with open_directory() as directory, running_demo(directory / "demo") as demo:
        yield demo


@contextmanager
def running_demo(var: Path) -> Iterator[Demo]:
    """The demo that keeps its files in ``var``, serving until the block ends."""
    port = free_port()
    command = [sys.executable, "manage.py", "demo", "--port", str(port), "--var", str(var)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("Upstander is running at"):
            break
    else:
        pytest.fail(f"the demo did not start:\n{printed}")
    try:
        yield Demo(f"http://127.0.0.1:{port}", printed, var)
    finally:
        process.terminate()
        process.communicate(timeout=40)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium of the system; where there is none, tests are skipped, but in CI they fail.

    For one module: while Playwright runs, its thread has an event loop, in which no other test may ask the database.
    """
    if not CHROMIUM:
        message = "no Chromium on this machine: install the package `chromium`"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        with ending_within(ENDING_SECONDS):
            browser.close()
            playwright.stop()


@contextmanager
def ending_within(seconds: float) -> Iterator[None]:
    """End the browser and its driver: politely, and where they do not, by force, as nothing waits for ever."""
    forced = threading.Event()

    def force() -> None:
        forced.set()
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if "playwright" in " ".join(process.cmdline()) or "chrom" in process.name():
                    process.kill()

    timer = threading.Timer(seconds, force)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Error:
        if not forced.is_set():
            raise
    finally:
        timer.cancel()
    if forced.is_set():
        warnings.warn("the browser did not end by itself and was killed", stacklevel=1)
