"""Load petitions from a file."""

from __future__ import annotations

from pathlib import Path

from campaigns.petitions.petition_file.reading import read_petitions
from campaigns.petitions.petition_file.writing import write_petitions
from reports.content_writing import Changes
from reports.editorial.corrections import Change
from reports.loading_command import LoadingCommand


class Command(LoadingCommand):
    """Checks the whole file first; words are then written in one transaction."""

    help = "Load petitions from a JSON file, after the campaigns they belong to. Loading it again changes nothing."
    file_help = "the petition file"

    def load(self, file: Path, *, said: Change | None, dry_run: bool) -> Changes:
        """Every problem is found before anything is written."""
        return write_petitions(read_petitions(file), said=said, dry_run=dry_run)
