"""Settle the reports in the bounce mailbox now; the worker does the same every minute."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.mail_returns import read_bounces


class Command(BaseCommand):
    """Prints two numbers, and nobody's address."""

    help = "Settle the reports about undelivered mail in UPSTANDER_BOUNCE_MAILDIR."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read once."""
        if settings.BOUNCE_MAILDIR is None:
            raise CommandError("UPSTANDER_BOUNCE_MAILDIR is not set: there is no mailbox to read.")
        try:
            read = read_bounces()
        except OSError as problem:
            raise CommandError(f"UPSTANDER_BOUNCE_MAILDIR cannot be read: {problem.strerror}") from None
        self.stdout.write(f"{read.ours} reports on our mails settled; {read.others} other mails left, marked as seen.")
