"""Before a campaign is taken back, whoever does it is told what ends with it: petitions, and calls to come."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.petitions.ending import close_due, running
from campaigns.petitions.models import Petition
from campaigns.petitions.petitions import Stage
from reports.editorial.corrections import Correction
from reports.editorial.publishing import State
from tests.demonstrations.cast import make_demonstration
from tests.desk.conftest import Cast
from tests.desk.making import Objects
from tests.desk.test_roles import page
from tests.reports.making import make_petition

pytestmark = pytest.mark.django_db
WORDS = {
    "en": ("2 petitions close for good", "1 demonstration to come leaves every list"),
    "fr": ("2 pétitions sont closes définitivement", "1 manifestation à venir disparaît"),
    "nl": ("2 petities sluiten voorgoed", "1 komende demonstratie verdwijnt"),
    "es": ("2 peticiones se cierran definitivamente", "1 manifestación prevista desaparece"),
    "ar": ("ستُغلق عريضتان نهائيًا", "ستُحذف مظاهرة قادمة واحدة"),
}


@pytest.fixture
def campaign(objects: Objects, petition: Petition) -> Campaign:
    """With a petition that is open, one that is paused, one that has ended; a call to come and one that is over."""
    found = objects.of("campaigns.campaign")
    make_petition(found, "paused").pause()
    make_petition(found, "ended").close()
    make_demonstration(campaign=found)
    make_demonstration("over", campaign=found, starts=timezone.now().replace(tzinfo=None, year=2020))
    assert isinstance(found, Campaign)
    return found


def move(client: Client, campaign: Campaign, to: str, **typed: str) -> Any:
    return client.post(page("campaigns.campaign", "move", campaign.pk, to), typed)


def agreed_to(answer: Any) -> str:
    return str(answer.context["agreed"])


def state_of(campaign: Campaign) -> str:
    return str(Campaign.objects.values_list("state", flat=True).get(pk=campaign.pk))


@pytest.mark.parametrize("lang", WORDS)
def test_it_says_how_many_and_which_before_anything_is_changed(
    cast: Cast, campaign: Campaign, petition: Petition, lang: str
) -> None:
    client = cast.client("admin")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = lang
    answer = move(client, campaign, "retracted", reason="It was <i>wrong</i>.")
    assert answer.status_code == 200
    html = answer.content.decode()
    for words in WORDS[lang]:
        assert words in html
    [petitions, events] = answer.context["losses"]
    assert petitions.names == (f"Petition of {petition.key}", "Sign for the river")
    assert len(events.names) == 1
    assert all(name in html for name in (*petitions.names, *events.names))
    assert 'value="It was &lt;i&gt;wrong&lt;/i&gt;."' in html, "the reason is not typed twice"
    assert state_of(campaign) == State.PUBLISHED


@pytest.mark.parametrize("to", ["retracted", "removed"])
def test_whoever_agrees_takes_it_back_with_the_reason(cast: Cast, campaign: Campaign, to: str) -> None:
    client = cast.client("admin")
    agreed = agreed_to(move(client, campaign, to))
    assert move(client, campaign, to, agreed=agreed, reason="It was wrong.").status_code == 302
    assert state_of(campaign) == to
    if to == "retracted":
        assert Correction.objects.get().reason == "It was wrong."
    assert close_due(timezone.now()) == 2
    assert not Petition.objects.exclude(stage=Stage.CLOSED).exists()


def test_what_was_agreed_to_does_not_hold_for_more(cast: Cast, campaign: Campaign) -> None:
    client = cast.client("admin")
    agreed = agreed_to(move(client, campaign, "retracted"))
    make_petition(campaign, "another")
    answer = move(client, campaign, "retracted", agreed=agreed)
    assert "3 petitions close for good" in answer.content.decode()
    assert state_of(campaign) == State.PUBLISHED


def test_what_was_agreed_to_holds_for_nothing_of_another_kind(cast: Cast, campaign: Campaign) -> None:
    client = cast.client("admin")
    campaign.demonstrations.update(status="cancelled")
    for petition in running():
        petition.close()
    number = 10_000
    last = make_petition(campaign, "last", pk=number)
    agreed = agreed_to(move(client, campaign, "retracted"))
    last.close()
    make_demonstration("same-number", campaign=campaign, pk=number)
    answer = move(client, campaign, "retracted", agreed=agreed)
    assert "1 demonstration to come leaves every list" in answer.content.decode()
    assert state_of(campaign) == State.PUBLISHED


def test_where_nothing_ends_nothing_is_asked(cast: Cast, campaign: Campaign) -> None:
    client = cast.client("admin")
    assert move(client, campaign, "archived").status_code == 302
    Campaign.objects.update(state=State.PUBLISHED)
    for petition in running():
        petition.close()
    campaign.demonstrations.update(status="cancelled")
    assert move(client, campaign, "retracted").status_code == 302


def test_what_does_not_follow_is_not_asked_for(cast: Cast, campaign: Campaign) -> None:
    Campaign.objects.update(state=State.RETRACTED)
    assert move(cast.client("admin"), campaign, "retracted").status_code == 409
