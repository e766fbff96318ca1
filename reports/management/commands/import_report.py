"""Import an edition of a report as drafts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand, CommandError

from reports.importing.applying import Outcome, apply, check
from reports.importing.files import from_path
from reports.importing.limits import ImportRefused
from reports.importing.positions import MOST_PROBLEMS


class Command(BaseCommand):
    """What the desk does with an uploaded file, for whoever has the file on the server."""

    help = "Import an edition as drafts: an outline, CSV tables or a JSON bundle (see docs/report-file.md)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, and whether only to look."""
        forms = "outline (.docx, .html, .md), zip or directory of CSV tables, or JSON bundle"
        parser.add_argument("file", type=Path, help=forms)
        parser.add_argument("--dry-run", action="store_true", help="check and compare, write nothing")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        """Say what changed, or list every problem."""
        try:
            outcome = _done(file, dry_run=dry_run)
        except ImportRefused as refusal:
            told = [f"  {problem}" for problem in refusal.problems[:MOST_PROBLEMS]]
            raise CommandError("\n".join([f"Nothing was written. {refusal}:", *told])) from None
        for line in outcome.lines():
            self.stdout.write(line)
        self.stdout.write("Dry run: nothing was written." if dry_run else "New findings and texts are drafts.")


def _done(file: Path, *, dry_run: bool) -> Outcome:
    handed = from_path(file)
    return check(handed) if dry_run else apply(handed, AnonymousUser())[1]
