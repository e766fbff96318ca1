"""How themes follow each other, and what changed between editions, at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reports.editorial.desk_texts import HasTextsAdmin
from reports.models import ThemeChange, ThemeLink

HINTS = {
    "place": _("Leave it empty where it holds of the theme everywhere."),
    "state": _("It is shown once its note is published too: write that after saving."),
}


@admin.register(ThemeLink)
class ThemeLinkAdmin(HasTextsAdmin):
    """Themes that follow other themes."""

    list_display = ("earlier", "later", "kind", "languages")
    list_filter = ("kind",)
    list_select_related = ("earlier", "later")
    search_fields = ("earlier__key", "later__key")
    autocomplete_fields = ("earlier", "later")
    fields = (("earlier", "later"), "kind", "original_lang")

    def words_of(self, obj: Any) -> str:
        """Both themes."""
        return str(obj)


@admin.register(ThemeChange)
class ThemeChangeAdmin(HasTextsAdmin):
    """What changed or was resolved between two editions, with its source."""

    list_display = ("theme", "place", "earlier", "later", "state", "languages")
    list_filter = ("state",)
    list_select_related = ("theme", "place", "earlier__publisher", "later__publisher")
    search_fields = ("theme__key", "place__code", "texts__note")
    autocomplete_fields = ("theme", "place", "earlier", "later", "source")
    fields = (("theme", "place"), ("earlier", "later"), "state", "source", "original_lang")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django's field, with what an editor has to know of it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in HINTS:
            field.help_text = HINTS[db_field.name]
        return field

    def words_of(self, obj: Any) -> str:
        """Theme and what happened."""
        return str(obj)
