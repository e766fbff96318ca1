"""Processes that are not left behind, however the one that started them ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from config import ending_with_parent
from tests.config.server_users import ROOT, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows that wish")
START = """
import subprocess, sys
from config.ending_with_parent import ending_with_us
print(subprocess.Popen(ending_with_us(["sleep", "600"]), start_new_session=True).pid, flush=True)
sys.stdin.readline()
"""


def runs(pid: int) -> str:
    """What that process runs; nothing once it has ended."""
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else process.name()
    except psutil.NoSuchProcess:
        return ""


def test_who_is_killed_leaves_nothing_behind() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", START], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    wait_until(lambda: runs(child) == "sleep")  # the same process has become the program
    parent.kill()
    parent.communicate(timeout=20)
    wait_until(lambda: not runs(child))


def test_who_started_it_and_is_gone_already_gets_nothing_started() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait(20)
    command = [sys.executable, ending_with_parent.__file__, str(gone.pid), "echo", "started"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=20).stdout == ""


def test_it_ends_as_its_program_ends() -> None:
    process = subprocess.Popen(ending_with_parent.ending_with_us(["sh", "-c", "exit 7"]))
    assert process.wait(20) == 7
    sleeping = subprocess.Popen(ending_with_parent.ending_with_us(["sleep", "600"]))
    wait_until(lambda: runs(sleeping.pid) == "sleep")
    os.kill(sleeping.pid, signal.SIGTERM)
    assert sleeping.wait(20) == -signal.SIGTERM
