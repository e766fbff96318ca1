"""What we ask, of whom, on which finding, and what has come of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.editorial.publishing import Publishable
from reports.editorial.texts import HasTexts, Text
from reports.models import Finding, Place, ReportEdition, Source, Theme
from reports.table_rules import filled, no_longer, one_of, publishing, text


class AddresseeKind(models.TextChoices):
    """What sort of body is asked."""

    GOVERNMENT = "government", _("government")
    EU_BODY = "eu_body", _("EU body")
    UN_BODY = "un_body", _("UN body")
    COMPANY = "company", _("company")
    POLICE = "police", _("police")
    CITY = "city", _("city")


class Verb(models.TextChoices):
    """What is asked to be done."""

    STOP = "stop", _("stop")
    REPEAL = "repeal", _("repeal")
    ADOPT = "adopt", _("adopt")
    RATIFY = "ratify", _("ratify")
    DISCLOSE = "disclose", _("disclose")
    RELEASE = "release", _("release")
    OTHER = "other", _("other")


class EventKind(models.TextChoices):
    """What happened to a demand."""

    DELIVERED = "delivered", _("delivered")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    PROMISED = "promised", _("promised")
    PARTLY_KEPT = "partly_kept", _("partly kept")
    KEPT = "kept", _("kept")
    REFUSED = "refused", _("refused")
    REVERSED = "reversed", _("reversed")
    LAPSED = "lapsed", _("lapsed")


class DemandState(models.TextChoices):
    """What is shown of a demand; always derived from its events, never set."""

    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered")
    PARTLY_MET = "partly_met", _("partly met")
    MET = "met", _("met")
    REJECTED = "rejected", _("rejected")
    LAPSED = "lapsed", _("lapsed")


STANDING_AFTER = {
    EventKind.ACKNOWLEDGED: DemandState.ANSWERED,
    EventKind.PROMISED: DemandState.ANSWERED,
    EventKind.PARTLY_KEPT: DemandState.PARTLY_MET,
    EventKind.KEPT: DemandState.MET,
    EventKind.REFUSED: DemandState.REJECTED,
    EventKind.REVERSED: DemandState.OPEN,
    EventKind.LAPSED: DemandState.LAPSED,
}
"""Where a demand stands after an event; a delivery alone settles nothing."""


def standing_after(events: Iterable[tuple[date, int, str]]) -> DemandState:
    """Where a demand stands after its events, given as (day, order within the day, kind): the last that settles."""
    standing = DemandState.OPEN
    for _day, _order, kind in sorted(events):
        standing = STANDING_AFTER.get(EventKind(kind), standing)
    return standing


class Addressee(HasTexts, models.Model):
    """Whoever can do what is asked."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=AddresseeKind)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="addressees")
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        constraints = [one_of("kind", AddresseeKind, "addressee_kind")]

    def __str__(self) -> str:
        return self.key

    def read_with(self) -> list[Demand]:
        """Its name stands on the pages of all that is asked of it."""
        return list(self.demands.order_by("pk"))


class AddresseeText(Text):
    """The addressee's name."""

    addressee = models.ForeignKey(Addressee, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        constraints = [*text("addressee_text", "addressee"), filled("addressee_text_filled", "name")]

    def __str__(self) -> str:
        return self.name


class Demand(HasTexts, Publishable):
    """One thing asked of one addressee. Campaigns that ask the same share it.

    While it is public, deferred triggers hold it to stand on a finding, and on one with a source until it is archived.
    """

    key = models.SlugField(_("key"), max_length=80, unique=True)
    first_edition = models.ForeignKey(ReportEdition, models.PROTECT, related_name="demands")
    addressee = models.ForeignKey(Addressee, models.PROTECT, related_name="demands")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="demands")
    verb = models.CharField(_("verb"), max_length=8, choices=Verb)
    themes = models.ManyToManyField(Theme, related_name="demands")

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        constraints = [*publishing("demand"), one_of("verb", Verb, "demand_verb")]

    def __str__(self) -> str:
        return self.key

    @property
    def standing(self) -> DemandState:
        """The shown state, from `events` (prefetch them): the last event that settles anything decides."""
        return standing_after((event.on, event.position, event.kind) for event in self.events.all())


class DemandText(Text):
    """The demand in words."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=1200)

    class Meta:
        constraints = [
            *text("demand_text", "demand"),
            filled("demand_text_filled", "title", "text"),
            no_longer("demand_text_length", text=1200),
        ]

    def __str__(self) -> str:
        return self.title


class DemandFinding(models.Model):
    """A finding that a demand stands on. A finding in use cannot be deleted, only retracted."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="demand_findings")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="demand_findings")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demand", "finding"], name="demand_finding_once")]

    def __str__(self) -> str:
        return f"{self.demand}: {self.finding}"


class DemandEvent(HasTexts, models.Model):
    """Something that happened to a demand, dated and sourced. Rows are only ever added, and none is of a day that has
    begun nowhere yet: triggers see to it.
    """

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="events")
    position = models.PositiveSmallIntegerField(_("position"))
    on = models.DateField(_("on"))
    kind = models.CharField(_("kind"), max_length=12, choices=EventKind)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="demand_events")
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    class Meta:
        verbose_name = _("event of a demand")
        verbose_name_plural = _("events of demands")
        constraints = [
            one_of("kind", EventKind, "demand_event_kind"),
            models.UniqueConstraint(fields=["demand", "position"], name="demand_event_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=["kept", "refused"]) | Q(source__isnull=False),
                name="demand_event_source",
                violation_error_message=_("That a demand was kept or refused needs a source."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand}: {self.get_kind_display()}"

    def clean(self) -> None:
        """What has not happened yet, where it is told, is told once it has: rows stay for ever. A trigger, which knows
        no zone, takes the day of the zone that is furthest ahead."""
        if self.on is not None and self.on > timezone.localdate():
            raise ValidationError({"on": _("This day is still to come. Only what has happened is told.")})

    def read_with(self) -> list[Demand]:
        """It stands in the ledger of its demand."""
        return [self.demand]


class DemandEventText(Text):
    """What happened, in words."""

    event = models.ForeignKey(DemandEvent, models.CASCADE, related_name="texts")
    note = models.TextField(_("note"), max_length=1000)

    class Meta:
        constraints = [
            *text("demand_event_text", "event"),
            filled("demand_event_text_filled", "note"),
            no_longer("demand_event_text_length", note=1000),
        ]

    def __str__(self) -> str:
        return self.note
