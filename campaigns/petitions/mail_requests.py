"""Asking for a mail again, by address alone, at any time: also after the end, for whoever lost the link to withdraw.

Nobody may learn from it whether an address signed, so every request does the same: it writes one row, which names a
mailbox of a petition whether or not anything is there. Only the mailer looks (`campaigns.petitions.mail_claims`): it
takes the requests, and lets a mail be due where something waits, is held or counts. The cap on mails to a mailbox holds
as it does for posts, since whoever knows an address can ask.
"""

from __future__ import annotations

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Length, Now

from campaigns.addresses import Address
from campaigns.petitions.refusals import saving
from campaigns.petitions.signable import SigningPetition, mailbox_key

models.BinaryField.register_lookup(Length)

ASK = """
INSERT INTO mail_request (petition_id, email_key) VALUES (%s, %s)
ON CONFLICT (petition_id, email_key) DO UPDATE SET asked_at = now()
"""


class MailRequest(models.Model):
    """A mailbox that somebody asked a mail for, known or not, until the mailer looks."""

    pk = models.CompositePrimaryKey("petition_id", "email_key")
    petition_id = models.IntegerField()
    email_key = models.BinaryField(max_length=16)
    asked_at = models.DateTimeField(db_default=Now())

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
    if mailbox is None:
        return
    with saving(), connection.cursor() as cursor:
        cursor.execute(ASK, [petition.id, mailbox])
