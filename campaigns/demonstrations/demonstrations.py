"""Demonstrations: where and when people come together.

Two things say where one stands. Its publishing state decides whether the public sees it at all; its `status` says
whether it takes place. That it is past follows from the clock.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.demonstrations.access import all_answered, answers_only, fact
from campaigns.demonstrations.local_time import UnknownZone, nearest_moment, zone_named
from campaigns.demonstrations.readiness import refuse_unready
from campaigns.demonstrations.wall_time_field import WallTimeField
from campaigns.keystore import create_secrets
from campaigns.models import Campaign, OfCampaignQuerySet
from reports.editorial.publishing import PUBLIC, TRANSITIONS, Publishable, State
from reports.editorial.slugs import SlugField
from reports.editorial.texts import HasTexts, Text
from reports.models import Place
from reports.table_rules import filled, no_longer, one_of, publishing, text

WHEN = ("starts", "ends", "zone", "starts_fold", "ends_fold")


class Kind(models.TextChoices):
    """What people do there."""

    MARCH = "march", _("march")
    RALLY = "rally", _("rally")
    VIGIL = "vigil", _("vigil")


class Status(models.TextChoices):
    """Whether it takes place. `moved`: at another time or place than was first announced, which is the one shown."""

    ON = "on", _("takes place")
    MOVED = "moved", _("moved")
    POSTPONED = "postponed", _("postponed")
    CANCELLED = "cancelled", _("cancelled")


class Fold(models.IntegerChoices):
    """Which moment is meant where the clocks go back and show a time twice (PEP 495)."""

    FIRST = 0, _("the first")
    SECOND = 1, _("the second")


TAKES_PLACE = (Status.ON, Status.MOVED)


def validate_zone(name: str) -> None:
    """See `campaigns.demonstrations.local_time.zone_named`."""
    try:
        zone_named(name)
    except UnknownZone as problem:
        raise ValidationError(str(problem)) from None


class DemonstrationQuerySet(OfCampaignQuerySet):
    """Public views start from `visible()`."""

    def to_come(self, now: datetime) -> Self:
        """What has not ended, the next first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def open(self) -> Self:
        """What people can say they are coming to: public, stood by, taking place, not over by the database's clock."""
        found = self.stood_by().exclude(state=State.ARCHIVED).filter(status__in=TAKES_PLACE)
        return found.filter(ends_at__gt=Now()).exclude(tally__erased_at__isnull=False)

    def over(self, now: datetime) -> Self:
        """What has ended, the latest first."""
        return self.filter(ends_at__lte=now).order_by("-starts_at", "-pk")


class Demonstration(HasTexts, Publishable):
    """A march, rally or vigil. Its secrets are made when it is published and live in the keystore under its uuid.

    `starts` and `ends` are wall time in `zone`; `starts_at` and `ends_at` are the moments they stand for, worked out at
    each save. `sequence` and `changed_at` move by a trigger, and only when time, place or status change.
    """

    id = models.AutoField(primary_key=True)  # four bytes in every mailed link
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.SlugField(_("key"), max_length=80, unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="demonstrations", verbose_name=_("campaign"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.RALLY)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.ON)
    starts = WallTimeField(_("starts"), null=True, blank=True)
    ends = WallTimeField(_("ends"), null=True, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    starts_fold = models.PositiveSmallIntegerField(
        _("which of two equal times it starts"), choices=Fold, null=True, blank=True
    )
    ends_fold = models.PositiveSmallIntegerField(
        _("which of two equal times it ends"), choices=Fold, null=True, blank=True
    )
    starts_at = models.DateTimeField(null=True, editable=False)
    ends_at = models.DateTimeField(null=True, editable=False)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="demonstrations", verbose_name=_("country or area")
    )
    step_free = fact("step_free")
    toilets = fact("toilets")
    sign_language = fact("sign_language")
    captions = fact("captions")
    resting_points = fact("resting_points")
    quiet_area = fact("quiet_area")
    organiser = models.CharField(_("organiser"), max_length=200, blank=True)
    contact = models.EmailField(_("contact"), blank=True)
    day_of_action = models.SlugField(_("day of action"), max_length=80, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    demo = models.BooleanField(_("demo data"), default=False)

    objects = DemonstrationQuerySet.as_manager()  # type: ignore[misc]  # narrows the base's

    class Meta:
        db_table = "demonstration"
        verbose_name = _("demonstration")
        verbose_name_plural = _("demonstrations")
        indexes = [
            # The list and the worker's hourly job: what has ended and what has not.
            models.Index(fields=["ends_at"], name="demonstration_ends_at"),
        ]
        constraints = [
            *publishing("demonstration"),
            one_of("kind", Kind, "demonstration_kind"),
            one_of("status", Status, "demonstration_status"),
            answers_only("demonstration_access"),
            models.CheckConstraint(
                condition=(Q(starts_fold=None) | Q(starts_fold__lte=1)) & (Q(ends_fold=None) | Q(ends_fold__lte=1)),
                name="demonstration_fold",
                violation_error_message=_("Choose the first (0) or the second (1) of two equal times."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="demonstration_ends_after_start",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=PUBLIC)
                | Q(starts_at__isnull=False, ends_at__isnull=False, place__isnull=False)
                & Q(starts__isnull=False, ends__isnull=False)
                & ~Q(zone="")
                & ~Q(organiser="")
                & ~Q(contact="")
                & all_answered(),
                name="demonstration_complete_if_public",
                violation_error_message=_(
                    "A public demonstration needs place, start, end, zone, organiser, contact and answers on access."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Store, with the moments that the wall times stand for now. Raises UnknownZone."""
        self.starts_at, self.ends_at = self._moments()
        if update_fields is not None and not set(WHEN).isdisjoint(update_fields):
            update_fields = {*update_fields, "starts_at", "ends_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def move_to(self, target: State) -> None:
        """See `Publishable.move_to`. Before the public sees it, everything must be there and its secrets are made.

        Raises IllegalTransition, or ValidationError that names each field; then nothing was changed.
        """
        if target in PUBLIC and self.state not in PUBLIC and target in TRANSITIONS[State(self.state)]:
            refuse_unready(self, timezone.now())
            create_secrets(self.uuid)
        super().move_to(target)

    def has_other_moments(self) -> bool:
        """Whether the zone's rules have changed what its wall times stand for since it was stored."""
        return (self.starts_at, self.ends_at) != self._moments()

    def _moments(self) -> tuple[datetime | None, datetime | None]:
        if not self.zone:
            return None, None
        starts = nearest_moment(self.starts, self.zone, self.starts_fold).astimezone(UTC) if self.starts else None
        ends = nearest_moment(self.ends, self.zone, self.ends_fold).astimezone(UTC) if self.ends else None
        return starts, ends


def renew_moments(now: datetime) -> int:
    """Work out anew the moments of what is to come, as the zones' rules are now; how many moved.

    The wall time stays: people meet when the clock there says so. Writes nothing while the rules are the same.
    """
    moved = [one for one in Demonstration.objects.filter(ends_at__gt=now) if one.has_other_moments()]
    for demonstration in moved:
        demonstration.save(update_fields=WHEN)
    return len(moved)


class DemonstrationText(Text):
    """A demonstration in one language. `status_note` tells the public why it was moved, postponed or cancelled."""

    demonstration = models.ForeignKey(Demonstration, models.CASCADE, related_name="texts")
    slug = SlugField(_("address"))
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=1200, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    place_text = models.TextField(_("meeting place in words"), max_length=400, blank=True)
    access_note = models.TextField(_("more on access"), max_length=800, blank=True)
    status_note = models.TextField(_("what changed and why"), max_length=600, blank=True)
    safety = models.TextField(_("rights and phones"), max_length=2000, blank=True)

    class Meta:
        db_table = "demonstration_text"
        verbose_name = _("text of a demonstration")
        verbose_name_plural = _("texts of demonstrations")
        constraints = [
            *text("demonstration_text", "demonstration"),
            models.UniqueConstraint(fields=["lang", "slug"], name="demonstration_slug_once"),
            filled("demonstration_text_filled", "slug", "title"),
            no_longer(
                "demonstration_text_length",
                summary=1200,
                place_text=400,
                access_note=800,
                status_note=600,
                safety=2000,
            ),
        ]

    def __str__(self) -> str:
        return self.title
