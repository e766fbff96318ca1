"""Publishers, editions and themes at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from reports.editorial.desk_access import DeskInline
from reports.editorial.desk_publishing import PublishableAdmin
from reports.editorial.desk_saving import NothingLost
from reports.editorial.desk_texts import HasTextsAdmin
from reports.importing.csv_writing import csv_set
from reports.models import EditionPlace, EditionPlaceName, Publisher, ReportEdition, Theme, ThemeInEdition
from reports.readiness import copied_words
from reports.report_file.exporting import Export


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


class EditionPlaceNameRows(DeskInline):
    """Names that the edition keeps, whatever the place is called now."""

    model = EditionPlaceName
    verbose_name, verbose_name_plural = _("name it keeps for a place"), _("names it keeps for places")
    autocomplete_fields = ("place",)


@admin.register(ReportEdition)
class EditionAdmin(PublishableAdmin, HasTextsAdmin):
    """Editions of a report."""

    list_display = ("words", "publisher", "year", "state_chip", "languages")
    list_filter = ("state", "publisher")
    list_select_related = ("publisher",)
    search_fields = ("key", "label", "texts__title")
    autocomplete_fields = ("publisher",)
    inlines: ClassVar[Any] = (EditionPlaceRows, EditionPlaceNameRows)
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
    change_form_template = "admin/reports/edition.html"

    def missing(self, obj: ReportEdition) -> list[str]:
        """Words of its own."""
        return [*super().missing(obj), *copied_words(obj, "title", "headline")]

    def get_urls(self) -> list[URLPattern]:
        """And the edition as files, drafts included."""
        return [self.view("file", "<path:object_id>/file/<slug:form>/", self.file), *super().get_urls()]

    def file(self, request: HttpRequest, object_id: str, form: str) -> HttpResponse:
        """All of an edition as a bundle or as tables, for whoever may write it; it loads again without a change."""
        edition = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        if form not in FILES:
            raise Http404
        ending, content_type, written = FILES[form]
        response = HttpResponse(written(Export(edition, drafts=True)), content_type=content_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{edition.key}-drafts.{ending}"'
        return response

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With the ways to the files."""
        edition = kwargs.get("obj")
        if edition is not None and self.has_change_permission(request, edition):
            context["files"] = {form: self.address("file", edition.pk, form) for form in FILES}
        return super().render_change_form(request, context, *args, **kwargs)


FILES: dict[str, tuple[str, str, Callable[[Export], Any]]] = {
    "bundle": ("json", "application/json; charset=utf-8", lambda export: "".join(export.pieces())),
    "tables": ("zip", "application/zip", lambda export: csv_set(export.report())),
}


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

    def missing(self, obj: ThemeInEdition) -> list[str]:
        """Words of its own."""
        return [*super().missing(obj), *copied_words(obj, "title", "summary")]
