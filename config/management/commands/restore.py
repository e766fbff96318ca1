"""Fill an empty database from a backup."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.keystore import KeystoreError, check_keystore
from campaigns.petitions.ending import close_due
from config.backups import BackupError, restore
from config.worker_jobs import delete_what_is_over


class Command(BaseCommand):
    """Refuses a database that holds anything."""

    help = "Fill the empty database from a file of `backup`, bring it up to date and erase again what is over."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where from."""
        parser.add_argument("file", type=Path, help="a file that `backup` wrote")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """The keystore must be in its place before: what was destroyed since is erased again by what it says."""
        try:
            check_keystore()
            restore(file)
        except (BackupError, KeystoreError) as problem:
            raise CommandError(str(problem)) from None
        call_command("migrate", interactive=False, verbosity=0)
        now = timezone.now()
        close_due(now)
        delete_what_is_over(now)
        self.stdout.write("The backup is restored, and what was over or shredded since is erased again.")
        self.stdout.write("Single signatures that were withdrawn after the backup are back: see docs/operator.md.")
