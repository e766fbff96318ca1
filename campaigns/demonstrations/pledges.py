"""The rows behind "I am coming": one per mailbox or code, and one number per demonstration.

A row holds no name and no address in clear, no network address and nothing about a browser. `owner_key` finds it again
without saying whose it is; the sealed `blob` holds what was typed. Fourteen days after the end every row is deleted.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now

from campaigns.demonstrations.demonstrations import Demonstration

models.BinaryField.register_lookup(Length)

LARGEST_PARTY = 10
LINK_LIFE = timedelta(hours=48)
PENDING_LIFE = timedelta(days=7)
KEPT_AFTER_END = timedelta(days=14)
MAILS_PER_PLEDGE = 5


class PledgeQuerySet(models.QuerySet["Pledge"]):
    """Words for what the acts on pledges look for."""

    def expired(self, now: datetime) -> PledgeQuerySet:
        """What was never confirmed and has waited long enough."""
        return self.filter(confirmed_at=None, created_at__lte=now - PENDING_LIFE)

    def confirmable(self) -> PledgeQuerySet:
        """What waits for its owner, whose link is still good by the database's clock."""
        return self.filter(confirmed_at=None, link_until__gt=Now())


class Pledge(models.Model):
    """Somebody means to come, with so many people. Counted once confirmed; without an address, from the start.

    `link_until` is when the newest mailed link ends. `mails` counts those that were sent; `mail_due_at` is when the
    mailer takes the row up, and while a mailer holds it, when another one may; `mail_lease` names the last claim.
    """

    # Without a foreign key, which would make the first post of an address do more work than the next; a trigger keeps
    # the demonstration from being deleted.
    demonstration = models.ForeignKey(
        Demonstration, models.PROTECT, db_constraint=False, db_index=False, related_name="pledges"
    )
    owner_key = models.BinaryField(max_length=16)
    seed = models.BinaryField(max_length=16)
    blob = models.BinaryField()
    size = models.SmallIntegerField()
    lang = models.CharField(max_length=12)
    by_mail = models.BooleanField()
    posts = models.SmallIntegerField(db_default=1)
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    link_until = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail_lease = models.DateTimeField(null=True)
    mails = models.SmallIntegerField(db_default=0)
    mail_tries = models.SmallIntegerField(db_default=0)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        db_table = "pledge"
        indexes = [
            # The mailer's claim: rows whose mail is due, oldest first.
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="pledge_mail_due"),
            # The hourly job: what nobody confirmed.
            models.Index(fields=["created_at"], condition=Q(confirmed_at=None), name="pledge_unconfirmed"),
        ]
        constraints = [
            # Pledging meets its own row, whoever comes at the same time; a code finds it.
            models.UniqueConstraint(fields=["demonstration", "owner_key"], name="pledge_owner"),
            models.CheckConstraint(condition=Q(size__range=(1, LARGEST_PARTY)), name="pledge_size"),
            models.CheckConstraint(condition=Q(owner_key__length=16, seed__length=16), name="pledge_keys"),
            models.CheckConstraint(condition=Q(mails__range=(0, MAILS_PER_PLEDGE)), name="pledge_mails"),
            models.CheckConstraint(condition=Q(posts__gte=1), name="pledge_posts"),
            models.CheckConstraint(
                condition=Q(by_mail=True) | Q(confirmed_at__isnull=False, mail_due_at=None),
                name="pledge_without_mail_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class PledgeTally(models.Model):
    """How many people were announced, by confirmed mail and by code. A trigger moves it with every pledge.

    It outlives the pledges: once they are erased, at `erased_at`, it stays as it is.
    """

    demonstration = models.OneToOneField(Demonstration, models.PROTECT, primary_key=True, related_name="tally")
    by_mail = models.IntegerField(db_default=0)
    by_code = models.IntegerField(db_default=0)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "pledge_tally"
        constraints = [
            models.CheckConstraint(condition=Q(by_mail__gte=0, by_code__gte=0), name="pledge_tally_never_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.demonstration_id}: {self.people}"

    @property
    def people(self) -> int:
        """Everybody, those who announced themselves included."""
        return self.by_mail + self.by_code
