"""What goes wrong with mail, for whoever watches the installation: counts by day and kind, and the domains that pause.

Nothing here says whom a mail was for. A domain is named only if many mails went there; all others share the empty name.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.mail_domains import Pause

KEPT = timedelta(days=30)

NOTE = """
INSERT INTO mail_trouble AS t (day, kind, n, last_at)
VALUES ((now() AT TIME ZONE 'UTC')::date, %(kind)s, 1, now())
ON CONFLICT (day, kind) DO UPDATE SET n = least(t.n::bigint + 1, 2147483647), last_at = now()
"""
PAUSE = """
INSERT INTO mail_domain_pause AS p (domain, until, refusing) VALUES (%(domain)s, now() + %(lasts)s, %(refusing)s)
ON CONFLICT (domain) DO UPDATE
SET until = greatest(p.until, EXCLUDED.until),
    refusing = EXCLUDED.refusing OR (p.refusing AND p.until > now())
"""


class TroubleKind(models.TextChoices):
    """Kinds that call for different acts."""

    AWAY = "away", _("The mail server cannot be reached or ended the connection.")
    DEFERRED = "deferred", _("A mailbox takes no mail at the moment: full, or busy.")
    GREYLISTED = "greylisted", _("A domain does not know us yet and asks us to come back.")
    THROTTLED = "throttled", _("A domain asks for less mail.")
    OBJECTED = "objected", _("A server refuses our mail by its policy: check the sender's name with check_mail.")
    REFUSED = "refused", _("A server knows no such mailbox.")
    UNANSWERED = "unanswered", _("The server's answer to a mail was lost; it counts as sent.")
    UNWRITTEN = "unwritten", _("A mail could not be written: see the worker's log.")
    BOUNCED = "bounced", _("A mail came back later: no such mailbox.")
    COMPLAINED = "complained", _("A mail was reported as spam.")
    FORGED = "forged", _("A report of a bounce named no mail of ours.")


class MailTrouble(models.Model):
    """How often something of a kind happened on a day."""

    pk = models.CompositePrimaryKey("day", "kind")
    day = models.DateField()
    kind = models.CharField(max_length=12)
    n = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "mail_trouble"

    def __str__(self) -> str:
        return self.kind


class MailDomainPause(models.Model):
    """A domain that gets no mail until a moment."""

    domain = models.CharField(max_length=253, primary_key=True)
    until = models.DateTimeField()
    refusing = models.BooleanField()

    class Meta:
        db_table = "mail_domain_pause"

    def __str__(self) -> str:
        return self.domain


class MailState(enum.StrEnum):
    """How mail does as a whole. `refusing`: a domain refuses so many mails that we stopped writing to it."""

    FLOWING = "flowing"
    SLOWED = "slowed"
    REFUSING = "refusing"


def note(kind: TroubleKind) -> None:
    """Count one more of a kind today."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {"kind": kind.value})


def note_pause(pause: Pause) -> None:
    """Tell that a domain pauses."""
    values: dict[str, Any] = {"domain": pause.domain, "lasts": pause.lasts, "refusing": pause.refusing}
    with connection.cursor() as cursor:
        cursor.execute(PAUSE, values)


def end_pause(domain: str) -> None:
    """A domain takes mail again."""
    MailDomainPause.objects.filter(domain=domain, refusing=False).delete()


def pauses() -> models.QuerySet[MailDomainPause]:
    """The domains that pause now."""
    return MailDomainPause.objects.filter(until__gt=Now()).order_by("domain")


def mail_state() -> MailState:
    """In one word."""
    now = list(pauses().values_list("refusing", flat=True))
    if any(now):
        return MailState.REFUSING
    return MailState.SLOWED if now else MailState.FLOWING


def forget_old_troubles(now: datetime) -> None:
    """Keep thirty days. For the worker's clock."""
    MailTrouble.objects.filter(day__lt=(now - KEPT).date()).delete()
    MailDomainPause.objects.filter(until__lt=now - KEPT).delete()
