"""Places at the desk, with their names and what is said of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from reports.content_writing import Changes
from reports.editorial.desk_access import DeskInline
from reports.editorial.desk_saving import NothingLost
from reports.models import NamingNote, Place, PlaceName
from reports.places import NameKind
from reports.report_file.place_names import write_names


class OneShownName(BaseInlineFormSet):  # type: ignore[type-arg]
    """The names of a place, of which one in each language is shown. The database holds the same rule."""

    def clean(self) -> None:
        """A second shown name is refused, and the first one named."""
        super().clean()
        shown: dict[str, str] = {}
        for form in self.forms:
            said = getattr(form, "cleaned_data", {})
            if said.get("DELETE") or said.get("kind") != NameKind.DISPLAY or not said.get("lang"):
                continue
            first = shown.setdefault(said["lang"], said.get("name", ""))
            if first != said.get("name", ""):
                form.add_error("name", _("The name shown in this language is “%(name)s” already.") % {"name": first})


class NameRows(DeskInline):
    """Names: one is shown in each language, the others help to find it."""

    model = PlaceName
    formset = OneShownName


class NoteRows(DeskInline):
    """Why it is called so here."""

    model = NamingNote


@admin.register(Place)
class PlaceAdmin(NothingLost):
    """States, territories, cities, bodies of states."""

    list_display = ("code", "name", "kind", "parent")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("code__iexact", "names__name")
    autocomplete_fields = ("parent",)
    inlines = (NameRows, NoteRows)
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the names."""
        return super().get_queryset(request).prefetch_related("names")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A new place gets the names that Unicode's CLDR has for it, but where the editor gives one."""
        super().save_related(request, form, formsets, change)
        if not change:
            write_names(Changes(), [(form.instance, {})])

    @admin.display(description=gettext_lazy("name"))
    def name(self, obj: Place) -> str:
        """The name shown in the language of the desk, else in English, else none."""
        shown = {name.lang: name.name for name in obj.names.all() if name.kind == NameKind.DISPLAY}
        return shown.get(get_language() or "") or shown.get("en") or ""

    def words_of(self, obj: Any) -> str:
        """Code and name."""
        return f"{obj.code} {self.name(obj)}".strip()
