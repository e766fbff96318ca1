"""Publishers, editions and themes at the desk."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from reports.editorial.desk_access import DeskInline
from reports.editorial.desk_publishing import PublishableAdmin
from reports.editorial.desk_saving import NothingLost
from reports.editorial.desk_texts import HasTextsAdmin
from reports.models import EditionPlace, Publisher, ReportEdition, Theme, ThemeInEdition


@admin.register(Publisher)
class PublisherAdmin(NothingLost):
    """Whoever issues reports."""

    list_display = ("name", "licence", "url")
    search_fields = ("name", "key")


class EditionPlaceRows(DeskInline):
    """Places an edition examined or left out."""

    model = EditionPlace
    verbose_name, verbose_name_plural = _("place"), _("places")
    autocomplete_fields = ("place",)


@admin.register(ReportEdition)
class EditionAdmin(PublishableAdmin, HasTextsAdmin):
    """Editions of a report."""

    list_display = ("words", "publisher", "year", "state_chip", "languages")
    list_filter = ("state", "publisher")
    list_select_related = ("publisher",)
    search_fields = ("key", "label", "texts__title")
    autocomplete_fields = ("publisher",)
    inlines = (EditionPlaceRows,)
    fields = (
        "key",
        "publisher",
        ("year", "label"),
        ("period_start", "period_end", "released_on"),
        "places_examined",
        "source_url",
        "licence",
        "release_at",
        "original_lang",
        "demo",
    )


@admin.register(Theme)
class ThemeAdmin(NothingLost):
    """Matters that live across editions."""

    list_display = ("key",)
    search_fields = ("key",)


@admin.register(ThemeInEdition)
class ThemeInEditionAdmin(PublishableAdmin, HasTextsAdmin):
    """What an edition makes of a theme."""

    list_display = ("words", "edition", "position", "state_chip", "languages")
    list_filter = ("state", "edition")
    list_select_related = ("edition__publisher", "theme")
    search_fields = ("theme__key", "texts__title")
    autocomplete_fields = ("theme", "edition")
    fields = ("theme", "edition", "position", "release_at", "original_lang")
