"""Pack an edition as a zip to keep."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.pages.edition_archives import pack_edition
from reports.models import ReportEdition


class Command(BaseCommand):
    """The worker does the same by itself whenever something of an edition has changed."""

    help = "Pack the pages and the data of a public edition as a zip, which the site then offers at /data/KEY.zip."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which edition."""
        parser.add_argument("key", help="key of the edition, as in its address below /data/")

    def handle(self, *args: Any, key: str, **options: Any) -> None:
        """Says where it lies."""
        try:
            path = pack_edition(key, timezone.localdate())
        except ReportEdition.DoesNotExist:
            keys = ", ".join(ReportEdition.objects.stood_by().order_by("key").values_list("key", flat=True))
            raise CommandError(f"No edition with the key {key} is public. Public are: {keys or 'none'}.") from None
        self.stdout.write(f"{path}: {path.stat().st_size:,} bytes.")
