"""Floods at the desk: what goes on, for moderators and organisers; and shared networks, which organisers let in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.petitions.allowed_networks import AllowedNetwork
from campaigns.petitions.blurring import when
from campaigns.petitions.flood_incidents import FloodIncident
from reports.editorial.access import Right
from reports.editorial.desk_access import DeskAdmin
from reports.editorial.desk_publishing import chip
from reports.editorial.desk_saving import NothingLost


@admin.register(FloodIncident)
class FloodAdmin(DeskAdmin):
    """Numbers only: where a flood comes from is not stored. In safe mode they are in tens, and days are told."""

    organisation_path = "petition__campaign__organisation_id"
    list_display = ("since", "petition", "kind", "standing", "asked_for_more", "after_proof", "to_confirm_by_code")
    list_filter = ("kind",)
    list_select_related = ("petition__campaign",)
    fields = readonly_fields = (
        "petition",
        "kind",
        "since",
        "last_seen",
        "asked_for_more",
        "after_proof",
        "to_confirm_by_code",
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the petition, which says whose it is."""
        return super().get_queryset(request).select_related("petition__campaign")

    def words_of(self, obj: models.Model) -> str:
        """Of which petition, and why."""
        assert isinstance(obj, FloodIncident)
        return f"{obj.petition.key}: {obj.get_kind_display()} ({obj.pk})"

    @admin.display(description=gettext_lazy("state"))
    def standing(self, obj: FloodIncident) -> SafeString:
        """Whether it goes on."""
        if obj.goes_on:
            return chip(str(pgettext_lazy("flood", "goes on")), "chip-warning mark-clock")
        return chip(str(pgettext_lazy("flood", "over")), "chip-quiet")

    @admin.display(description=pgettext_lazy("flood", "last seen"))
    def last_seen(self, obj: FloodIncident) -> str:
        """When, or on which day."""
        return when(obj.petition, obj.last_at)

    @admin.display(description=pgettext_lazy("flood", "asked for more"))
    def asked_for_more(self, obj: FloodIncident) -> int:
        """As it is told."""
        return obj.told["asked"]

    @admin.display(description=pgettext_lazy("flood", "accepted after a proof of work"))
    def after_proof(self, obj: FloodIncident) -> int:
        """As it is told."""
        return obj.told["by_proof"]

    @admin.display(description=pgettext_lazy("flood", "accepted, to be confirmed by code"))
    def to_confirm_by_code(self, obj: FloodIncident) -> int:
        """As it is told."""
        return obj.told["by_code"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Floods come by themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: signatures refer to it."""
        return False


@admin.register(AllowedNetwork)
class AllowedNetworkAdmin(NothingLost):
    """An office where many sign from one address. The audit log names it by its words, never by the network."""

    organisation_path = "organisation_id"
    writes = Right.ORGANISE
    list_display = ("name", "network", "organisation", "petition", "until")
    list_select_related = ("organisation", "petition__campaign")
    fields = ("name", "network", "organisation", "petition", "until")
