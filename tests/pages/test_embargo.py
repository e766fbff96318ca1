"""What is not released yet is nowhere: not on a page, not in a list, not in a feed, not in the page that says 404."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, Demand
from reports.editorial.publishing import State
from reports.models import Finding, Instrument, ReportEdition, ThemeInEdition, Voice
from tests.reports.making import load_rivers, make_petition

pytestmark = pytest.mark.django_db
FUTURE = datetime(2999, 1, 1, tzinfo=UTC)


def every_page(client: Client) -> dict[str, str]:
    """The text of every page there is, public or not, by its address."""
    uids = [f"findings/{uid}" for uid in Finding.objects.values_list("uid", flat=True)]
    uids += [f"demands/{uid}" for uid in Demand.objects.values_list("uid", flat=True)]
    slugs = ["themes", "themes/fouled-rivers", "themes/silenced-anglers", "themes/none", "campaigns"]
    paths = [*slugs, "campaigns/clean-rivers", "campaigns/none", "places", "places/MM", "places/PS", "places/ZZ", *uids]
    addresses = ["/en/", *(f"/en/{path}/" for path in paths), "/fr/themes/fouled-rivers/"]
    addresses += ["/en/themes/fouled-rivers/feed.atom", "/en/themes/silenced-anglers/feed.atom"]
    addresses += [f"/en/{uid}/v1/cite.json" for uid in uids if uid.startswith("findings")]
    return {address: client.get(address).content.decode() for address in addresses}


@pytest.mark.parametrize(
    ("model", "which", "canaries"),
    [
        (ReportEdition, {}, ["State of the Rivers", "Fouled rivers", "A veto stopped", "She warns", "Water Act"]),
        (ThemeInEdition, {"theme__key": "fouled-rivers"}, ["Fouled rivers", "About rivers."]),
        (Finding, {"key": "veto"}, ["A veto stopped", "One vote was enough"]),
        (Voice, {"key": "ada-warns"}, ["She warns of dead water"]),
        (Instrument, {}, ["Water Act"]),
        (Campaign, {"key": "clean-rivers"}, ["Clean rivers", "They are brown", "Sign for the river"]),
        (Demand, {"key": "publish-it"}, ["Publish what is in it", "The first table is out"]),
    ],
)
def test_what_is_not_released_is_nowhere(
    client: Client, model: Any, which: dict[str, str], canaries: list[str]
) -> None:
    load_rivers()
    make_petition(Campaign.objects.get())
    before = every_page(client)
    for canary in canaries:
        assert any(canary in text for text in before.values()), f"{canary} is on no page at all"
    model.objects.filter(**which).update(release_at=FUTURE)
    after = every_page(client)
    found = [(address, canary) for address, text in after.items() for canary in canaries if canary in text]
    assert found == []
    model.objects.filter(**which).update(state=State.DRAFT)  # where a release time moves as its writer likes
    model.objects.filter(**which).update(state=State.PUBLISHED, release_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert every_page(client).keys() == before.keys()
    for canary in canaries:
        assert any(canary in text for text in every_page(client).values())
