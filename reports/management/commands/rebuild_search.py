"""Write the search index anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reports.search_index import rebuild


class Command(BaseCommand):
    """Triggers keep the index; this is for the day PostgreSQL itself has changed. A second run changes nothing."""

    help = "Write the search index anew from the texts, after an upgrade of PostgreSQL."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many texts can be found."""
        self.stdout.write(f"{rebuild()} texts are in the search index.")
