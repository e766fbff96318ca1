"""Asking for a mail again, by address alone, at any time: also after the end, for whoever lost the link to withdraw.

Nobody may learn from it whether an address signed, so every request does the same: it writes one row, which names a
mailbox of a petition whether or not anything is there. Only the mailer looks (`campaigns.petitions.mail_claims`): it
takes the requests, and lets a mail be due where something waits, is held or counts. The cap on mails to a mailbox holds
as it does for posts, since whoever knows an address can ask.

Using up the tries of a mailbox's codes asks too. Where no mail held a link, because the signature came in a flood, the
one mail that posts cannot use up is sent then, with a link: else a stranger's ten wrong codes would silence its owner.
"""

from __future__ import annotations

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Length, Now

from campaigns.addresses import Address
from campaigns.petitions.signable import SigningPetition, mailbox_key
from campaigns.saving import saving

models.BinaryField.register_lookup(Length)

ASK = """
INSERT INTO mail_request AS r (petition_id, email_key, codes_used_up) VALUES (%s, %s, %s)
ON CONFLICT (petition_id, email_key) DO UPDATE
SET asked_at = now(), codes_used_up = r.codes_used_up OR EXCLUDED.codes_used_up
"""


class MailRequest(models.Model):
    """A mailbox that somebody asked a mail for, known or not, until the mailer looks."""

    pk = models.CompositePrimaryKey("petition_id", "email_key")
    petition_id = models.IntegerField()
    email_key = models.BinaryField(max_length=16)
    asked_at = models.DateTimeField(db_default=Now())
    codes_used_up = models.BooleanField(db_default=False)

    class Meta:
        db_table = "mail_request"
        constraints = [models.CheckConstraint(condition=Q(email_key__length=16), name="mail_request_key")]

    def __str__(self) -> str:
        return f"{self.petition_id}"


def ask_for_mail(petition: SigningPetition, address: Address) -> None:
    """Let the mailer look whether this mailbox has a mail coming. Answers nothing, so that it tells nothing.

    Raises NotSaved.
    """
    mailbox = mailbox_key(petition, address)
    if mailbox is not None:
        ask(petition.id, mailbox)


def ask(petition_id: int, mailbox: bytes, *, codes_used_up: bool = False) -> None:
    """The same for the key of a mailbox. Raises NotSaved."""
    with saving(), connection.cursor() as cursor:
        cursor.execute(ASK, [petition_id, mailbox, codes_used_up])
