"""The rows behind signatures: one per person and mailbox, and one per mail that a mailbox was sent.

A row holds no name and no address in clear. `email_key` and `name_key` find it again without saying whose it is; the
sealed `blob` holds what was typed. Retention blanks blob, keys and seed and keeps the rest as a stub.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.petitions import safe_mode
from campaigns.petitions.consent import ConsentText
from campaigns.petitions.flood_incidents import FloodIncident
from campaigns.petitions.petitions import CONFIRM_AFTER_CLOSING, Petition, PetitionTextVersion
from campaigns.petitions.safe_mode import SAFE_NAME_KEY

models.BinaryField.register_lookup(Length)

PENDING_LIFE = timedelta(days=14)
OVERFLOW_NAME_KEY = b"\xff" * 8  # the one row that stands for everyone past six waiting in a mailbox
PEOPLE_PER_MAILBOX = 2
ROWS_PER_MAILBOX = 16  # six who wait, two who count, and those whom the owner adds
MAILS_PER_MAILBOX = 5


class State(models.IntegerChoices):
    """What a signature is worth. Only `CONFIRMED` counts; `REMOVED` keeps its slot, so that restoring always fits."""

    PENDING = 0, pgettext_lazy("of signatures", "Not confirmed yet")
    CONFIRMED = 1, pgettext_lazy("of signatures", "Counted")
    REMOVED = 2, pgettext_lazy("of signatures", "Taken out")
    HELD = 3, pgettext_lazy("of signatures", "Held")


@dataclass(frozen=True, slots=True)
class Personal:
    """What retention blanks in a row."""

    email_key: bytes = field(repr=False)
    name_key: bytes = field(repr=False)
    seed: bytes = field(repr=False)
    blob: bytes = field(repr=False)


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Words for what the acts on signatures look for."""

    def expired(self, now: datetime) -> SignatureQuerySet:
        """Unconfirmed rows whose time is over: pending ones after 14 days, or 24 h in safe mode; all of them 24 h after
        the end."""
        ended = Petition.objects.ended(now - CONFIRM_AFTER_CLOSING)
        return self.filter(
            Q(state=State.PENDING, created_at__lte=now - PENDING_LIFE)
            | Q(state=State.PENDING, name_key=SAFE_NAME_KEY, created_at__lte=now - safe_mode.PENDING_LIFE)
            | Q(state__in=[State.PENDING, State.HELD], petition_id__in=ended.values("pk"))
        )


class Signature(models.Model):
    """One person's signature. No column without need: at a peak thousands of rows a minute are written.

    References have no index and no foreign key of their own. A foreign key would lock the petition's and the text's
    row at every insert, all signers the same two (measured: 870 instead of 619 bytes of WAL, a fifth fewer inserts and
    worse); instead triggers keep those rows from ever being deleted.
    """

    petition = models.ForeignKey(Petition, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    email_key = models.BinaryField(max_length=16, null=True)
    name_key = models.BinaryField(max_length=8, null=True)
    seed = models.BinaryField(max_length=16, null=True)
    blob = models.BinaryField(null=True)
    country = models.CharField(_("country"), max_length=2)
    lang = models.CharField(_("language"), max_length=12)
    text = models.ForeignKey(
        PetitionTextVersion, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    state = models.SmallIntegerField(_("state"), choices=State, db_default=State.PENDING)
    slot = models.SmallIntegerField(null=True)
    posts = models.SmallIntegerField(db_default=1)
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    consent_text = models.ForeignKey(
        ConsentText, models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    consent_at = models.DateTimeField(null=True)
    # Accepted while a limit was tripped; and whether its mail may hold no link, only the code to type.
    flood_incident = models.ForeignKey(
        FloodIncident, models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    code_only = models.BooleanField(db_default=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        db_table = "signature"
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        indexes = [
            # The desk's numbers and queues of what is held or was taken out: few rows, and none while people sign.
            models.Index(
                fields=["petition", "state"], condition=Q(state__in=[State.REMOVED, State.HELD]), name="signature_apart"
            ),
            # The mailer's claim: rows whose mail is due, oldest first.
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="signature_due"),
            # The signatures of a flood, for those who judge it. Others are in no page of it.
            models.Index(fields=["flood_incident"], condition=Q(flood_incident__isnull=False), name="signature_flood"),
        ]
        constraints = [
            # Signing's upsert meets its own row; signing, confirming and mailing find the rows of a mailbox.
            models.UniqueConstraint(fields=["petition", "email_key", "name_key"], name="signature_person"),
            # Confirming: two people a mailbox, whoever comes at the same time.
            models.UniqueConstraint(
                fields=["petition", "email_key", "slot"], condition=Q(slot__isnull=False), name="signature_slot"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="signature_state"),
            models.CheckConstraint(condition=Q(slot=None) | Q(slot__in=[1, 2]), name="signature_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=[State.CONFIRMED, State.REMOVED], slot__isnull=False)
                | (~Q(state__in=[State.CONFIRMED, State.REMOVED]) & Q(slot__isnull=True)),
                name="signature_slot_if_counted",
            ),
            models.CheckConstraint(
                condition=Q(email_key=None, name_key=None, seed=None, blob=None)
                | Q(email_key__isnull=False, name_key__isnull=False, seed__isnull=False)
                & Q(email_key__length=16, name_key__length=8, seed__length=16),
                name="signature_keys_or_stub",
            ),
            # Safe mode: one person a mailbox, and no address once it is confirmed, whatever a program does.
            models.CheckConstraint(
                condition=~Q(name_key=SAFE_NAME_KEY) | Q(slot=None) | Q(slot=1), name="signature_one_person_if_safe"
            ),
            models.CheckConstraint(
                condition=~Q(name_key=SAFE_NAME_KEY) | Q(state=State.PENDING) | Q(blob__length=0),
                name="signature_forgotten_if_safe",
            ),
            models.CheckConstraint(
                condition=Q(email_key__isnull=False)
                | Q(state__in=[State.CONFIRMED, State.REMOVED], confirmed_at=None, mail_due_at=None)
                & Q(consent_text=None, consent_at=None),
                name="signature_stub_is_bare",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="signature_country"),
            models.CheckConstraint(condition=Q(posts__gte=1), name="signature_posts"),
            models.CheckConstraint(
                condition=Q(consent_text=None, consent_at=None)
                | Q(consent_text__isnull=False, consent_at__isnull=False),
                name="signature_consent_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def personal(self) -> Personal:
        """Keys, seed and blob. Raises LookupError for a stub and for the row of everyone past six, which lack some."""
        if self.email_key is None or self.name_key is None or self.seed is None or self.blob is None:
            raise LookupError(f"signature {self.pk} holds no personal data")
        return Personal(bytes(self.email_key), bytes(self.name_key), bytes(self.seed), bytes(self.blob))


class MailboxMail(models.Model):
    """A mail of a petition to a mailbox, numbered: the cap is this table's primary key, whoever races.

    It outlives the rows it was for, so that deleting and signing again brings no sixth mail. `due_at` is when the
    mailer takes it up again; `sending_at` is committed just before the content leaves. `remind_at` is when a reminder
    is to follow, and `reminder` marks that one.
    """

    pk = models.CompositePrimaryKey("petition_id", "email_key", "no")
    petition = models.ForeignKey(Petition, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    email_key = models.BinaryField(max_length=16)
    no = models.SmallIntegerField()
    signature_id = models.BigIntegerField()
    claimed_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    tries = models.SmallIntegerField(db_default=0)
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminder = models.BooleanField(db_default=False)

    class Meta:
        db_table = "mailbox_mail"
        indexes = [
            # The mailer's last look: mailboxes to remind, oldest first.
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="mailbox_mail_remind"),
            # The mailer's second look: claimed mails that have not left, oldest first.
            models.Index(fields=["due_at"], condition=Q(sending_at=None, refused_at=None), name="mailbox_mail_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(no__range=(1, MAILS_PER_MAILBOX)), name="mailbox_mail_cap"),
            models.CheckConstraint(condition=Q(email_key__length=16), name="mailbox_mail_key"),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.no}"


def is_unreachable(signature: Signature) -> bool:
    """Whether a mail to its mailbox was refused for good, came back or was called spam, before it was confirmed."""
    mails = MailboxMail.objects.filter(petition_id=signature.petition_id, email_key=signature.email_key)
    return signature.state == State.PENDING and mails.filter(refused_at__isnull=False).exists()
