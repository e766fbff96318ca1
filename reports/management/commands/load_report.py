"""Load a report from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.content_file import ContentFileError, listed
from reports.report_file.reading import read_report
from reports.report_file.writing import write_report


class Command(BaseCommand):
    """Checks the whole file first; what it then writes, it writes in one transaction."""

    help = "Load an edition of a report from a JSON file (see docs/report-file.md). Loading it again changes nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, and whether only to look."""
        parser.add_argument("file", type=Path, help="the report file")
        parser.add_argument("--dry-run", action="store_true", help="check the file and count, write nothing")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        """Say what changed, or list every problem."""
        try:
            changes = write_report(read_report(file), dry_run=dry_run)
        except ContentFileError as error:
            raise CommandError("\n".join(listed(error.problems))) from None
        for line in changes.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
