"""Compare signatures, log and tallies."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.petitions.check_counts import check_counts


class Command(BaseCommand):
    """Changes nothing; exit status 1 where two numbers disagree."""

    help = "Compare signatures, log entries and tallies of every petition, and name each that disagrees."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each disagreement."""
        mismatches = check_counts()
        if mismatches:
            raise CommandError("\n".join(map(str, mismatches)))
        self.stdout.write("All counts agree.")
