"""Load campaigns from a file."""

from __future__ import annotations

from pathlib import Path

from campaigns.campaign_file.reading import read_campaigns
from campaigns.campaign_file.writing import write_campaigns
from reports.content_writing import Changes
from reports.editorial.corrections import Change
from reports.loading_command import LoadingCommand


class Command(LoadingCommand):
    """Checks the whole file first; what it then writes, it writes in one transaction."""

    help = (
        "Load campaigns and their demands from a JSON file (see docs/report-file.md), after the report they stand on."
    )
    file_help = "the campaign file"

    def load(self, file: Path, *, said: Change | None, dry_run: bool) -> Changes:
        """Every problem is found before anything is written."""
        return write_campaigns(read_campaigns(file), said=said, dry_run=dry_run)
