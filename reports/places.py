"""Places, what we call them and why."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.iso_codes import ISO_CODES, OWN_CODE
from reports.search_index import folded
from reports.table_rules import filled, no_longer, one_of, web_address


class PlaceKind(models.TextChoices):
    """What sort of place this is, as the site speaks of it."""

    STATE = "state", _("state")
    TERRITORY = "territory", _("territory")
    DISPUTED = "disputed", _("disputed")
    CITY = "city", _("city")
    SUPRANATIONAL = "supranational", _("body of states")


class NameKind(models.TextChoices):
    """What a name of a place is used for."""

    DISPLAY = "display", _("shown")
    FORMAL = "formal", _("formal")
    SHORT = "short", _("short")
    FORMER = "former", _("former")
    ALIAS = "alias", _("alias")
    ENDONYM = "endonym", _("own name")


def validate_code(code: str) -> None:
    """A code looks like one of ISO 3166-1 only if it is one."""
    if code not in ISO_CODES and not re.fullmatch(OWN_CODE, code):
        raise ValidationError(
            _("%(code)s is no code of ISO 3166-1. A place outside that list gets a code that starts with X-."),
            params={"code": code},
        )


class Place(models.Model):
    """A state, territory, city or body of states: an ISO 3166-1 alpha-2 code, or one of our own that starts with X-."""

    code = models.CharField(_("code"), max_length=12, unique=True, validators=[validate_code])
    kind = models.CharField(_("kind"), max_length=14, choices=PlaceKind, default=PlaceKind.STATE)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("part of"), null=True, blank=True, related_name="parts"
    )

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=ISO_CODES) | Q(code__regex=OWN_CODE),
                name="place_code",
                violation_error_message=_("Use a code of ISO 3166-1, or one of your own that starts with X-."),
            ),
            one_of("kind", PlaceKind, "place_kind"),
            models.CheckConstraint(
                condition=~Q(kind="city") | Q(parent__isnull=False),
                name="place_city_parent",
                violation_error_message=_("A city needs the place it belongs to."),
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="place_not_its_own_part",
                violation_error_message=_("A place cannot be a part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PlaceName(models.Model):
    """A name of a place in one language. Each language has one name that is shown; the others help to find it."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="names")
    lang = models.CharField(_("language"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8, choices=NameKind, default=NameKind.DISPLAY)
    source = models.CharField(_("source"), max_length=60, blank=True)
    folded = folded("name")

    class Meta:
        verbose_name = _("name of a place")
        verbose_name_plural = _("names of places")
        indexes = [models.Index(fields=["folded"], name="place_name_folded")]  # a search by an exact name
        constraints = [
            models.UniqueConstraint(
                fields=["place", "lang"],
                condition=Q(kind="display"),
                name="place_display_name_once",
                violation_error_message=_("This place already has a shown name in this language."),
            ),
            models.UniqueConstraint(fields=["place", "lang", "name", "kind"], name="place_name_once"),
            one_of("kind", NameKind, "place_name_kind"),
            filled("place_name_filled", "name"),
        ]

    def __str__(self) -> str:
        return self.name


class NamingNote(models.Model):
    """Why a place is called so here; shown where its name first stands."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="notes")
    lang = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    text = models.TextField(_("text"), max_length=600)
    policy_url = models.URLField(_("address of the policy"), blank=True)

    class Meta:
        verbose_name = _("naming note")
        verbose_name_plural = _("naming notes")
        constraints = [
            models.UniqueConstraint(fields=["place", "lang"], name="naming_note_once"),
            filled("naming_note_filled", "text"),
            no_longer("naming_note_length", text=600),
            web_address("policy_url", "naming_note_web_address"),
        ]

    def __str__(self) -> str:
        return self.text
