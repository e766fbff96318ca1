"""Signatures at the desk: where each stands, out of the count and back; who it is, for those who may know.

Of a petition in safe mode only what came in a flood is here, once it counts, from the next day on (UTC): moderators can
take fakes out, and nobody can watch people sign.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from campaigns.keystore import KeystoreError, secrets_of
from campaigns.petitions.blurring import when
from campaigns.petitions.external_ids import external_id, row_behind_external_id
from campaigns.petitions.moderating import count_held, take_in, take_out
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import Signature, State, is_unreachable
from campaigns.sealing import CannotOpen, Place, unseal
from reports.editorial.access import Right, lacks_second_factor, limited
from reports.editorial.audit import Act, record
from reports.editorial.capped_pages import CappedPaginator
from reports.editorial.desk_publishing import Refusals, chip

STATE_CHIPS: dict[int, str] = {
    State.PENDING: "chip-quiet",
    State.CONFIRMED: "chip-met",
    State.REMOVED: "chip-warning",
    State.HELD: "chip-warning mark-pause",
}
REFUSALS = {
    State.HELD: gettext_lazy("No place is free: two people of this mailbox count already, or keep the place they had.")
}


class PetitionFilter(admin.SimpleListFilter):
    """Petitions of the asker's organisations; asking the signatures themselves would read them all."""

    title = gettext_lazy("petition")
    parameter_name = "petition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """By key."""
        own = limited(Petition.objects.order_by("key"), request.user, "campaign__organisation_id")
        return [(str(petition.pk), petition.key) for petition in own]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Of one petition."""
        chosen = self.value() or ""
        return queryset.filter(petition=int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else queryset


@admin.register(Signature)
class SignatureAdmin(Refusals):
    """Lists show no person. One signature's page tells organisers and admins who it is, and writes that down."""

    organisation_path = "petition__campaign__organisation_id"
    reads = Right.MODERATE
    writes = Right.MODERATE
    change_form_template = "admin/petitions/signature.html"
    list_display = ("name_outside", "petition", "standing", "country", "lang", "confirmed")
    list_filter = (PetitionFilter, "state")
    list_select_related = ("petition__campaign",)
    search_fields = ("pk",)
    search_help_text = gettext_lazy("The identity that an export or a receipt shows, whole.")
    ordering = ("-pk",)
    sortable_by = ()
    show_full_result_count = False
    paginator = CappedPaginator
    fields = readonly_fields = ("name_outside", "petition", "state", "country", "lang", "created", "confirmed")

    def get_urls(self) -> list[URLPattern]:
        """One address for each act."""
        return [
            self.view("take_out", "<path:object_id>/take-out/", require_POST(self.take_out)),
            self.view("take_in", "<path:object_id>/take-in/", require_POST(self.take_in)),
            self.view("count_held", "<path:object_id>/count/", require_POST(self.count_held)),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """What the desk may know of: see the head of this module."""
        today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        judged = models.Q(flood_incident__isnull=False, confirmed_at__lt=today)
        return super().get_queryset(request).filter(models.Q(petition__safe_mode=False) | judged)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever moderates or may know who signed."""
        return self.may(request, Right.MODERATE, obj) or self.may(request, Right.SIGNATORIES, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign on the petition's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the owner, behind a mailed link."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the owner."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By the identity that the outside knows: an address would end up in the browser's history and in logs."""
        if not search_term:
            return queryset, False
        petitions = limited(Petition.objects.exclude(opened_at=None), request.user, "campaign__organisation_id")
        found = [_row(petition, search_term.strip()) for petition in petitions]
        wanted = models.Q(pk=None)
        for petition_id, row_id in found:
            wanted |= models.Q(pk=row_id, petition=petition_id)
        return queryset.filter(wanted), False

    def words_of(self, obj: models.Model) -> str:
        """The identity that the outside knows."""
        assert isinstance(obj, Signature)
        return self.name_outside(obj)

    @admin.display(description=gettext_lazy("identity"))
    def name_outside(self, obj: Signature) -> str:
        """See `campaigns.petitions.external_ids`."""
        try:
            return external_id(secrets_of(obj.petition.uuid), obj.pk)
        except KeystoreError:
            return "–"

    @admin.display(description=gettext_lazy("state"))
    def standing(self, obj: Signature) -> SafeString:
        """What it is worth, at a glance."""
        return chip(obj.get_state_display(), STATE_CHIPS[obj.state])

    @admin.display(description=gettext_lazy("created at"))
    def created(self, obj: Signature) -> str:
        """The moment, or the day."""
        return when(obj.petition, obj.created_at)

    @admin.display(description=gettext_lazy("confirmed at"))
    def confirmed(self, obj: Signature) -> str:
        """The moment, or the day."""
        return when(obj.petition, obj.confirmed_at)

    def record(self, request: HttpRequest, act: Act, obj: models.Model, **detail: Any) -> None:
        """Named as the outside knows it."""
        assert isinstance(obj, Signature)
        organisation = self.organisation_of(obj)
        name = self.name_outside(obj)
        record(request.user, act, Signature, object_id=name, organisation_id=organisation, **detail)

    def take_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: stop counting it. 409 where it is not counted."""
        return self._moderate(request, object_id, Act.TOOK_OUT, take_out)

    def take_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: count it again. 409 where it was not taken out."""
        return self._moderate(request, object_id, Act.TOOK_IN, take_in)

    def count_held(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: count one that was held, where its mailbox has a place free. 409 where it has none."""
        return self._moderate(request, object_id, Act.TOOK_IN, count_held)

    def _moderate(
        self, request: HttpRequest, object_id: str, act: Act, moderate: Callable[[int], bool]
    ) -> HttpResponse:
        signature = self.get_object(request, unquote(object_id))
        if not self.may(request, Right.MODERATE, signature):
            raise PermissionDenied
        with transaction.atomic():
            done = moderate(signature.pk)
            if done:
                self.record(request, act, signature, petition=signature.petition.key, was=signature.get_state_display())
        if not done:
            refusal = REFUSALS.get(signature.state, _("That does not follow from where this signature stands."))
            return self.refuse(request, signature, [str(refusal)], 409)
        messages.success(request, _("Done. The count moves within seconds."))
        return self.back_to(signature)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Who it is, for those who may know and have a second factor; the look is written to the audit log."""
        signature = kwargs.get("obj")
        context["may_moderate"] = self.may(request, Right.MODERATE, signature)
        context["removable"] = signature is not None and signature.state == State.CONFIRMED
        context["returnable"] = signature is not None and signature.state == State.REMOVED
        context["held"] = signature is not None and signature.state == State.HELD
        context["unreachable"] = signature is not None and is_unreachable(signature)
        if signature is not None and self.may(request, Right.SIGNATORIES, signature):
            context["second_factor_missing"] = lacks_second_factor(request.user)
            if not context["second_factor_missing"]:
                context["person"] = self._person(request, signature)
        return super().render_change_form(request, context, *args, **kwargs)

    def _person(self, request: HttpRequest, signature: Signature) -> dict[str, Any] | None:
        try:
            personal, secrets = signature.personal, secrets_of(signature.petition.uuid)
            place = Place(signature.petition.uuid, personal.email_key, personal.name_key)
            said = unseal(secrets.seal, place, personal.blob)
        except (LookupError, KeystoreError, CannotOpen):
            return None
        self.record(request, Act.LOOKED, signature, petition=signature.petition.key)
        return said


def _row(petition: Petition, name: str) -> tuple[int, int | None]:
    try:
        return petition.pk, row_behind_external_id(secrets_of(petition.uuid), name)
    except KeystoreError:
        return petition.pk, None
