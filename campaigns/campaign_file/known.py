"""What a campaign file may refer to: keys in the file itself, and those that the database holds already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from campaigns.models import Addressee, Demand
from reports.editorial.models import Organisation
from reports.models import Finding, Place, ReportEdition, Source, Theme


@dataclass(frozen=True)
class Known:
    """Keys that can be referred to. Findings are those of one edition: their keys are unique within it only."""

    original_lang: str = "en"
    findings: Collection[str] = ()
    themes: Collection[str] = ()
    places: Collection[str] = ()
    sources: Collection[str] = ()
    organisations: Collection[str] = ()
    addressees: Collection[str] = ()
    demands: Collection[str] = ()

    def with_more(
        self,
        *,
        organisations: Collection[str] = (),
        addressees: Collection[str] = (),
        demands: Collection[str] = (),
    ) -> Known:
        """The same, with keys that the file brings."""
        return replace(
            self,
            organisations=[*self.organisations, *organisations],
            addressees=[*self.addressees, *addressees],
            demands=[*self.demands, *demands],
        )


def newest_edition() -> str:
    """Key of the edition with the latest period, whose findings a file means that names no edition; empty if none."""
    return ReportEdition.objects.order_by("-period_end", "-pk").values_list("key", flat=True).first() or ""


def in_database(original_lang: str, edition: str) -> Known:
    """What has been loaded before."""
    return Known(
        original_lang,
        findings=_keys(Finding.objects.filter(edition__key=edition)),
        themes=_keys(Theme.objects.all()),
        places=_keys(Place.objects.all(), "code"),
        sources=_keys(Source.objects.all()),
        organisations=_keys(Organisation.objects.all()),
        addressees=_keys(Addressee.objects.all()),
        demands=_keys(Demand.objects.all()),
    )


def _keys(rows: Any, column: str = "key") -> list[str]:
    return list(rows.values_list(column, flat=True))
