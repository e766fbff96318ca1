"""Load demonstrations from a file."""

from __future__ import annotations

from pathlib import Path

from campaigns.demonstrations.demonstration_file import read_demonstration_file, write_demonstrations
from reports.content_writing import Changes
from reports.editorial.corrections import Change
from reports.loading_command import LoadingCommand


class Command(LoadingCommand):
    """Checks the whole file first; what it then writes, it writes in one transaction."""

    help = "Load demonstrations from a JSON file, after the campaigns they belong to. Days are counted from today."
    file_help = "the demonstration file"

    def load(self, file: Path, *, said: Change | None, dry_run: bool) -> Changes:
        """Every problem is found before anything is written."""
        return write_demonstrations(read_demonstration_file(file), said=said, dry_run=dry_run)
