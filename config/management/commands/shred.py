"""Destroy the keys of a petition or demonstration: nobody reads any more who took part."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.demonstrations import expiring
from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.keystore import KeystoreError
from campaigns.petitions.petitions import Petition
from campaigns.petitions.retention import erase
from campaigns.petitions.shredding import NeverOpened, shred
from reports.editorial.audit import Act, record


class Command(BaseCommand):
    """Asks for the key once more, unless told not to. Safe to repeat."""

    help = "Destroy the keys of a petition (or demonstration) for good. Count, log and outcome stay."
    requires_system_checks = ()  # an emergency must not wait for another file to be repaired

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which one."""
        parser.add_argument("key", help="the key of the petition, as the desk shows it")
        parser.add_argument("--demonstration", action="store_true", help="the key is that of a demonstration")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, key: str, demonstration: bool, yes: bool, **options: Any) -> None:
        """First the keys, then what is left of the rows."""
        found = (Demonstration if demonstration else Petition).objects.filter(key=key).first()
        if found is None:
            raise CommandError(f"There is no {'demonstration' if demonstration else 'petition'} with the key {key!r}.")
        if not yes:
            self.confirm(key)
        try:
            if isinstance(found, Petition):
                self.shred_petition(found)
            else:
                self.shred_demonstration(found)
        except NeverOpened:
            raise CommandError("This petition was never opened: it has no keys, and nobody has signed it.") from None
        except KeystoreError as problem:
            raise CommandError(f"The keys are NOT destroyed: {problem}") from None
        self.name_copies(f"{found.uuid}.json")

    def confirm(self, key: str) -> None:
        """By the key, typed once more."""
        self.stdout.write("Nobody will ever read again who took part: no export, no mail, no withdrawal by link.")
        self.stdout.write("There is no way back. Type the key once more to go on:")
        if input().strip() != key:
            raise CommandError("That is another key. Nothing was changed.")

    def shred_petition(self, petition: Petition) -> None:
        """Close, destroy, blank."""
        now = timezone.now()
        shred(petition, now)
        self.stdout.write(
            "The petition is closed and its keys are destroyed. Running processes forget them in seconds."
        )
        gone = erase(petition, now)
        self.stdout.write(f"{gone.signatures} signatures blanked, {gone.unconfirmed} unconfirmed ones deleted.")

    def shred_demonstration(self, demonstration: Demonstration) -> None:
        """Destroy, delete."""
        gone = expiring.erase(demonstration, timezone.now())
        organisation = demonstration.campaign.organisation_id
        record(AnonymousUser(), Act.SHREDDED, demonstration, organisation_id=organisation, pledges=gone)
        self.stdout.write(f"The demonstration's keys are destroyed and {gone} pledges deleted; the number stays.")

    def name_copies(self, name: str) -> None:
        """What this machine cannot do."""
        self.stdout.write(f"\nNow overwrite and delete {name} in every copy of the keystore:")
        for place in settings.KEYSTORE_COPIES or [
            "(UPSTANDER_KEYSTORE_COPIES names none: think of backups, snapshots)"
        ]:
            self.stdout.write(f"  - {place}")
        self.stdout.write("Copies of the database need nothing: without the keys nobody opens what they hold.")
