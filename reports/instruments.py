"""Treaties, laws and rulings that help or harm, and what they do to a theme."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.editorial.publishing import Publishable
from reports.editorial.texts import HasTexts, Text
from reports.places import Place
from reports.table_rules import filled, no_longer, one_of, publishing, text, web_address
from reports.themes import ThemeInEdition


class InstrumentKind(models.TextChoices):
    """What sort of rule an instrument is."""

    TREATY = "treaty", _("treaty")
    LAW = "law", _("law")
    REGULATION = "regulation", _("regulation")
    BILL = "bill", _("bill")
    RESOLUTION = "resolution", _("resolution")
    JUDGMENT = "judgment", _("judgment")
    POLICY = "policy", _("policy")


class Stance(models.TextChoices):
    """Whether it helps."""

    ADVANCES = "advances", _("advances")
    PARTIAL = "partial", _("partial advance")
    WEAKENS = "weakens", _("weakens")
    VIOLATED = "violated", _("violated")


class Instrument(HasTexts, Publishable):
    """A rule with a date and a number."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=InstrumentKind)
    jurisdiction = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="instruments")
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)
    in_force_on = models.DateField(_("in force on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    identifier = models.CharField(_("number"), max_length=120, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        constraints = [
            *publishing("instrument"),
            one_of("kind", InstrumentKind, "instrument_kind"),
            web_address("url", "instrument_web_address"),
            models.CheckConstraint(
                condition=(Q(adopted_on=None) | Q(in_force_on=None) | Q(adopted_on__lte=F("in_force_on")))
                & (Q(in_force_on=None) | Q(ended_on=None) | Q(in_force_on__lte=F("ended_on")))
                & (Q(adopted_on=None) | Q(ended_on=None) | Q(adopted_on__lte=F("ended_on"))),
                name="instrument_dates",
                violation_error_message=_("A rule is adopted, then in force, then ended."),
            ),
        ]

    def __str__(self) -> str:
        return self.identifier or self.key

    def read_with(self) -> list[Instrument]:
        """It has a page of its own once a theme that it helps or harms can be read; that theme's page tells its
        corrections too."""
        return [self] if ThemeInEdition.objects.visible().filter(instrument_links__instrument=self).exists() else []


class InstrumentText(Text):
    """Full and short title."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=300)
    short = models.CharField(_("short title"), max_length=80, blank=True)

    class Meta:
        constraints = [*text("instrument_text", "instrument"), filled("instrument_text_filled", "title")]

    def __str__(self) -> str:
        return self.title


class InstrumentLink(HasTexts, models.Model):
    """What an instrument does to a theme."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="links")
    theme = models.ForeignKey(ThemeInEdition, models.CASCADE, related_name="instrument_links")
    stance = models.CharField(_("stance"), max_length=8, choices=Stance)
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    class Meta:
        verbose_name = _("effect of an instrument")
        verbose_name_plural = _("effects of instruments")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "theme"], name="instrument_link_once"),
            one_of("stance", Stance, "instrument_link_stance"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument}: {self.theme}"

    def read_with(self) -> list[ThemeInEdition]:
        """It stands on the page of its theme once the rule itself is public."""
        shown = Instrument.objects.visible().filter(pk=self.instrument_id).exists()
        return [self.theme] if shown else []


class InstrumentLinkText(Text):
    """Why, in a sentence or two."""

    link = models.ForeignKey(InstrumentLink, models.CASCADE, related_name="texts")
    note = models.TextField(_("note"), max_length=600)

    class Meta:
        constraints = [
            *text("instrument_link_text", "link"),
            filled("instrument_link_text_filled", "note"),
            no_longer("instrument_link_text_length", note=600),
        ]

    def __str__(self) -> str:
        return self.note
