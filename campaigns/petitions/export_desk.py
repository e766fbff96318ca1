"""The desk's page that hands out the list of those who signed."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.petitions.export_form import ExportForm
from campaigns.petitions.exporting import ALL_COLUMNS, SAFE_COLUMNS, Export
from campaigns.petitions.petitions import Petition
from campaigns.petitions.shown_count import shown_count
from campaigns.petitions.withdrawn_rows import rows_to_delete
from reports.editorial.access import Right, lacks_second_factor
from reports.editorial.audit import Act
from reports.editorial.desk_publishing import Refusals


class ExportingAdmin(Refusals):
    """Adds `<id>/export/`. Who may not see signatories gets 404 for own and foreign petitions alike."""

    def get_urls(self) -> list[URLPattern]:
        """One address: GET asks what for, POST sends the file."""
        return [self.view("export", "<path:object_id>/export/", self.export), *super().get_urls()]

    def export(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """GET: the form. POST: the file, after the entry in the audit log is committed."""
        petition = self.get_object(request, unquote(object_id))
        if not self.may(request, Right.SIGNATORIES, petition):
            self.record(request, Act.REFUSED, petition, page="export", method=request.method)
            raise Http404
        if lacks_second_factor(request.user):
            return self._ask(request, petition, None, status=403)
        if not petition.is_legible:
            return self._ask(request, petition, None, status=410)
        form = ExportForm(request.POST if request.method == "POST" else None, label_suffix="")
        if request.method != "POST" or not form.is_valid() or petition.opened_at is None:
            return self._ask(request, petition, form, status=422 if form.errors else 200)
        return self._send(request, petition, form.cleaned_data)

    def _send(self, request: HttpRequest, petition: Petition, said: dict[str, Any]) -> StreamingHttpResponse:
        cut_off = timezone.now()
        with transaction.atomic():
            self.record(request, Act.EXPORTED, petition, purpose=said["purpose"], cut_off=cut_off.isoformat())
            Petition.objects.filter(pk=petition.pk).update(exported_at=cut_off)
        response = StreamingHttpResponse(
            Export(petition, cut_off, said["bom"]).chunks(), content_type="text/csv; charset=utf-8"
        )
        name = f"signatories-{petition.pk}-{cut_off:%Y-%m-%d}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def _ask(self, request: HttpRequest, petition: Petition, form: ExportForm | None, status: int) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export who signed"),
            "opts": self.opts,
            "original": petition,
            "words": self.words_of(petition),
            "form": form,
            "second_factor_missing": lacks_second_factor(request.user),
            "columns": SAFE_COLUMNS if petition.safe_mode else ALL_COLUMNS,
            "total": shown_count(petition),
            "to_delete": rows_to_delete(petition.pk),
        }
        response = TemplateResponse(request, "admin/petitions/export.html", context, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response
