"""What can be found, kind by kind: who may see it, where its page is, and what the filters mean for it.

Each kind starts from its own `stood_by()`, asked anew with every search: what is embargoed or taken back is not found,
whatever the index holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.demands import STANDING_AFTER, DemandState
from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.upcoming import announced
from campaigns.models import Campaign, Demand, DemandEvent
from campaigns.petitions.petitions import Petition, Stage
from reports.editorial.publishing import State
from reports.instrument_reading import listed_bearings, listed_instruments
from reports.models import Finding, SearchDocument, Source, ThemeInEdition

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES: Final = {
    "open": pgettext_lazy("state of what was found", "One can still act"),
    "over": pgettext_lazy("state of what was found", "Over"),
}
NOT_SETTLED: Final = {DemandState.OPEN, DemandState.ANSWERED, DemandState.PARTLY_MET}


@dataclass(frozen=True)
class Filters:
    """What a reader narrows a search to; an empty one narrows nothing."""

    kind: str = ""
    theme: str = ""
    place: str = ""
    state: str = ""
    lang: str = ""

    @property
    def given(self) -> dict[str, str]:
        """Those that are set."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Kind:
    """One kind of thing. `still_open` is None where there is nothing to act on; else it gives what one can act on."""

    label: StrOrPromise
    route: str
    found: Callable[[], QuerySet[Any]]
    by_theme: Callable[[str], Q]
    by_place: Callable[[str], Q]
    still_open: Callable[[], QuerySet[Any]] | None = None


def documents(filters: Filters) -> QuerySet[SearchDocument]:
    """The texts of what the public may see now, narrowed."""
    seen = Q(pk=None)  # nothing
    for name, kind in KINDS.items():
        if filters.kind in ("", name) and (not filters.state or kind.still_open):
            seen |= Q(kind=name, object_id__in=_narrowed(kind, filters).values("pk"))
    found = SearchDocument.objects.filter(seen)
    return found.filter(lang=filters.lang) if filters.lang else found


def cited_in() -> Case:
    """The uid of a public finding that stands on a source: a source has no page of its own."""
    citing = _findings().filter(evidence__source=OuterRef("object_id")).order_by("pk").values("uid")[:1]
    return Case(When(kind="source", then=Subquery(citing)), output_field=CharField())


def _narrowed(kind: Kind, filters: Filters) -> QuerySet[Any]:
    found = kind.found()
    if filters.theme:
        found = found.filter(kind.by_theme(filters.theme))
    if filters.place:
        found = found.filter(kind.by_place(filters.place))
    if filters.state and kind.still_open:
        standing = Q(pk__in=kind.still_open().values("pk"))
        found = found.filter(standing if filters.state == "open" else ~standing)
    return found


def _findings(**which: Any) -> QuerySet[Any]:
    return Finding.objects.stood_by().filter(**which)


def _themes() -> QuerySet[Any]:
    return ThemeInEdition.objects.stood_by()


def _sources() -> QuerySet[Any]:
    return Source.objects.filter(Exists(_findings(evidence__source=OuterRef("pk"))))


def _campaigns() -> QuerySet[Any]:
    return Campaign.objects.stood_by()


def _demands() -> QuerySet[Any]:
    return Demand.objects.stood_by()


def _petitions() -> QuerySet[Any]:
    return Petition.objects.stood_by()


def _petitions_to_sign() -> QuerySet[Any]:
    going_on = Q(closes_at=None) | Q(closes_at__gt=Now())
    return Petition.objects.stood_by().filter(going_on, stage=Stage.OPEN).exclude(state=State.ARCHIVED)


def _campaigns_to_act_on() -> QuerySet[Any]:
    ways = Q(pk__in=_petitions_to_sign().values("campaign")) | Q(pk__in=Demonstration.objects.open().values("campaign"))
    return Campaign.objects.filter(ways)


def _demands_not_settled() -> QuerySet[Any]:
    """By the last event that settles anything, as `campaigns.demands.standing_after` reads them."""
    over = [kind for kind, standing in STANDING_AFTER.items() if standing not in NOT_SETTLED]
    settling = DemandEvent.objects.filter(demand=OuterRef("pk"), kind__in=list(STANDING_AFTER))
    last = Subquery(settling.order_by("-on", "-position").values("kind")[:1])
    return Demand.objects.alias(last=last).filter(Q(last=None) | ~Q(last__in=over))


KINDS: Final[dict[str, Kind]] = {
    "finding": Kind(
        _("Finding"),
        "pages:finding",
        _findings,
        lambda key: Q(finding_themes__theme__theme__key=key),
        lambda code: Q(finding_places__place__code=code),
    ),
    "theme": Kind(
        _("Theme"),
        "pages:theme",
        _themes,
        lambda key: Q(theme__key=key),
        lambda code: Q(pk__in=_findings(finding_places__place__code=code).values("finding_themes__theme")),
    ),
    "instrument": Kind(
        _("Law or rule"),
        "pages:instrument",
        listed_instruments,
        lambda key: Q(pk__in=listed_bearings().filter(theme__theme__key=key).values("instrument")),
        lambda code: Q(jurisdiction__code=code),
    ),
    "campaign": Kind(
        _("Campaign"),
        "pages:campaign",
        _campaigns,
        lambda key: Q(themes__key=key),
        lambda code: Q(places__code=code),
        _campaigns_to_act_on,
    ),
    "petition": Kind(
        _("Petition"),
        "petitions:detail",
        _petitions,
        lambda key: Q(campaign__themes__key=key),
        lambda code: Q(campaign__places__code=code),
        _petitions_to_sign,
    ),
    "demonstration": Kind(
        _("Demonstration"),
        "demonstrations:detail",
        announced,
        lambda key: Q(campaign__themes__key=key),
        lambda code: Q(place__code=code),
        Demonstration.objects.open,
    ),
    "demand": Kind(
        _("Demand"),
        "pages:demand",
        _demands,
        lambda key: Q(themes__key=key),
        lambda code: Q(place__code=code),
        _demands_not_settled,
    ),
    "source": Kind(
        _("Source"),
        "pages:finding",
        _sources,
        lambda key: Q(pk__in=_findings(finding_themes__theme__theme__key=key).values("evidence__source")),
        lambda code: Q(pk__in=_findings(finding_places__place__code=code).values("evidence__source")),
    ),
}
