"""Publishers and the yearly editions of their reports."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.editorial.publishing import BelongingQuerySet, Publishable
from reports.editorial.texts import HasTexts, Text
from reports.places import Place
from reports.table_rules import filled, no_longer, one_of, publishing, text, web_address

TAKEN_KEYS: Final = ("demands", "report-tables")
"""Keys that no edition can have: `/data/<key>.json` and the like are addresses of other files."""


class Publisher(models.Model):
    """Whoever issues a report, and the licence its words carry unless an edition says otherwise."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    url = models.URLField(_("address"))
    licence = models.CharField(_("licence"), max_length=60)

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")
        constraints = [filled("publisher_filled", "name", "licence"), web_address("url", "publisher_web_address")]

    def __str__(self) -> str:
        return self.name


class ReportEdition(HasTexts, Publishable):
    """One report of one year. `demo` marks everything below it as a demonstration."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="editions")
    year = models.PositiveSmallIntegerField(_("year"))
    label = models.CharField(_("label"), max_length=20)
    period_start = models.DateField(_("covers from"))
    period_end = models.DateField(_("covers to"))
    released_on = models.DateField(_("released on"))
    places_examined = models.PositiveSmallIntegerField(_("places examined"))
    source_url = models.URLField(_("address of the report"))
    licence = models.CharField(_("licence"), max_length=60)
    demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            *publishing("edition"),
            models.UniqueConstraint(fields=["publisher", "year", "label"], name="edition_once"),
            models.CheckConstraint(
                condition=Q(period_start__lte=F("period_end")) & Q(period_end__lte=F("released_on")),
                name="edition_dates",
                violation_error_message=_("A report covers a period that ends before the report comes out."),
            ),
            models.CheckConstraint(
                condition=~Q(key__in=TAKEN_KEYS),
                name="edition_key_free",
                violation_error_message=_(
                    "Choose another key: other files of open data have this one in their address."
                ),
            ),
            filled("edition_licence", "licence"),
            web_address("source_url", "edition_web_address"),
        ]

    def __str__(self) -> str:
        return f"{self.publisher} {self.label}"


class OfEditionQuerySet(BelongingQuerySet):
    """What belongs to an edition is public only together with it."""

    owner = "edition"


class EditionText(Text):
    """Title of an edition and its headline in our own words."""

    edition = models.ForeignKey(ReportEdition, models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=200)
    headline = models.TextField(_("headline"), max_length=600)

    class Meta:
        constraints = [
            *text("edition_text", "edition"),
            filled("edition_text_filled", "title", "headline"),
            no_longer("edition_text_length", headline=600),
        ]

    def __str__(self) -> str:
        return self.title


class EditionPlaceName(models.Model):
    """What an edition calls a place, where that is not the name shown now: its pages and files keep it."""

    edition = models.ForeignKey(ReportEdition, models.CASCADE, related_name="place_names")
    place = models.ForeignKey(Place, models.PROTECT, related_name="edition_names")
    lang = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("name of a place in an edition")
        verbose_name_plural = _("names of places in an edition")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "place", "lang"],
                name="edition_place_name_once",
                violation_error_message=_("This edition has a name for that place in this language already."),
            ),
            filled("edition_place_name_filled", "name"),
        ]

    def __str__(self) -> str:
        return self.name


class ExaminedStatus(models.TextChoices):
    """What an edition says of a place."""

    EXAMINED = "examined", _("examined")
    NOT_EXAMINED = "not_examined", _("not examined")
    UNKNOWN = "unknown", _("unknown")


class EditionPlace(models.Model):
    """Whether an edition examined a place. No row means unknown, never "fine"."""

    edition = models.ForeignKey(ReportEdition, models.CASCADE, related_name="edition_places")
    place = models.ForeignKey(Place, models.PROTECT, related_name="editions")
    status = models.CharField(_("status"), max_length=12, choices=ExaminedStatus, default=ExaminedStatus.UNKNOWN)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "place"], name="edition_place_once"),
            one_of("status", ExaminedStatus, "edition_place_status"),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.place}"
