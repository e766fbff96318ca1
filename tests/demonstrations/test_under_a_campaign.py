"""A demonstration is public only together with its campaign, and its owner's links outlive both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.mail_source import PledgeMails
from campaigns.demonstrations.pledges import Pledge
from campaigns.demonstrations.pledging import pledge
from campaigns.demonstrations.refusals import NotOpen
from campaigns.models import Campaign
from campaigns.tokens import Purpose
from reports.editorial.publishing import State
from tests.demonstrations.cast import ADA, link, party, post, read, rows

PAGE = "/en/demonstrations/brussels/"
PLEDGE = f"{PAGE}pledge/"
OWN_PAGES = (PAGE, f"{PAGE}check-your-mail/", "/en/demonstrations/brussels.ics")
LATER = {"release_at": timezone.now() + timedelta(hours=1)}
HIDDEN: list[dict[str, Any]] = [{"state": State.DRAFT}, {"state": State.APPROVED}, LATER]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_a_campaign_holds_back_its_demonstration_does_not_tell(
    client: Client, demonstration: Demonstration, hidden: dict[str, Any]
) -> None:
    Campaign.objects.update(**hidden)
    for answer in (*map(client.get, OWN_PAGES), client.post(PLEDGE, {"size": "1"})):
        assert answer.status_code == 404
        assert "Rally for the river" not in answer.content.decode()
    assert "Rally for the river" not in client.get("/en/demonstrations/").content.decode()
    assert not Pledge.objects.exists()


def test_with_its_campaign_it_comes_out_by_the_clock(client: Client, demonstration: Demonstration) -> None:
    Campaign.objects.update(state=State.DRAFT, release_at=timezone.now() - timedelta(seconds=1))
    Campaign.objects.update(state=State.SCHEDULED)
    assert client.get(PAGE).status_code == 200
    assert client.post(PLEDGE, {"size": "1"}).status_code == 200


@pytest.mark.parametrize("gone", [State.PUBLISHED, State.RETRACTED])
def test_it_goes_with_its_campaign(client: Client, demonstration: Demonstration, gone: str) -> None:
    Demonstration.objects.update(state=gone)
    Campaign.objects.update(state=State.REMOVED)
    for answer in (*map(client.get, OWN_PAGES), client.post(PLEDGE, {"size": "1"})):
        assert answer.status_code == 410
        assert "Rally for the river" not in answer.content.decode()


@pytest.mark.parametrize(("own", "above"), [(State.DRAFT, State.REMOVED), (State.REMOVED, State.DRAFT)])
def test_nothing_is_said_to_be_gone_that_was_never_seen(
    client: Client, demonstration: Demonstration, own: str, above: str
) -> None:
    Demonstration.objects.update(state=own)
    Campaign.objects.update(state=above)
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("hidden", [*HIDDEN, {"state": State.REMOVED}])
def test_nobody_slips_in_after_the_campaign_was_hidden(demonstration: Demonstration, hidden: dict[str, Any]) -> None:
    announced = read(demonstration)
    waiting = post(demonstration)
    rows(demonstration).update(mail_due_at=timezone.now() - timedelta(minutes=1), mails=0)
    Campaign.objects.update(**hidden)
    for address in ("", ADA):
        with pytest.raises(NotOpen):
            pledge(announced, party(address))
    assert PledgeMails().claim(9) == [], "its link would lead nowhere"
    assert list(rows(demonstration)) == [waiting]


def test_nobody_slips_in_before_its_own_release(demonstration: Demonstration) -> None:
    announced = read(demonstration)
    Demonstration.objects.update(**LATER)
    with pytest.raises(NotOpen):
        pledge(announced, party())


def test_a_campaign_that_is_over_breaks_no_page_and_no_link(client: Client, demonstration: Demonstration) -> None:
    row = post(demonstration)
    Campaign.objects.update(state=State.ARCHIVED)
    assert "Rally for the river" in client.get(PAGE).content.decode()
    assert client.post(f"/en/pledges/confirm/{link(row)}/").status_code == 200
    row.refresh_from_db()
    assert row.confirmed_at is not None


def test_nobody_comes_for_a_campaign_that_was_retracted(client: Client, demonstration: Demonstration) -> None:
    announced, row = read(demonstration), post(demonstration)
    Campaign.objects.update(state=State.RETRACTED)
    page = client.get(PAGE).content.decode()
    assert "Rally for the river" in page
    assert "This call was retracted" in page
    assert client.post(f"/en/pledges/confirm/{link(row)}/").status_code == 409
    with pytest.raises(NotOpen):
        pledge(announced, party())


@pytest.mark.parametrize("state", [State.DRAFT, State.RETRACTED, State.REMOVED])
def test_whoever_comes_can_withdraw_whatever_becomes_of_the_campaign(
    client: Client, demonstration: Demonstration, state: str
) -> None:
    own = link(post(demonstration), Purpose.WITHDRAW)
    Campaign.objects.update(state=state)
    assert client.post("/en/pledges/withdraw/", {"code": own}).status_code == 200
    assert not Pledge.objects.exists()
