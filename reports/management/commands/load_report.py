"""Load a report from a file."""

from __future__ import annotations

from pathlib import Path

from reports.content_writing import Changes
from reports.editorial.corrections import Change
from reports.loading_command import LoadingCommand
from reports.report_file.reading import read_report
from reports.report_file.writing import write_report


class Command(LoadingCommand):
    """Checks the whole file first; what it then writes, it writes in one transaction."""

    help = "Load an edition of a report from a JSON file (see docs/report-file.md). Loading it again changes nothing."
    file_help = "the report file"

    def load(self, file: Path, *, said: Change | None, dry_run: bool) -> Changes:
        """Every problem is found before anything is written."""
        return write_report(read_report(file), said=said, dry_run=dry_run)
