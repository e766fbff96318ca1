"""The desk's pages for campaigns, demands and whom they ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.demand_statements import unanswered
from campaigns.models import (
    Addressee,
    AliasRule,
    Campaign,
    CampaignDemand,
    CampaignFinding,
    Demand,
    DemandEvent,
    DemandFinding,
    DemandStatement,
)
from reports.edition_desk import EditionAdmin
from reports.editorial.access import Right
from reports.editorial.desk_access import DeskInline
from reports.editorial.desk_publishing import PublishableAdmin
from reports.editorial.desk_saving import NothingLost, Refused
from reports.editorial.desk_texts import HasTextsAdmin
from reports.editorial.publishing import PUBLIC, Publishable, State
from reports.editorial.texts import pick
from reports.models import ReportEdition

QUIET = timedelta(days=90)

NOTHING_ASKED = {
    "campaign_carries_demand": _(
        "Nothing was changed: a public campaign puts forward at least one public demand. Add one and publish it first."
    ),
    "petition_carries_demand": _(
        "Nothing was changed: people are signing a petition that would ask for nothing any more. Pause the petition, "
        "or add another public demand to its campaign first."
    ),
}
"""What stands against taking away the last demand."""


class FindingRows(DeskInline):
    """Findings shown on a campaign."""

    model = CampaignFinding
    verbose_name, verbose_name_plural = _("finding"), _("findings")
    autocomplete_fields = ("finding",)


class DemandRows(DeskInline):
    """Demands a campaign puts forward."""

    model = CampaignDemand
    verbose_name, verbose_name_plural = _("demand"), _("demands")
    autocomplete_fields = ("demand",)


@admin.register(AliasRule)
class AliasRuleAdmin(NothingLost):
    """Which mail domains are one; counts from the next petition that opens."""

    writes = Right.ADMINISTER
    list_display = ("domain", "same_as", "ignores_dots", "ignores_plus")
    search_fields = ("domain", "same_as")
    fields = ("domain", "same_as", ("ignores_dots", "ignores_plus"))


@admin.register(Campaign)
class CampaignAdmin(PublishableAdmin, HasTextsAdmin):
    """Demands put forward together."""

    organisation_path = "organisation_id"
    list_display = ("words", "organisation", "featured", "state_chip", "languages")
    list_filter = ("state",)
    list_select_related = ("organisation",)
    search_fields = ("key", "texts__title")
    autocomplete_fields = ("themes", "places")
    inlines = (DemandRows, FindingRows)
    rules = NOTHING_ASKED
    fields = (
        ("key", "organisation"),
        "themes",
        "places",
        "featured",
        ("release_at", "original_lang"),
        "demo",
    )

    def missing(self, obj: Campaign) -> list[str]:
        """A campaign that becomes public puts forward a public demand; later a trigger sees to it."""
        asked = obj.state in PUBLIC or obj.carries_demand
        lacks = [] if asked else [str(_("A demand that is published: add one below, and publish it."))]
        return [*lacks, *super().missing(obj)]


@admin.register(Addressee)
class AddresseeAdmin(HasTextsAdmin):
    """Whoever can do what is asked."""

    list_display = ("words", "kind", "place", "languages")
    list_filter = ("kind",)
    list_select_related = ("place",)
    search_fields = ("key", "texts__name")
    autocomplete_fields = ("place",)
    fields = (("key", "kind"), "place", "original_lang")


class NewsFilter(admin.SimpleListFilter):
    """Demands that nothing was heard of for long."""

    title = _("news")
    parameter_name = "news"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice."""
        return [("none", _("none for 90 days"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Without an event in that time."""
        if self.value() != "none":
            return queryset
        recent = DemandEvent.objects.filter(on__gte=timezone.now().date() - QUIET)
        return queryset.exclude(pk__in=recent.values("demand"))


class GroundRows(DeskInline):
    """Findings a demand stands on."""

    model = DemandFinding
    verbose_name, verbose_name_plural = _("finding"), _("findings")
    autocomplete_fields = ("finding",)


class EventRows(DeskInline):
    """What happened to a demand: rows are added and then stay."""

    model = DemandEvent
    verbose_name, verbose_name_plural = _("event"), _("events")
    autocomplete_fields = ("source",)
    exclude = ("original_lang",)
    show_change_link = True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may change the demand."""
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Demand)
class DemandAdmin(PublishableAdmin, HasTextsAdmin):
    """What is asked, of whom, on which finding, and what has come of it."""

    list_display = ("words", "addressee", "verb", "state_chip", "languages")
    list_filter = ("state", NewsFilter, "verb")
    list_select_related = ("addressee",)
    search_fields = ("key", "uid", "texts__title")
    autocomplete_fields = ("first_edition", "addressee", "place", "themes")
    inlines = (GroundRows, EventRows)
    rules = NOTHING_ASKED
    fields = (("key", "verb"), ("addressee", "place"), "themes", "first_edition", ("release_at", "original_lang"))

    def missing(self, obj: Demand) -> list[str]:
        """A public demand stands on a finding that has a source, and has words."""
        missing = []
        if not obj.demand_findings.exists():
            missing.append(str(_("A finding that it stands on.")))
        elif not obj.demand_findings.filter(finding__evidence__relation="supports").exists():
            missing.append(str(_("A source behind a finding that it stands on.")))
        if not obj.texts.filter(lang=obj.original_lang, state="published").exists():
            missing.append(str(_("A published text in its original language.")))
        return missing


@admin.register(DemandEvent)
class DemandEventAdmin(HasTextsAdmin):
    """An event of a demand, to say in words what happened."""

    listed = False
    list_display = ("demand", "on", "kind")
    list_select_related = ("demand",)
    fields = readonly_fields = ("demand", "on", "kind", "source")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It is added on the demand's page."""
        return False

    def deletable(self, obj: models.Model) -> bool:
        """Events stay."""
        return False


class StatementRows(DeskInline):
    """What an edition says became of the demands of earlier ones."""

    model = DemandStatement
    verbose_name, verbose_name_plural = _("what became of a demand"), _("what became of earlier demands")
    autocomplete_fields = ("demand", "source")
    exclude = ("original_lang",)
    show_change_link = True


# The report knows nothing of demands; an edition's page at the desk does.
admin.site.unregister(ReportEdition)


@admin.register(ReportEdition)
class EditionWithDemandsAdmin(EditionAdmin):
    """An edition says of each demand of earlier ones what became of it, before it is released."""

    inlines: ClassVar[Any] = (*EditionAdmin.inlines, StatementRows)

    def missing(self, obj: ReportEdition) -> list[str]:
        """The demands on which a draft is silent. Once released, a demand that came later holds nothing up."""
        return [*([] if obj.state in PUBLIC else _silent_on(obj)), *super().missing(obj)]

    def move_object(self, obj: Publishable, target: State) -> None:
        """Raises Refused with those demands."""
        if target in PUBLIC and obj.state not in PUBLIC and (silent := _silent_on(obj)):
            raise Refused([str(_("It cannot be published yet. This is missing:")), *silent])
        super().move_object(obj, target)


def _silent_on(edition: Any) -> list[str]:
    line = _("What became of the demand “%(demand)s” (add a row below).")
    return [str(line) % {"demand": pick(demand) or demand.key} for demand in unanswered(edition)]


@admin.register(DemandStatement)
class DemandStatementAdmin(HasTextsAdmin):
    """What an edition says became of a demand, in words."""

    listed = False
    list_display = ("demand", "edition", "standing")
    list_select_related = ("demand", "edition__publisher")
    fields = readonly_fields = ("demand", "edition", "standing", "source")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It is added on the edition's page."""
        return False

    def deletable(self, obj: models.Model) -> bool:
        """It is taken away on the edition's page, while that is a draft."""
        return False
