"""Load demonstrations from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.demonstrations.demonstration_file import read_demonstration_file, write_demonstrations
from reports.content_file import ContentFileError, listed


class Command(BaseCommand):
    """Checks the whole file first; what it then writes, it writes in one transaction."""

    help = "Load demonstrations from a JSON file, after the campaigns they belong to. Days are counted from today."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, and whether only to look."""
        parser.add_argument("file", type=Path, help="the demonstration file")
        parser.add_argument("--dry-run", action="store_true", help="check the file and count, write nothing")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        """Say what changed, or list every problem."""
        try:
            changes = write_demonstrations(read_demonstration_file(file), dry_run=dry_run)
        except ContentFileError as error:
            raise CommandError("\n".join(listed(error.problems))) from None
        for line in changes.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
