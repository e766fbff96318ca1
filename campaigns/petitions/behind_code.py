"""The row behind a mailed code, once address and code are proven to belong together.

A code is short, so tries are counted, and an answer must not tell whether an address signed: every try raises a counter
first, whether the address is known or not, and then does the same work. The counter lives a day. The link of the same
mail is not concerned: using up the tries of a mailbox takes nothing from its owner but this one way. Where that mail
held no link, a mail with one follows: see `campaigns.petitions.mail_requests`.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from django.utils import timezone

from campaigns.addresses import Address
from campaigns.limits import day_hash, raise_counter
from campaigns.petitions.behind_token import Proven, opened, too_late
from campaigns.petitions.mail_requests import ask
from campaigns.petitions.mailed_codes import code_of
from campaigns.petitions.signable import SigningPetition, mailbox_key
from campaigns.petitions.signatures import ROWS_PER_MAILBOX, MailboxMail, Signature
from campaigns.saving import saving
from campaigns.tokens import DUMMY_SEED

TRIES_A_DAY = 10
MAILS_THAT_COUNT = 2
NO_SUCH_MAIL = 0


def proven_by_code(petition: SigningPetition, address: Address, code: str) -> Proven | None:
    """The signature whose mail to this address held this code (as `read_code` gives it).

    None for a wrong code, an older one, an unknown address, one try too many of the day, and what can be confirmed no
    more, after the same work. Raises NotSaved where the database is away, and KeystoreError.
    """
    mailbox = mailbox_key(petition, address)
    if mailbox is None:
        return None
    with saving():
        tries = raise_counter("code", day_hash(b"code", petition.uuid.bytes, mailbox))
        box = Signature.objects.filter(petition_id=petition.id, email_key=mailbox, blob__isnull=False)
        rows = list(box.order_by("-pk")[:ROWS_PER_MAILBOX])
        numbers = _newest_mails(petition.id, mailbox)
    row = _matching(petition, mailbox, rows, numbers, code)
    proven = row is not None and tries <= TRIES_A_DAY
    if not proven and tries >= TRIES_A_DAY:
        ask(petition.id, mailbox, codes_used_up=True)
    if row is None or not proven or too_late(row, petition, timezone.now()):
        return None
    return opened(row, petition)


def _newest_mails(petition_id: int, mailbox: bytes) -> list[int]:
    """The numbers of the newest mails that left for a mailbox. One that still waits has told nobody its code."""
    sent = MailboxMail.objects.filter(petition_id=petition_id, email_key=mailbox, sending_at__isnull=False)
    return list(sent.order_by("-sending_at", "-no").values_list("no", flat=True)[:MAILS_THAT_COUNT])


def _matching(
    petition: SigningPetition, mailbox: bytes, rows: Sequence[Signature], numbers: Sequence[int], code: str
) -> Signature | None:
    """The row whose code it is. However many rows and mails there are, as many codes are made and compared."""
    found = None
    for place in range(ROWS_PER_MAILBOX):
        row = rows[place] if place < len(rows) else None
        for mail in range(MAILS_THAT_COUNT):
            no = numbers[mail] if mail < len(numbers) else NO_SUCH_MAIL
            made = code_of(petition.uuid, mailbox, DUMMY_SEED if row is None else row.personal.seed, no)
            if hmac.compare_digest(made, code) and row is not None and no != NO_SUCH_MAIL:
                found = row
    return found
