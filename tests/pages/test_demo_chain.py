"""The demo shows one demand whole: evidence, petition, vigil, delivery, answer, outcome, and a later edition's word."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from campaigns.campaign_file.reading import read_campaigns
from campaigns.campaign_file.writing import write_campaigns
from campaigns.demonstrations.demonstration_file import read_demonstration_file, write_demonstrations
from campaigns.models import Demand
from campaigns.petitions.petition_file.reading import read_petitions
from campaigns.petitions.petition_file.writing import write_petitions
from campaigns.petitions.petitions import Petition
from campaigns.petitions.retention import erase_due
from tests.pages.reading import get, in_order
from tests.petitions_pages.conftest import keystore
from tests.reports.making import DEMO, load_demo_reports

__all__ = ["keystore"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("keystore")
def test_the_demo_shows_a_demand_from_its_evidence_to_its_end(client: Client) -> None:
    load_demo_reports()
    for _time in range(2):
        campaigns = write_campaigns(read_campaigns(DEMO / "earlier_campaigns.json"))
        petitions = write_petitions(read_petitions(DEMO / "earlier_petitions.json"))
        demonstrations = write_demonstrations(read_demonstration_file(DEMO / "earlier_demonstrations.json"))
    assert (campaigns.total, petitions.total, demonstrations.total) == (0, 0, 0)
    assert erase_due(timezone.now()) == 1, "its time is long over"
    assert Petition.objects.get().erased_at is not None
    demand = Demand.objects.get()
    for lang, _name in settings.LANGUAGES:
        get(client, f"/{lang}/demands/{demand.uid}/")
    in_order(
        get(client, f"/en/demands/{demand.uid}/")[1],
        "the vote of one permanent member can stop",
        "The report 2021/22 of Upstander Demo Network finds it",
        "A petition opens",
        "31 confirmed signatures",
        "Vigil for a debate (invented)",
        "The petition ends",
        "Delivered",
        "Invented for this demo",
        "Acknowledged",
        "Kept",
        "That is real",
        "Outcome of the petition",
        "What the report 2022/23 of Upstander Demo Network says became of it",
        "Met",
    )
    compared = get(client, "/en/compare/?a=demo-2022&b=demo-2023")[1]
    in_order(compared, "Vetoes without a debate", "resolved", "Since April 2022", "Source:")
    in_order(compared, "came to an end in between", "Debate each veto before all states")
