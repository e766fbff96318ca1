"""Campaigns: demands put forward together, with the findings they stand on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.demands import Demand
from reports.editorial.models import Organisation
from reports.editorial.publishing import BelongingQuerySet, IllegalTransition, Publishable, State
from reports.editorial.rich_text import RichTextField
from reports.editorial.slugs import SlugField
from reports.editorial.texts import HasTexts, Text
from reports.models import Finding, Place, Theme
from reports.table_rules import filled, no_longer, publishing, text

CARRIED = [State.SCHEDULED, State.PUBLISHED, State.ARCHIVED]
"""The states of a demand in which a campaign can be built on it."""


class Campaign(HasTexts, Publishable):
    """Petitions and demonstrations belong to a campaign; its organisation answers for them."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="campaigns")
    themes = models.ManyToManyField(Theme, related_name="campaigns")
    places = models.ManyToManyField(Place, related_name="campaigns", blank=True)
    featured = models.BooleanField(_("first on the home page"), default=False)
    demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            *publishing("campaign"),
            models.UniqueConstraint(
                fields=["featured"],
                condition=Q(featured=True),
                name="campaign_one_featured",
                violation_error_message=_("Another campaign is first on the home page. Take that mark off it first."),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def carries_demand(self) -> bool:
        """Whether it puts forward a demand that the public may know of by the time it knows of the campaign. Triggers
        hold campaigns, petitions and demonstrations to it and have the last word."""
        by_then = max(timezone.now(), self.release_at or timezone.now())
        in_time = Q(demand__release_at=None) | Q(demand__release_at__lte=by_then)
        return self.campaign_demands.filter(in_time, demand__state__in=CARRIED).exists()

    def refuse_asking_nothing(self) -> None:
        """Raises IllegalTransition where nobody could be asked to sign for anything."""
        if not self.carries_demand:
            raise IllegalTransition(_("Publish a demand of its campaign first: nobody can sign for nothing."))


class CampaignText(Text):
    """Title, two sentences and the text of a campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts")
    slug = SlugField(_("address"))
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=800)
    body = RichTextField(_("text"), blank=True)

    class Meta:
        constraints = [
            *text("campaign_text", "campaign"),
            models.UniqueConstraint(fields=["lang", "slug"], name="campaign_slug_once"),
            filled("campaign_text_filled", "slug", "title", "summary"),
            no_longer("campaign_text_length", summary=800),
        ]

    def __str__(self) -> str:
        return self.title


class FormerCampaignSlug(models.Model):
    """A slug that a campaign's page once had; it still leads there. Written by a trigger, whoever changes a slug."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="former_slugs")
    lang = models.CharField(max_length=12)
    slug = SlugField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lang", "slug"], name="former_campaign_slug_once")]

    def __str__(self) -> str:
        return f"{self.lang}/{self.slug}"


class OfCampaignQuerySet(BelongingQuerySet):
    """A petition or demonstration would tell what its campaign holds back: it is public only together with it."""

    owner = "campaign"


class CampaignFinding(models.Model):
    """A finding shown on a campaign, in order."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="campaign_findings")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="campaign_findings")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "finding"], name="campaign_finding_once")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.finding}"


class CampaignDemand(models.Model):
    """A demand put forward by a campaign, in order."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="campaign_demands")
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="campaign_demands")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "demand"], name="campaign_demand_once")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.demand}"
