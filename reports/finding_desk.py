"""Findings at the desk, with their themes, places and sources."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reports.editorial.desk_access import DeskInline
from reports.editorial.desk_publishing import PublishableAdmin
from reports.editorial.desk_saving import NothingLost
from reports.editorial.desk_texts import HasTextsAdmin
from reports.models import Evidence, Finding, FindingPlace, FindingTheme, Source
from reports.readiness import missing_for_publication


@admin.register(Source)
class SourceAdmin(NothingLost):
    """Documents that findings stand on."""

    list_display = ("title", "kind", "publisher", "published_on")
    list_filter = ("kind",)
    search_fields = ("title", "key", "publisher", "doc_symbol")


class ThemeRows(DeskInline):
    """Themes a finding belongs to."""

    model = FindingTheme
    verbose_name, verbose_name_plural = _("theme"), _("themes")
    autocomplete_fields = ("theme",)


class PlaceRows(DeskInline):
    """Places and the part they play."""

    model = FindingPlace
    verbose_name, verbose_name_plural = _("place"), _("places")
    autocomplete_fields = ("place",)
    exclude = ("original_lang",)
    show_change_link = True


class EvidenceRows(DeskInline):
    """Sources and what they do to the finding."""

    model = Evidence
    verbose_name, verbose_name_plural = _("source"), _("sources")
    autocomplete_fields = ("source",)


@admin.register(Finding)
class FindingAdmin(PublishableAdmin, HasTextsAdmin):
    """What the report found."""

    list_display = ("words", "kind", "attribution", "edition", "state_chip", "languages")
    list_filter = ("state", "kind", "attribution", "edition")
    list_select_related = ("edition__publisher",)
    search_fields = ("key", "uid", "texts__statement")
    autocomplete_fields = ("edition",)
    inlines = (ThemeRows, PlaceRows, EvidenceRows)
    rules: ClassVar[Any] = {
        "demand_grounded": _(
            "Nothing was changed: a public demand stands on this finding and has no other source. Add another source "
            "here or another finding there first."
        )
    }
    fields = (
        ("key", "edition"),
        ("kind", "attribution", "scope"),
        ("occurred_from", "occurred_to", "precision"),
        ("release_at", "original_lang"),
    )

    def missing(self, obj: Finding) -> list[str]:
        """See `reports.readiness`."""
        return missing_for_publication(obj)


@admin.register(FindingPlace)
class FindingPlaceAdmin(HasTextsAdmin):
    """A finding's place, to name the locality that is meant."""

    listed = False
    list_display = ("finding", "place", "role")
    list_select_related = ("finding", "place")
    fields = ("role", "original_lang")

    def words_of(self, obj: Any) -> str:
        """Finding and place."""
        return f"{obj.finding} · {obj.place}"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With what names it."""
        return super().get_queryset(request).select_related("finding", "place")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It is added on the finding's page."""
        return False
