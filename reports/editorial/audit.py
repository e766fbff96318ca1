"""Who at the desk did what: a table that only grows. Triggers refuse to change, delete or empty it.

The person is written in plain columns, so that an entry stays true when the account is gone. An entry never holds
anything about a signer: a signature is named by its external identity, and a change by the names of the fields.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

LABEL_LENGTH = 200


class Act(models.TextChoices):
    """What was done, or tried."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")
    MOVED = "moved", _("moved to another state")
    WROTE = "wrote", _("wrote a text")
    STAGED = "staged", _("opened, paused or closed")
    LOOKED = "looked", _("looked at a signatory")
    TOOK_OUT = "took_out", _("took a signature out of the count")
    TOOK_IN = "took_in", _("took a signature back into the count")
    EXPORTED = "exported", _("exported signatories")
    ERASED = "erased", _("erased personal data, its time being over")
    SHREDDED = "shredded", _("destroyed the keys of personal data")
    REFUSED = "refused", _("was refused")


class AuditEntry(models.Model):
    """One act of one person on one object."""

    at = models.DateTimeField(_("when"), db_default=Now())
    actor_id = models.BigIntegerField(_("account"), null=True)
    actor_email = models.CharField(_("who"), max_length=254, blank=True)
    act = models.CharField(_("act"), max_length=12, choices=Act)
    object_type = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("object"), max_length=60, blank=True)
    label = models.CharField(_("name of the object"), max_length=LABEL_LENGTH, blank=True)
    organisation_id = models.BigIntegerField(_("organisation"), null=True)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["organisation_id", "-id"], name="audit_of_organisation"),  # the auditor's list
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_of_object"),  # an object's history
        ]
        constraints = [models.CheckConstraint(condition=models.Q(act__in=Act.values), name="audit_act")]

    def __str__(self) -> str:
        return f"{self.actor_email}: {self.get_act_display()}"


def record(
    actor: AbstractBaseUser | AnonymousUser,
    act: Act,
    about: models.Model | type[models.Model] | str,
    *,
    object_id: object = None,
    organisation_id: int | None = None,
    label: str | None = None,
    **detail: Any,
) -> AuditEntry:
    """Add an entry, in the transaction at hand: an act that is rolled back leaves none.

    `about` is the object, or its model, or a word for what has no row. `detail` is JSON about the act, never about a
    signer.
    """
    if isinstance(about, models.Model):
        object_id = about.pk if object_id is None else object_id
        label = str(about) if label is None else label
    return AuditEntry.objects.create(
        actor_id=actor.pk,
        actor_email=getattr(actor, "email", ""),
        act=act,
        object_type=about if isinstance(about, str) else about._meta.label_lower,
        object_id="" if object_id is None else str(object_id)[:60],
        label=(label or "")[:LABEL_LENGTH],
        organisation_id=organisation_id,
        detail=detail,
    )


def entries_of(about: models.Model, object_id: object = None) -> models.QuerySet[AuditEntry]:
    """What happened to an object, newest first."""
    wanted = str(about.pk if object_id is None else object_id)
    return AuditEntry.objects.filter(object_type=about._meta.label_lower, object_id=wanted).order_by("-pk")
