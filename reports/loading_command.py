"""What every command that loads a content file does the same: check it whole, write, say what changed."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from reports.content_file import ContentFileError, listed
from reports.content_loading import NotSaid
from reports.content_writing import Changes
from reports.editorial.corrections import LONGEST_REASON, MINOR, Change, CorrectionKind

SAY: Final = (
    'Say why they change, for everybody to read beside them, with --correction "…"; or give --minor where the meaning '
    "stays and only a slip of the pen is mended."
)


class LoadingCommand(BaseCommand, ABC):
    """A command whose subclass says how its file is read and written, and in `file_help` what file that is."""

    file_help: str

    @abstractmethod
    def load(self, file: Path, *, said: Change | None, dry_run: bool) -> Changes:
        """Read the file whole, then write it unless `dry_run`. Raises ContentFileError with every problem, NotSaid."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, whether only to look, and what changes to words are that the public reads."""
        parser.add_argument("file", type=Path, help=self.file_help)
        parser.add_argument("--dry-run", action="store_true", help="check the file and count, write nothing")
        about = parser.add_mutually_exclusive_group()
        about.add_argument(
            "--correction",
            metavar="REASON",
            type=reason,
            help="public words that the file changes were wrong: why, for everybody to read beside them",
        )
        about.add_argument("--minor", action="store_true", help="public words that the file changes keep their meaning")

    def handle(
        self, *args: Any, file: Path, dry_run: bool, correction: str | None, minor: bool, **options: Any
    ) -> None:
        """Say what changed, or list every problem."""
        said = Change(MINOR, "") if minor else Change(CorrectionKind.CORRECTION, correction) if correction else None
        try:
            changes = self.load(file, said=said, dry_run=dry_run)
        except ContentFileError as error:
            raise CommandError("\n".join(listed(error.problems))) from None
        except NotSaid as error:
            raise CommandError("\n".join(["Nothing was written.", *reworded(error.reworded), SAY])) from None
        if changes.reworded:
            self.stdout.write("\n".join([*reworded(changes.reworded), *([SAY] if dry_run and said is None else [])]))
        for line in changes.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")


def reason(typed: str) -> str:
    """The reason of a correction, on one line. Raises ArgumentTypeError where there is none, or too much of it."""
    words = " ".join(typed.split())
    if not words:
        raise argparse.ArgumentTypeError("give the reason: everybody reads it beside the words")
    if len(words) > LONGEST_REASON:
        raise argparse.ArgumentTypeError(f"keep it under {LONGEST_REASON} characters")
    return words


def reworded(texts: Sequence[str]) -> Iterator[str]:
    """The public words that a file changes, as lines for an operator."""
    yield "The public reads these words, and the file changes them:"
    yield from (f"  {text}" for text in texts)
