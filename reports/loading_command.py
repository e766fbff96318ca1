"""What every command that loads a content file does the same: check it whole, write, say what changed."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.content_file import ContentFileError, listed
from reports.content_writing import Changes


class LoadingCommand(BaseCommand, ABC):
    """A command whose subclass says how its file is read and written, and in `file_help` what file that is."""

    file_help: str

    @abstractmethod
    def load(self, file: Path, *, dry_run: bool) -> Changes:
        """Read the file whole, then write it unless `dry_run`. Raises ContentFileError with every problem."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, and whether only to look."""
        parser.add_argument("file", type=Path, help=self.file_help)
        parser.add_argument("--dry-run", action="store_true", help="check the file and count, write nothing")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        """Say what changed, or list every problem."""
        try:
            changes = self.load(file, dry_run=dry_run)
        except ContentFileError as error:
            raise CommandError("\n".join(listed(error.problems))) from None
        for line in changes.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
