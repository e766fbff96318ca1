"""Tell the copy guard what a source says, without keeping its words."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.copy_guard import keep_source_text
from reports.licences import may_be_carried_over
from reports.models import Source


class Command(BaseCommand):
    """The file may be deleted afterwards: only hashes of its runs of ten words stay."""

    help = "Load the plain text of a source into the copy guard (see docs/report-file.md)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The source and its text."""
        parser.add_argument("source", help="key of the source")
        parser.add_argument("file", type=Path, help="its text, UTF-8, without mark-up")

    def handle(self, *args: Any, source: str, file: Path, **options: Any) -> None:
        """Say how much is guarded."""
        found = Source.objects.filter(key=source).first()
        if found is None:
            raise CommandError(f'There is no source with the key "{source}". Load its report first.')
        try:
            words = keep_source_text(found, file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not UTF-8 (byte {error.start}): save it in that encoding.") from None
        self.stdout.write(f"{words} words of {source} are guarded; their text is not kept.")
        if may_be_carried_over(found.licence):
            self.stdout.write(f"Its licence, {found.licence}, allows its words to be used: nothing will be refused.")
