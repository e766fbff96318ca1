"""Embargoes: what is hidden until its release time, and who may end that early.

Two people lift an embargo: one asks, another agrees. Triggers on every publishable table let a release time move to an
earlier moment, and what is held go back to a draft, only where a row here says so; drafts are free, since nobody has
agreed to their time yet.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.editorial.publishing import PUBLIC, Publishable
from reports.editorial.staff import User


class EmbargoLift(models.Model):
    """Somebody asked to end an embargo early, and perhaps somebody else agreed. Rows stay; a trigger sees to it."""

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    embargo = models.DateTimeField(_("embargo until"))
    asked_by = models.BigIntegerField()
    asked_email = models.CharField(max_length=254)
    asked_at = models.DateTimeField(db_default=Now())
    agreed_by = models.BigIntegerField(null=True)
    agreed_email = models.CharField(max_length=254, blank=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["object_type", "object_id", "embargo"], name="embargo_lift_once"),
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("asked_by")), name="embargo_lift_two_people"
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None, agreed_at=None) | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="embargo_lift_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}: {self.embargo:%Y-%m-%d %H:%M}"


class NotAnother(Exception):
    """Whoever asked cannot agree as well, and nothing was asked twice."""


def asked_for(obj: Publishable) -> EmbargoLift | None:
    """Who asked to lift the embargo in force; None if nobody has."""
    return _lifts(obj).first()


def ask_to_lift(obj: Publishable, user: User) -> None:
    """Ask, once for an embargo; whoever asked first stays the one who asked."""
    assert obj.release_at is not None, "only what is held can be lifted"
    _lifts(obj).get_or_create(
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        embargo=obj.release_at,
        defaults={"asked_by": user.pk, "asked_email": user.email},
    )


def agree_to_lift(obj: Publishable, user: User) -> None:
    """End the embargo now. Raises NotAnother, with nothing changed, where nobody else has asked."""
    with transaction.atomic():
        asked = _lifts(obj).filter(agreed_by=None).exclude(asked_by=user.pk)
        if not asked.update(agreed_by=user.pk, agreed_email=user.email, agreed_at=Now()):
            raise NotAnother
        type(obj)._default_manager.filter(pk=obj.pk, release_at=obj.release_at).update(release_at=None)
    obj.release_at = None


def _lifts(obj: Publishable) -> models.QuerySet[EmbargoLift]:
    """Of the embargo in force; of none where there is none."""
    of_object = EmbargoLift.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk)
    return of_object.filter(embargo=obj.release_at) if obj.release_at else of_object.none()


_next: datetime | None = None


def learn_next_release() -> None:
    """Take the moment of the next release into this process; one query over every publishable table."""
    global _next
    each: list[Any] = [
        model._default_manager.filter(state__in=PUBLIC, release_at__gt=Now()).order_by("release_at")
        for model in apps.get_models()
        if issubclass(model, Publishable)
    ]
    first, *others = [found.values_list("release_at", flat=True)[:1] for found in each]
    _next = min(first.union(*others, all=True), default=None)


def seconds_to_release() -> float | None:
    """How long what is public now stays as it is; None if nothing is about to be released, as far as this knows."""
    left = (_next - timezone.now()).total_seconds() if _next else 0
    return left if left > 0 else None


def kept_for(seconds: int) -> int:
    """Of so many seconds those until the next release: nobody may keep a page past it."""
    left = seconds_to_release()
    return seconds if left is None else min(seconds, int(left))
