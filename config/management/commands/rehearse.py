"""A synthetic peak against a site of its own on this machine: is nothing lost, and how fast is it?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.environment import ROOT
from config.rehearsal.crowd import NotLoopback, loopback_only
from config.rehearsal.rehearsing import Figures, keep_run, last_run, rehearse
from config.rehearsal.stack import LOOPBACK, StackFailed

HOME = ROOT / "var" / "rehearsal" / "site"


class Command(BaseCommand):
    """Exit status 1 where anything that was accepted is missing, failed, or came twice."""

    help = (
        "Fire a synthetic peak through sign, mail, confirm and count at a site of its own on this machine. "
        "Nothing of an installation is read or written, no mail leaves, and no other host can be named."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """How long and how hard, and where its files lie."""
        parser.add_argument("--seconds", type=float, default=30, help="how long people sign (default 30)")
        parser.add_argument("--rate", type=float, default=200, help="signatures a second (default 200)")
        parser.add_argument("--var", type=Path, default=HOME, help="a folder for its database and keys alone")
        parser.add_argument("--host", default=LOOPBACK, help="a name of this machine's loopback address")

    def handle(self, *args: Any, seconds: float, rate: float, var: Path, host: str, **options: Any) -> None:
        """Run, print, compare with the run before, and keep the figures for the next one."""
        if not 1 <= seconds <= 3600 or not 1 <= rate <= 100_000:
            raise CommandError("--seconds must be from 1 to 3600 and --rate from 1 to 100000.")
        try:
            loopback_only(host)
        except NotLoopback as problem:
            raise CommandError(f"{problem}.") from None
        var = var.absolute()
        refuse_foreign(var)
        var.mkdir(parents=True, exist_ok=True)
        (var / MARK).touch()
        self.stdout.write(f"A site of its own starts in {var} …")
        self.stdout.flush()
        try:
            figures = rehearse(var, seconds, rate, host=host)
        except StackFailed as problem:
            raise CommandError(f"The rehearsal did not begin: {problem}.") from None
        for line in report(figures, last_run(var)):
            self.stdout.write(line)
        keep_run(var, figures)
        if not figures.clean:
            raise CommandError("Not everything that was accepted is whole: see the lines above.")


MARK = "rehearsal"


def refuse_foreign(var: Path) -> None:
    """A folder that holds anything else might be an installation's."""
    if var.exists() and any(var.iterdir()) and not (var / MARK).exists():
        raise CommandError(f"{var} holds something else: name a folder for the rehearsal alone.")


def report(figures: Figures, before: dict[str, Any] | None) -> list[str]:
    """Lines to read; the run before stands in brackets."""
    found, lost = figures, figures.outcome

    def line(label: str, value: float, name: str, unit: str = "") -> str:
        was = f"   (last run {before[name]:.1f})" if before and name in before else ""
        return f"{label:<34}{value:10.1f}{unit}{was}"

    return [
        line("accepted a second", found.accepted_rate, "accepted_rate") + f"   asked {found.asked:.0f}",
        line("sign, from due to answer: p50", found.p50, "p50", " ms"),
        line("  p95", found.p95, "p95", " ms"),
        line("  p99", found.p99, "p99", " ms"),
        line("confirm: p99", found.confirm_p99, "confirm_p99", " ms"),
        line("count behind at most", found.count_lag, "count_lag", " s"),
        f"accepted {found.accepted}, confirmed {found.confirmed}; answers of 5xx {found.failures}, none {found.broken}",
        f"lost = {lost.lost}, confirmed and not stored so = {lost.uncounted}, miscounted = {lost.miscounted}, "
        f"without a mail = {lost.unmailed_people}, mailed twice = {lost.mailed_twice}",
    ]
