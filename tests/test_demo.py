"""The one command of the README: starts whole, says what is in its way, ends clean, keeps what it holds."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, clean_environment, free_port
from tests.config.server_users import open_directory


def command(port: int, var: Path, *more: str) -> list[str]:
    return [sys.executable, "manage.py", "demo", "--port", str(port), "--var", str(var), *more]


@contextmanager
def running(port: int, var: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A demo that serves, and what it printed until then."""
    process = subprocess.Popen(
        command(port, var, *more),
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if line == f"Upstander is running at http://127.0.0.1:{port}/\n":
            break
    try:
        yield process, printed
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGINT):  # as from a terminal and its wrapper at once
            process.send_signal(number)
        process.communicate(timeout=40)
        assert process.returncode == 0


def processes_of(var: Path) -> list[str]:
    """Command lines or environments of living processes that name the directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) == os.getpid():
            continue
        try:
            text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(var).encode() in text:
            found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.fixture
def directory() -> Iterator[Path]:
    with open_directory() as path:
        yield path


def get(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return int(answer.status)


def test_a_busy_port_is_a_clear_message_with_the_next_step(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run(
            command(port, tmp_path / "demo"), cwd=ROOT, env=clean_environment(), capture_output=True, text=True
        )
    assert result.returncode == 1
    assert result.stderr == f"CommandError: Port {port} is taken. Try: uv run manage.py demo --port {port + 1}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_demo_starts_ends_clean_and_keeps_its_data(directory: Path) -> None:
    var = directory / "demo"
    port = free_port()
    with running(port, var) as (_, printed):
        logins = re.findall(r"(\S+@example\.org)\s+password (\S+)", printed)
        assert [email for email, _ in logins] == ["editor@example.org", "organiser@example.org"]
        for path in ("/", "/en/", "/ar/", "/healthz", "/desk/", "/demo/mail/"):
            assert get(port, path) == 200, path
        second = subprocess.run(
            command(free_port(), var), cwd=ROOT, env=clean_environment(), capture_output=True, text=True
        )
        assert "A demo already runs from" in second.stderr
    deadline = time.monotonic() + 10
    while (left := processes_of(var)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []

    keys = (var / "demo.env").read_text()
    with running(port, var) as (_, printed):
        assert "password" not in printed  # shown once
        assert (var / "demo.env").read_text() == keys
    with running(port, var, "--fresh") as (_, printed):
        assert len(re.findall(r"password (\S+)", printed)) == 2
        assert (var / "demo.env").read_text() != keys
        assert get(port, "/en/") == 200
