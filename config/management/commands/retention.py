"""What is kept of whom until when, and erasing what is over; the worker's clock does the same every hour."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.keystore import KeystoreError
from campaigns.petitions.petitions import Petition
from campaigns.petitions.retention import due, erasable, erase, numbers


class Command(BaseCommand):
    """Safe to repeat and to break off."""

    help = "Erase personal data whose time is over. With --dry-run only say what is kept and until when."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Whether only to look."""
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """One line for each petition."""
        if dry_run:
            self.look()
        else:
            self.erase()

    def look(self) -> None:
        """Numbers, and dates."""
        kept = erasable()
        for petition in kept:
            held = numbers(petition)
            self.stdout.write(
                f"{petition.key}: {held.signatures} signatures, {held.unconfirmed} unconfirmed; {_when(petition)}"
            )
        if not kept:
            self.stdout.write("No petition holds personal data.")

    def erase(self) -> None:
        """One petition after the other; one that fails does not keep the others from their turn."""
        now, failed = timezone.now(), []
        for petition in due(now):
            try:
                gone = erase(petition, now)
            except KeystoreError as problem:
                failed.append(f"{petition.key}: {problem}")
                continue
            self.stdout.write(f"{petition.key}: {gone.signatures} blanked, {gone.unconfirmed} unconfirmed deleted")
        if failed:
            raise CommandError("\n".join(["Not erased, and tried again by the worker:", *failed]))


def _when(petition: Petition) -> str:
    now = timezone.now()
    if petition.shredded_at is not None:
        return "keys destroyed, the rest goes now"
    if petition.erase_at is None:
        return f"kept until {petition.keep_months} months after it closes"
    return "erased now" if petition.erase_at <= now else f"erased from {petition.erase_at:%Y-%m-%d %H:%M} UTC on"
