"""Nobody can be asked to sign for nothing: no petition opens, and no campaign is public, without a sourced demand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns.models import Campaign, CampaignDemand, Demand, DemandFinding
from campaigns.petitions.petitions import Petition, Stage
from reports.editorial.models import Organisation
from reports.editorial.publishing import IllegalTransition, State
from reports.models import Evidence, Finding
from tests.demonstrations.cast import make_demonstration
from tests.petitions.cast import at_once, make_petition, make_text
from tests.petitions.conftest import keystore
from tests.reports.making import give_demand, make_campaign

__all__ = ["keystore"]


def settle(*acts: Callable[[], object]) -> None:
    """Do it and end the transaction, as far as its rules go."""
    with transaction.atomic():
        for act in acts:
            act()
        connection.check_constraints()


@pytest.fixture
def draft(db: None) -> Petition:
    """A petition that is ready to open but for a demand of its campaign."""
    campaign = make_campaign("bare", state=State.DRAFT)
    petition: Petition = Petition.objects.create(key="bare", campaign=campaign, state=State.PUBLISHED)
    make_text(petition, "en", slug="bare")
    return petition


def test_a_petition_opens_only_once_its_campaign_asks_for_something(draft: Petition) -> None:
    with pytest.raises(IllegalTransition, match="Publish a demand of its campaign first"):
        draft.open()
    demand = give_demand(draft.campaign)
    Demand.objects.filter(pk=demand.pk).update(state=State.DRAFT)
    with pytest.raises(IllegalTransition, match="Publish a demand of its campaign first"):
        draft.open()
    Demand.objects.filter(pk=demand.pk).update(state=State.PUBLISHED)
    draft.open()
    assert draft.stage == Stage.OPEN


def test_a_demand_that_comes_out_later_is_nothing_to_sign_for(draft: Petition) -> None:
    soon, later = (timezone.now() + timedelta(hours=hours) for hours in (1, 2))
    demand = give_demand(draft.campaign)
    Demand.objects.filter(pk=demand.pk).update(state=State.SCHEDULED, release_at=later)
    with pytest.raises(IllegalTransition, match="Publish a demand of its campaign first"):
        draft.open()
    campaign = Campaign.objects.filter(pk=draft.campaign_id)
    with pytest.raises(IntegrityError, match="puts forward no public demand"):
        settle(lambda: campaign.update(state=State.PUBLISHED))
    with pytest.raises(IntegrityError, match="puts forward no public demand"):
        settle(lambda: campaign.update(state=State.SCHEDULED, release_at=soon))
    settle(lambda: campaign.update(state=State.SCHEDULED, release_at=later))
    draft.campaign.refresh_from_db()
    draft.open()
    with pytest.raises(IntegrityError, match="puts forward no public demand"):
        settle(lambda: Demand.objects.filter(pk=demand.pk).update(release_at=later + timedelta(hours=1)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE petition SET stage = 'open', opened_at = now()",
        "INSERT INTO petition (uid, uuid, key, campaign_id, stage, opened_at, state, version, original_lang, linger,"
        " safe_mode, ask_place, ask_comment, alias_domains, demo) SELECT 'ZZZZ', gen_random_uuid(), 'raw', campaign_id,"
        " 'open', now(), state, 1, 'en', linger, safe_mode, ask_place, ask_comment, alias_domains, demo FROM petition",
    ],
)
def test_no_statement_opens_a_petition_that_asks_for_nothing(draft: Petition, statement: str) -> None:
    with pytest.raises(IntegrityError, match="puts forward no public demand"):
        connection.cursor().execute(statement)


def test_an_open_petition_does_not_move_to_a_campaign_that_asks_for_nothing(db: None) -> None:
    petition = make_petition()
    with pytest.raises(IntegrityError, match="puts forward no public demand"):
        Petition.objects.filter(pk=petition.pk).update(campaign=make_campaign("bare", state=State.DRAFT))


@pytest.mark.parametrize("state", [State.RETRACTED, State.REMOVED, State.APPROVED])
def test_the_last_demand_of_an_open_petition_stays_public(db: None, state: State) -> None:
    petition = make_petition()
    connection.check_constraints()
    demand = Demand.objects.filter(campaign_demands__campaign=petition.campaign)
    with pytest.raises(IntegrityError, match='the open petition "water" puts forward no public demand'):
        settle(lambda: demand.update(state=state))
    petition.pause()
    settle(lambda: demand.update(state=state))
    with pytest.raises(IllegalTransition, match="Publish a demand"):
        petition.open()


def test_the_last_demand_is_not_taken_off_a_campaign_that_is_public_or_signed_for(db: None) -> None:
    petition = make_petition()
    carried = CampaignDemand.objects.filter(campaign=petition.campaign)
    with pytest.raises(IntegrityError, match="puts forward no public demand"):
        settle(carried.delete)
    petition.pause()
    with pytest.raises(IntegrityError, match='the campaign "water" is public'):
        settle(carried.delete)
    Campaign.objects.filter(pk=petition.campaign_id).update(state=State.ARCHIVED)
    settle(carried.delete)
    assert not carried.exists()


def test_a_campaign_is_published_only_with_a_public_demand(db: None) -> None:
    friends = Organisation.objects.create(key="friends", name="Friends")
    with pytest.raises(IntegrityError, match='the campaign "bare" is public and puts forward no public demand'):
        settle(lambda: Campaign.objects.create(key="bare", organisation=friends, state=State.PUBLISHED))
    settle(lambda: give_demand(make_campaign("draft", state=State.DRAFT)))
    demand = Demand.objects.get()
    settle(lambda: Demand.objects.update(state=State.DRAFT))
    with pytest.raises(IntegrityError, match='the campaign "draft" is public'):
        settle(lambda: Campaign.objects.update(state=State.PUBLISHED))
    settle(
        lambda: Demand.objects.filter(pk=demand.pk).update(state=State.PUBLISHED),
        lambda: Campaign.objects.update(state=State.PUBLISHED),
    )


def test_a_demonstration_is_published_only_for_a_public_demand(db: None) -> None:
    bare = make_campaign("bare", state=State.DRAFT)
    with pytest.raises(IntegrityError, match='the demonstration "brussels" puts forward no public demand'):
        settle(lambda: make_demonstration(campaign=bare))
    march = make_demonstration(campaign=bare, state=State.DRAFT)
    march.move_to(State.IN_REVIEW)
    march.move_to(State.APPROVED)
    with pytest.raises(ValidationError, match="Publish a demand of its campaign first"):
        march.move_to(State.PUBLISHED)
    give_demand(bare)
    march.move_to(State.PUBLISHED)


def test_a_demand_without_a_source_is_never_public(db: None) -> None:
    demand = give_demand(make_campaign("asks"))
    finding = demand.demand_findings.get().finding
    connection.check_constraints()
    with pytest.raises(IntegrityError, match='the demand "asked" is public and has no other source'):
        settle(finding.evidence.all().delete)
    with pytest.raises(IntegrityError, match="has no other source"):
        settle(lambda: finding.evidence.update(relation="context"))
    settle(lambda: Demand.objects.update(state=State.APPROVED), finding.evidence.all().delete)
    with pytest.raises(IntegrityError, match='the demand "asked" is public and has no source'):
        settle(lambda: Demand.objects.update(state=State.PUBLISHED))


def race(first: Callable[[], object], second: Callable[[], object]) -> int:
    """Both acts in transactions of their own: neither ends before both have acted, where no lock keeps one waiting.
    How many were refused."""
    refused: list[BaseException] = []
    acted = threading.Barrier(2)

    def guarded(act: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                act()
                try:
                    acted.wait(0.5)
                except threading.BrokenBarrierError:  # the other waits for a lock of ours
                    acted.abort()
        except IntegrityError as problem:
            refused.append(problem)

    at_once(lambda: guarded(first), lambda: guarded(second))
    return len(refused)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("away", ["taken off", "retracted"])
def test_an_opening_and_the_taking_away_of_the_last_demand_cannot_both_succeed(away: str) -> None:
    petition = make_petition(stage=Stage.PAUSED)
    Campaign.objects.filter(pk=petition.campaign_id).update(state=State.ARCHIVED)
    carried = CampaignDemand.objects.filter(campaign=petition.campaign)
    demand = Demand.objects.filter(campaign_demands__in=list(carried))
    take_away = carried.delete if away == "taken off" else lambda: demand.update(state=State.RETRACTED)
    assert race(petition.open, take_away) == 1
    petition.refresh_from_db()
    assert (petition.stage == Stage.OPEN) == Campaign.objects.get().carries_demand


@pytest.mark.django_db(transaction=True)
def test_of_two_last_demands_one_stays() -> None:
    petition = make_petition()
    first = give_demand(petition.campaign)
    finding = first.demand_findings.get().finding
    second = Demand.objects.create(
        key="second", state=State.APPROVED, addressee=first.addressee, verb="stop", first_edition=first.first_edition
    )
    with transaction.atomic():
        DemandFinding.objects.create(demand=second, finding=finding)
        Demand.objects.filter(pk=second.pk).update(state=State.PUBLISHED)
        CampaignDemand.objects.create(campaign=petition.campaign, demand=second)
    retract = [
        lambda pk=demand.pk: Demand.objects.filter(pk=pk).update(state=State.RETRACTED) for demand in (first, second)
    ]
    assert race(*retract) == 1
    assert petition.campaign.carries_demand


@pytest.mark.django_db(transaction=True)
def test_a_publishing_and_the_taking_away_of_the_only_source_cannot_both_succeed() -> None:
    with transaction.atomic():
        demand = give_demand(make_campaign("asks", state=State.DRAFT))
        Demand.objects.update(state=State.APPROVED)
    evidence = Evidence.objects.filter(finding__in=Finding.objects.filter(demand_findings__demand=demand))
    assert race(lambda: Demand.objects.update(state=State.PUBLISHED), evidence.all().delete) == 1
    assert (Demand.objects.get().state == State.PUBLISHED) == evidence.exists()
