"""Rotate the ring: wrap every petition's secrets under its active key."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaigns.keystore import KeystoreError
from campaigns.keystore_rewrapping import Rewrapping, rewrap_keystore


class Command(BaseCommand):
    """Safe to repeat and to break off; signing goes on meanwhile."""

    help = "Wrap every file of UPSTANDER_KEYSTORE under the last key of UPSTANDER_KEYS. The database is not touched."
    requires_system_checks = ()  # one of them would refuse what this command mends or names

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what it did; fails where a file does not open, after all others are done."""
        try:
            done = rewrap_keystore()
        except KeystoreError as problem:
            raise CommandError(str(problem)) from None
        active = settings.KEYS.active
        self.stdout.write(f"{done.changed} files wrapped anew under key {active}, {done.unchanged} were so before.")
        if done.problems:
            raise CommandError("\n".join(["These files do not open and stay as they were:", *done.problems]))
        self.stdout.write(_idle(done))


def _idle(done: Rewrapping) -> str:
    if not done.idle:
        return "Every other key of the ring is in use, or there is none."
    keys = ", ".join(map(str, done.idle))
    return (
        f"No file here needs key {keys} any more. Bring the keystore's backup up to date, overwrite older copies of "
        "it, then take the key out of UPSTANDER_KEYS."
    )
