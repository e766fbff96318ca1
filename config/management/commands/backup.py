"""Copy the database into a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backups import BackupError, back_up, warning_about


class Command(BaseCommand):
    """The site goes on meanwhile: the copy is of one moment."""

    help = "Write a backup of the database to a new file. The keystore is never in it: back it up elsewhere."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, help="a file that does not exist yet")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Says what was written, and where it should not lie."""
        try:
            size = back_up(file)
        except BackupError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{file}: {size:,} bytes. The keys are not in it: back up the keystore, elsewhere.")
        if warning := warning_about(file):
            self.stderr.write(self.style.WARNING(warning))
