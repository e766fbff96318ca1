"""Every measure of speed and safety in one table. `tests/benchmarks/run` starts it; see docs/performance.md.

    python -m tests.benchmarks.everything [--full]

A few minutes; `--full` takes the rounds of a minute, ten million signatures, thirty kills, and less than 40 minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable

from config.rehearsal.rehearsing import rehearse
from tests.benchmarks.peak import Result, print_table, read_path, write_path
from tests.browser.conftest import ROOT
from tests.config.server_users import open_directory

LOOP_RATE, AIM_LAG = 400, 2.0
SHORT = argparse.Namespace(
    seconds=5, rounds=3, existing=10_000, more=200_000, loop=15, kills=4, export=20_000, upgrade=20_000
)
FULL = argparse.Namespace(
    seconds=60, rounds=3, existing=10_000, more=10_000_000, loop=60, kills=30, export=1_000_000, upgrade=1_000_000
)


def whole_loop(seconds: float) -> list[Result]:
    """Sign, mail, confirm, count, at 400 people a second, with two workers: each sends one mail at a time."""
    with open_directory() as directory:
        found = rehearse(directory, seconds, LOOP_RATE, workers=2)
    print(found)
    rate = found.confirmed / seconds
    return [
        Result("loop: confirmed a second", f"{rate:.0f}", f">= {LOOP_RATE * 0.95:.0f}", rate >= LOOP_RATE * 0.95),
        Result("loop: count behind", f"{found.count_lag:.1f} s", f"<= {AIM_LAG} s", found.count_lag <= AIM_LAG),
        Result("loop: lost, doubled or failed", "none" if found.clean else "see above", "none", found.clean),
    ]


def kills(number: int) -> list[Result]:
    """Worker, web process and database, killed at random under load; the test prints its seed."""
    done = _run([sys.executable, "-m", "pytest", "-q", "-s", "tests/kills"], KILLS=str(number))
    return [Result(f"kills: {number}, nothing lost or doubled", _last_line(done), "passed", done.returncode == 0)]


def same_answer() -> list[Result]:
    """Whether the time of an answer tells who has signed."""
    done = _run([sys.executable, "-m", "tests.benchmarks.same_answer"])
    found = re.search(r"largest difference of medians: ([\d.]+) ms", done.stdout)
    ms = float(found[1]) if found else float("inf")
    return [Result("same answer: largest difference of medians", f"{ms:.2f} ms", "< 1 ms", ms < 1)]


def export(rows: int) -> list[Result]:
    """The list of signatories against a plain COPY."""
    done = _run([sys.executable, "-m", "tests.benchmarks.export", "--rows", str(rows)])
    found = re.search(r"ratio ([\d.]+)", done.stdout)
    return [Result("export: share of COPY", found[1] if found else "failed", ">= 0.25", done.returncode == 0)]


def upgrade(rows: int) -> list[Result]:
    """A new version and every migration, beside people who sign; the measure prints its own figures."""
    done = _run([sys.executable, "-m", "tests.benchmarks.upgrade", "--rows", str(rows)])
    found = re.findall(r"^(upgrade|migrations): (.+?)\s{2,}(.+?)\s+aim (.+?)\s+(MET|MISSED)$", done.stdout, re.M)
    told = [Result(f"{part}: {what}", figure, aim, met == "MET") for part, what, figure, aim, met in found]
    return told or [Result("upgrade", "failed", "", False)]


def _run(command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=ROOT, env=os.environ | more, stdout=subprocess.PIPE, text=True, timeout=1800)
    print(done.stdout, flush=True)
    return done


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stdout.strip().splitlines() or ["no output"])[-1][:40]


def main() -> None:
    """Each measure by itself: one that breaks is told in the table and keeps no other from its turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    size = FULL if parser.parse_args().full else SHORT
    steps: dict[str, Callable[[], list[Result]]] = {
        "write path": lambda: write_path(size),
        "read path": read_path,
        "whole loop": lambda: whole_loop(size.loop),
        "same answer": same_answer,
        "export": lambda: export(size.export),
        "kills": lambda: kills(size.kills),
        "upgrade": lambda: upgrade(size.upgrade),
    }
    results, began = [], time.monotonic()
    for name, step in steps.items():
        print(f"\n== {name}", flush=True)
        try:
            results += step()
        except (Exception, SystemExit) as problem:
            results.append(Result(name, f"{type(problem).__name__}: {problem}"[:60], "", False))
    print_table(results)
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(0 if all(result.met for result in results) else 1)


if __name__ == "__main__":
    main()
