"""A petition is public only together with its campaign, and what becomes of the campaign breaks no link of a signer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.petitions.ending import close_due
from campaigns.petitions.petitions import Petition, Stage
from campaigns.petitions.signable import forget_petitions
from campaigns.petitions.signatures import Signature, State
from campaigns.tokens import Purpose
from reports.editorial.publishing import State as Publishing
from tests.petitions.cast import link, post
from tests.petitions_pages.cast import CHECK_MAIL, PAGE, SIGN, confirm_url, sign, typed
from tests.petitions_pages.visitor import Visitor

SOON, LATELY = timedelta(hours=1), timedelta(seconds=1)
COUNT = f"{PAGE}count.json"
CODE = f"{PAGE}code/"
OWN_PAGES = (PAGE, CHECK_MAIL, COUNT, f"{CHECK_MAIL}again/")
LISTS = ("/en/petitions/", "/en/new-mail/")


def campaign(**changes: Any) -> None:
    Campaign.objects.update(**changes)
    forget_petitions()


@pytest.mark.parametrize("state", [Publishing.DRAFT, Publishing.IN_REVIEW, Publishing.APPROVED, "embargoed"])
def test_what_a_campaign_holds_back_its_petition_does_not_tell(
    visitor: Visitor, petition: Petition, state: str
) -> None:
    data = typed(petition)
    campaign(**({"release_at": timezone.now() + SOON} if state == "embargoed" else {"state": state}))
    for reply in (*map(visitor.get, OWN_PAGES), visitor.post(SIGN, data), visitor.post(CODE, {"code": "0"})):
        assert reply.status == 404
        assert "Clean water" not in reply.text
    for address in LISTS:
        assert "Clean water" not in visitor.get(address).text
    assert visitor.post("/en/new-mail/", {"petition": "water", "email": "ada@example.org"}).status == 422
    assert not Signature.objects.exists()


def test_with_its_campaign_it_comes_out_by_the_clock(visitor: Visitor, petition: Petition) -> None:
    campaign(state=Publishing.DRAFT, release_at=timezone.now() - LATELY)
    campaign(state=Publishing.SCHEDULED)
    assert visitor.get(PAGE).status == 200
    assert sign(visitor, petition).status == 303


def test_it_goes_with_its_campaign(visitor: Visitor, petition: Petition) -> None:
    data = typed(petition)
    campaign(state=Publishing.REMOVED)
    for reply in (*map(visitor.get, OWN_PAGES), visitor.post(SIGN, data)):
        assert reply.status == 410
        assert "Clean water" not in reply.text


@pytest.mark.parametrize(
    ("own", "above", "status"),
    [
        (Publishing.DRAFT, Publishing.REMOVED, 404),
        (Publishing.REMOVED, Publishing.DRAFT, 404),
        (Publishing.REMOVED, Publishing.REMOVED, 410),
        (Publishing.RETRACTED, Publishing.REMOVED, 410),
        (Publishing.REMOVED, Publishing.RETRACTED, 410),
    ],
)
def test_nothing_is_said_to_be_gone_that_was_never_seen(
    visitor: Visitor, petition: Petition, own: str, above: str, status: int
) -> None:
    Petition.objects.update(state=own)
    campaign(state=above)
    assert visitor.get(PAGE).status == status


@pytest.mark.parametrize("state", [Publishing.ARCHIVED, Publishing.RETRACTED])
def test_a_campaign_that_is_over_breaks_no_page_and_no_link(visitor: Visitor, petition: Petition, state: str) -> None:
    row = post(petition)
    campaign(state=state)
    assert "Clean water now" in visitor.get(PAGE).text
    assert visitor.post(confirm_url(row)).title == "Your signature counts"
    petition.close()
    assert "Clean water now" in visitor.get(PAGE).text
    assert visitor.get(COUNT).status == 200
    assert visitor.post(f"/en/withdraw/{link(row, Purpose.WITHDRAW)}/").status == 200
    assert not Signature.objects.exists()


def test_a_signer_can_withdraw_whatever_becomes_of_the_campaign(visitor: Visitor, petition: Petition) -> None:
    for state in (Publishing.DRAFT, Publishing.REMOVED):
        row = post(petition)
        campaign(state=state)
        assert visitor.post(confirm_url(row)).everything == visitor.get("/en/confirm/x/").everything
        assert Signature.objects.get().state == State.PENDING
        assert visitor.post(f"/en/withdraw/{link(row, Purpose.WITHDRAW)}/").status == 200
        assert not Signature.objects.exists()
        campaign(state=Publishing.PUBLISHED)


@pytest.mark.parametrize("over", [Publishing.RETRACTED, Publishing.REMOVED])
def test_a_campaign_that_does_not_come_back_closes_its_petitions_for_good(petition: Petition, over: Publishing) -> None:
    now = timezone.now()
    for state in (Publishing.ARCHIVED, Publishing.DRAFT):
        campaign(state=state)
        assert close_due(now) == 0, "a way may lead back"
    campaign(state=over)
    assert close_due(now) == 1
    petition.refresh_from_db()
    assert (petition.stage, petition.closed_at) == (Stage.CLOSED, now)
