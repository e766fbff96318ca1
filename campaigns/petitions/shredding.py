"""Destroying the keys of a petition at once, for an emergency: from then on nobody reads who signed, in no copy.

The mark and the closing come first, in one transaction, so that pages, mails and exports know; then the secrets go, in
every process within seconds. What is left of the rows is blanked as by retention. Count, log and outcome stay.
"""

from __future__ import annotations

from datetime import datetime

from campaigns.petitions.petitions import Petition
from campaigns.petitions.retention import destroy_keys, mark_shredded


class NeverOpened(Exception):
    """The petition was never opened: it has no keys, and nobody has signed it."""


def shred(petition: Petition, now: datetime) -> None:
    """Close a petition and destroy its secrets. Safe to repeat after an interruption.

    Raises NeverOpened, and KeystoreError where the keystore cannot be written; then the petition is closed already, and
    every later run, also that of the worker's clock, tries again.
    """
    if petition.opened_at is None:
        raise NeverOpened
    mark_shredded(petition, now)
    destroy_keys(petition)
