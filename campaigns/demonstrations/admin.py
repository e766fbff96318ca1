"""The desk's pages for demonstrations. Pledges are nobody's business here: only how many were announced is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from campaigns.demonstrations.access import FACTS
from campaigns.demonstrations.demonstration_form import DemonstrationForm
from campaigns.demonstrations.models import Demonstration
from campaigns.demonstrations.readiness import missing_for_publication
from reports.editorial.access import Right
from reports.editorial.desk_publishing import PublishableAdmin
from reports.editorial.desk_saving import Refused
from reports.editorial.desk_texts import HasTextsAdmin
from reports.editorial.publishing import PUBLIC, State


@admin.register(Demonstration)
class DemonstrationAdmin(PublishableAdmin, HasTextsAdmin):
    """Where and when people come together."""

    organisation_path = "campaign__organisation_id"
    writes = Right.ORGANISE
    form = DemonstrationForm
    list_display = ("words", "starts", "zone", "place", "status", "state_chip", "languages")
    list_filter = ("state", "status", "kind")
    list_select_related = ("campaign", "place")
    search_fields = ("key", "uid", "texts__title", "texts__city")
    autocomplete_fields = ("campaign", "place")
    fieldsets = (
        (None, {"fields": (("key", "campaign"), ("kind", "status"), ("organiser", "contact"), "day_of_action")}),
        (
            gettext_lazy("When and where"),
            {"fields": (("starts", "ends"), "zone", "place", ("starts_fold", "ends_fold"))},
        ),
        (gettext_lazy("Access"), {"fields": tuple(FACTS)}),
        (gettext_lazy("Publishing"), {"fields": (("release_at", "original_lang"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the campaign, which says whose it is."""
        return super().get_queryset(request).select_related("campaign")

    def missing(self, obj: Demonstration) -> list[str]:
        """See `campaigns.demonstrations.readiness`."""
        found = missing_for_publication(obj, None if obj.state in PUBLIC else timezone.now())
        return [str(message) for messages in found.values() for message in messages]

    def move_object(self, obj: Any, target: State) -> None:
        """Its own rules are told in its own words."""
        try:
            super().move_object(obj, target)
        except ValidationError as problem:
            raise Refused(problem.messages) from None
