"""Petitions at the desk: their texts, when they can be signed, their news, the wording of the consent."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from campaigns.keystore import KeystoreError
from campaigns.petitions.consent import publish_consent
from campaigns.petitions.export_desk import ExportingAdmin
from campaigns.petitions.flood_incidents import going_on
from campaigns.petitions.models import ConsentText, Petition, PetitionText, PetitionUpdate
from campaigns.petitions.petitions import Stage, publish_text
from campaigns.petitions.standing_numbers import numbers_of
from reports.editorial.access import Right
from reports.editorial.audit import Act
from reports.editorial.desk_access import DeskAdmin, DeskInline
from reports.editorial.desk_publishing import PublishableAdmin, Step, chip
from reports.editorial.desk_texts import HasTextsAdmin
from reports.editorial.publishing import IllegalTransition

ACTS = {"open": Petition.open, "pause": Petition.pause, "close": Petition.close}
LABELS = {
    "open": gettext_lazy("Open for signing"),
    "pause": gettext_lazy("Pause signing"),
    "close": gettext_lazy("Close for good"),
}
FROM = {Stage.OPEN: ["pause", "close"], Stage.PAUSED: ["open", "close"], Stage.CLOSED: []}
STAGE_CHIPS = {Stage.OPEN: "chip-open", Stage.PAUSED: "chip-warning mark-pause", Stage.CLOSED: "chip-quiet"}


class UpdateRows(DeskInline):
    """News of a petition, one of which may be its outcome."""

    model = PetitionUpdate
    exclude = ("original_lang",)
    show_change_link = True


@admin.register(Petition)
class PetitionAdmin(ExportingAdmin, PublishableAdmin, HasTextsAdmin):
    """What people sign."""

    organisation_path = "campaign__organisation_id"
    writes = Right.ORGANISE
    change_form_template = "admin/petitions/petition.html"
    list_display = ("words", "state_chip", "stage_chip", "closes_at", "languages")
    list_filter = ("state", "stage")
    list_select_related = ("campaign",)
    search_fields = ("key", "uid", "texts__title")
    autocomplete_fields = ("campaign",)
    inlines = (UpdateRows,)
    fields = (
        ("key", "campaign"),
        ("goal", "closes_at"),
        ("linger", "reminders"),
        "keep_months",
        ("ask_place", "ask_comment"),
        "safe_mode",
        ("release_at", "original_lang"),
        "demo",
    )

    def get_urls(self) -> list[URLPattern]:
        """One address for each act."""
        return [
            self.view("stage", "<path:object_id>/stage/<slug:act>/", require_POST(self.change_stage)),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the campaign, which says whose it is."""
        return super().get_queryset(request).select_related("campaign")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whether it is in safe mode was decided when it opened: from then on it is told in words."""
        fields = super().get_fields(request, obj)
        if obj is None or obj.opened_at is None:
            return fields
        return tuple("in_safe_mode" if name == "safe_mode" else name for name in fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """See `get_fields`."""
        return (*super().get_readonly_fields(request, obj), "in_safe_mode")

    @admin.display(description=gettext_lazy("safe mode"))
    def in_safe_mode(self, obj: Petition) -> str:
        """In words."""
        return _("yes") if obj.safe_mode else _("no")

    def deletable(self, obj: models.Model) -> bool:
        """What was never opened nor public."""
        return super().deletable(obj) and isinstance(obj, Petition) and obj.opened_at is None

    @admin.display(description=gettext_lazy("stage"), ordering="stage")
    def stage_chip(self, obj: Petition) -> SafeString:
        """Whether it can be signed."""
        return chip(obj.stage_now.label, STAGE_CHIPS[obj.stage_now])

    def publish_words(self, text: PetitionText) -> None:
        """People sign these words: every public wording is kept as a version."""
        publish_text(text)

    def change_stage(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """POST: open, pause or close. 409 where that does not follow."""
        petition = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, petition):
            raise PermissionDenied
        if act not in ACTS:
            raise Http404
        left = petition.stage
        try:
            with transaction.atomic():
                ACTS[act](petition)
                self.record(request, Act.STAGED, petition, step=act)
        except IllegalTransition as problem:
            return self.refuse(request, petition, [str(problem)], 409, left=left, step=act)
        except IntegrityError as problem:
            return self.refuse(request, petition, self.broken_rule(problem).lines, 422, left=left, step=act)
        except KeystoreError as problem:
            return self.refuse(request, petition, [str(problem)], 503, left=left, step=act)
        messages.success(request, _("Signing: %(stage)s.") % {"stage": petition.stage_now.label})
        return self.back_to(petition)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Stage, count and export, beside the form."""
        petition = kwargs.get("obj")
        if petition is not None:
            context["stage_chip"] = self.stage_chip(petition)
            context["floods"] = going_on(petition.pk)
            context["numbers"] = numbers_of(petition)
            if not petition.safe_mode and (
                self.may(request, Right.MODERATE, petition) or self.may(request, Right.SIGNATORIES, petition)
            ):
                context["signatures_url"] = f"{reverse('admin:petitions_signature_changelist')}?petition={petition.pk}"
            acts = FROM[petition.stage_now] if self.has_change_permission(request, petition) else []
            address = [self.address("stage", petition.pk, act) for act in acts]
            context["stage_steps"] = [
                Step(str(LABELS[act]), url, act == "open") for act, url in zip(acts, address, strict=True)
            ]
            if self.may(request, Right.SIGNATORIES, petition):
                context["export_url"] = self.address("export", petition.pk)
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(PetitionUpdate)
class UpdateAdmin(HasTextsAdmin):
    """A piece of news, to write it in words."""

    organisation_path = "petition__campaign__organisation_id"
    writes = Right.ORGANISE
    listed = False
    list_display = ("words", "petition", "on", "outcome")
    list_select_related = ("petition__campaign",)
    fields = ("on", "outcome", "position", "original_lang")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It is added on the petition's page."""
        return False


@admin.register(ConsentText)
class ConsentAdmin(DeskAdmin):
    """What people agree to when they tick the box for updates. Each wording stays; a new one takes its place."""

    organisation_path = "organisation_id"
    writes = Right.ORGANISE
    list_display = ("wording", "lang", "version", "organisation", "published_at")
    list_filter = ("lang",)
    list_select_related = ("organisation",)
    fields = ("organisation", "lang", "text")

    def words_of(self, obj: models.Model) -> str:
        """The wording."""
        assert isinstance(obj, ConsentText)
        return Truncator(obj.text).chars(80)

    @admin.display(description=gettext_lazy("wording"))
    def wording(self, obj: ConsentText) -> str:
        """The same, for lists."""
        return self.words_of(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: people agreed to these words."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def save_model(self, request: HttpRequest, obj: ConsentText, form: Any, change: bool) -> None:
        """Number it, and ask with it from now on."""
        obj.pk = publish_consent(obj.organisation, obj.lang, obj.text).pk
