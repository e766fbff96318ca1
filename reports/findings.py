"""What a report found: one statement, where, by whom, and on which source it stands."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.editions import OfEditionQuerySet, ReportEdition
from reports.editorial.publishing import Publishable
from reports.editorial.texts import HasTexts, Text
from reports.places import Place
from reports.search_index import folded
from reports.table_rules import filled, no_longer, one_of, publishing, text
from reports.themes import ThemeInEdition


class FindingKind(models.TextChoices):
    """What sort of statement a finding is."""

    VIOLATION = "violation", _("violation")
    TREND = "trend", _("trend")
    CONTEXT = "context", _("context")
    PROGRESS = "progress", _("progress")
    WARNING = "warning", _("warning")


class Attribution(models.TextChoices):
    """How sure a statement is, and who stands for it."""

    ESTABLISHED = "established", _("established")
    REPORTED_BY = "reported_by", _("reported")
    ALLEGED = "alleged", _("alleged")


class Precision(models.TextChoices):
    """How exactly the time is known."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    UNKNOWN = "unknown", _("unknown")


class Scope(models.TextChoices):
    """How far a statement reaches."""

    WORLD = "world", _("worldwide")
    REGION = "region", _("a region")
    PLACES = "places", _("the places named")


class PlaceRole(models.TextChoices):
    """What a place has to do with a finding."""

    WHERE = "where", _("happened here")
    ACTOR = "actor", _("done by its authorities")
    AFFECTED = "affected", _("affected its people")
    MENTIONED = "mentioned", _("mentioned")


class Finding(HasTexts, Publishable):
    """A statement that can be cited. Counting findings says nothing about how grave a situation is.

    While it is public, a deferred trigger holds it to `reports.readiness`: a source that supports it, a home theme,
    places for what concerns places, a reply to what is alleged.
    """

    key = models.SlugField(_("key"), max_length=80)
    edition = models.ForeignKey(ReportEdition, models.CASCADE, related_name="findings")
    kind = models.CharField(_("kind"), max_length=10, choices=FindingKind)
    attribution = models.CharField(_("attribution"), max_length=12, choices=Attribution)
    occurred_from = models.DateField(_("from"), null=True, blank=True)
    occurred_to = models.DateField(_("to"), null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=8, choices=Precision, default=Precision.UNKNOWN)
    scope = models.CharField(_("scope"), max_length=6, choices=Scope)

    objects = OfEditionQuerySet.as_manager()  # type: ignore[misc]  # narrows the base's

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            *publishing("finding"),
            models.UniqueConstraint(fields=["edition", "key"], name="finding_key_once"),
            one_of("kind", FindingKind, "finding_kind"),
            one_of("attribution", Attribution, "finding_attribution"),
            one_of("precision", Precision, "finding_precision"),
            one_of("scope", Scope, "finding_scope"),
            models.CheckConstraint(
                condition=Q(occurred_to=None)
                | (Q(occurred_from__isnull=False) & Q(occurred_from__lte=F("occurred_to"))),
                name="finding_dates",
                violation_error_message=_("It cannot end before it began."),
            ),
            models.CheckConstraint(
                condition=Q(precision="unknown", occurred_from=None)
                | (~Q(precision="unknown") & ~Q(occurred_from=None)),
                name="finding_precision_of_date",
                violation_error_message=_("Say how exactly the date is known; without a date that is unknown."),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def wording_numbers(self, lang: str) -> tuple[int, int]:
        """Those that its page gives: the kept wording, and the one that took its place."""
        kept = self.earlier_texts.filter(lang=lang).aggregate(newest=models.Max("number"))["newest"] or 0
        return kept, kept + 1


class FindingText(Text):
    """The statement in our own words, never the report's."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="texts")
    statement = models.CharField(_("statement"), max_length=600)
    explanation = models.TextField(_("explanation"), max_length=2000, blank=True)
    reply = models.TextField(
        _("reply of the accused side"),
        max_length=1000,
        blank=True,
        help_text=_("What is alleged needs it: the reply, or that none was asked for or none came."),
    )
    content_warning = models.CharField(_("content warning"), max_length=200, blank=True)

    class Meta:
        constraints = [
            *text("finding_text", "finding"),
            filled("finding_text_filled", "statement"),
            no_longer("finding_text_length", explanation=2000, reply=1000),
        ]

    def __str__(self) -> str:
        return self.statement


class EarlierFindingText(models.Model):
    """A public wording that was replaced. Written by a trigger, and never changed: citations of it stay true.

    `number` counts the states of a finding in all its languages. Row n holds the words that state n had in `lang` and
    state n + 1 has no more; in the other languages the words stayed.
    """

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="earlier_texts")
    number = models.PositiveIntegerField()
    lang = models.CharField(max_length=12)
    statement = models.CharField(max_length=600)
    explanation = models.TextField(blank=True)
    reply = models.TextField(blank=True)
    content_warning = models.CharField(max_length=200, blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "number"], name="earlier_finding_text_once")]

    def __str__(self) -> str:
        return self.statement


class FindingTheme(models.Model):
    """A theme that a finding belongs to; one of them is its home."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="finding_themes")
    theme = models.ForeignKey(ThemeInEdition, models.CASCADE, related_name="theme_findings")
    primary = models.BooleanField(_("home"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["finding", "theme"], name="finding_theme_once"),
            models.UniqueConstraint(fields=["finding"], condition=Q(primary=True), name="finding_one_home"),
        ]

    def __str__(self) -> str:
        return f"{self.finding}: {self.theme}"


class FindingPlace(HasTexts, models.Model):
    """A place with its role in a finding: an actor is not the place where something happened."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="finding_places")
    place = models.ForeignKey(Place, models.PROTECT, related_name="place_findings")
    role = models.CharField(_("role"), max_length=9, choices=PlaceRole)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    class Meta:
        verbose_name = _("place of a finding")
        verbose_name_plural = _("places of findings")
        constraints = [
            models.UniqueConstraint(fields=["finding", "place", "role"], name="finding_place_once"),
            one_of("role", PlaceRole, "finding_place_role"),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.get_role_display()}"

    def read_with(self) -> list[Finding]:
        """It stands beside its finding."""
        return [self.finding]


class FindingPlaceText(Text):
    """The part of the place that is meant: a city, a region."""

    finding_place = models.ForeignKey(FindingPlace, models.CASCADE, related_name="texts")
    locality = models.CharField(_("locality"), max_length=120)
    folded = folded("locality")

    class Meta:
        indexes = [models.Index(fields=["folded"], name="finding_place_text_folded")]  # a search by an exact name
        constraints = [
            *text("finding_place_text", "finding_place"),
            filled("finding_place_text_filled", "locality"),
        ]

    def __str__(self) -> str:
        return self.locality
