"""Laws, treaties and rulings at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reports.editorial.desk_access import DeskInline
from reports.editorial.desk_publishing import PublishableAdmin
from reports.editorial.desk_texts import HasTextsAdmin
from reports.models import Instrument, InstrumentLink


class LinkRows(DeskInline):
    """What an instrument does to themes."""

    model = InstrumentLink
    verbose_name, verbose_name_plural = _("theme"), _("themes")
    autocomplete_fields = ("theme",)
    exclude = ("original_lang",)
    show_change_link = True


@admin.register(Instrument)
class InstrumentAdmin(PublishableAdmin, HasTextsAdmin):
    """Rules with a date and a number."""

    list_display = ("words", "kind", "identifier", "state_chip", "languages")
    list_filter = ("state", "kind")
    search_fields = ("key", "identifier", "texts__title")
    autocomplete_fields = ("jurisdiction",)
    inlines = (LinkRows,)
    fields = (
        ("key", "kind"),
        ("identifier", "jurisdiction"),
        ("adopted_on", "in_force_on", "ended_on"),
        "url",
        ("release_at", "original_lang"),
    )


@admin.register(InstrumentLink)
class InstrumentLinkAdmin(HasTextsAdmin):
    """Why an instrument helps or harms a theme, in words."""

    listed = False
    list_display = ("instrument", "theme", "stance")
    list_select_related = ("instrument", "theme__theme", "theme__edition__publisher")
    fields = ("stance", "original_lang")

    def words_of(self, obj: Any) -> str:
        """Instrument and theme."""
        return f"{obj.instrument} · {obj.theme.theme}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It is added on the instrument's page."""
        return False
