"""A shared office that staff vouch for: who may sign from it, how large and how long it may be."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from campaigns.petitions.allowed_networks import (
    AllowedNetwork,
    delete_past_networks,
    is_allowed,
    learn_allowed,
    parse_allowed,
)
from campaigns.petitions.petitions import Petition
from reports.editorial.models import Organisation
from tests.limits.conftest import HOME
from tests.petitions.cast import make_petition
from tests.petitions_pages.cast import sign
from tests.petitions_pages.visitor import Visitor

pytestmark = pytest.mark.usefixtures("low_limits")


def vouch(petition: Petition, network: str = f"{HOME}/32", /, **changes: Any) -> AllowedNetwork:
    values = {
        "organisation": petition.campaign.organisation,
        "name": "A school",
        "network": network,
        "until": timezone.now() + timedelta(days=1),
    } | changes
    allowed = AllowedNetwork.objects.create(**values)
    learn_allowed()
    return allowed


def test_two_hundred_sign_from_one_office(visitor: Visitor, petition: Petition) -> None:
    vouch(petition)
    taken = [sign(visitor, petition, email=f"n{number}@example.org").status for number in range(200)]
    assert set(taken) == {303}


def test_its_neighbour_in_the_same_network_is_limited_as_ever(visitor: Visitor, petition: Petition) -> None:
    vouch(petition)
    neighbour = Visitor(visitor.app, environ={"REMOTE_ADDR": "203.0.113.8"})
    taken = [sign(neighbour, petition, email=f"n{number}@example.org").status for number in range(4)]
    assert taken == [303, 303, 303, 429]


def test_it_ends_by_itself_and_leaves_nothing(petition: Petition) -> None:
    vouch(petition)
    home, organisation = ipaddress.ip_address(HOME), petition.campaign.organisation_id
    assert is_allowed(organisation, petition.pk, home)
    later = timezone.now() + timedelta(days=2)
    learn_allowed(later)
    assert not is_allowed(organisation, petition.pk, home)
    delete_past_networks(later)
    assert not AllowedNetwork.objects.exists()


def test_it_holds_for_one_petition_or_for_all_of_one_organisation(petition: Petition) -> None:
    vouch(petition, petition=petition)
    home, organisation = ipaddress.ip_address(HOME), petition.campaign.organisation_id
    other = make_petition("wine")
    assert is_allowed(organisation, petition.pk, home)
    assert not is_allowed(organisation, other.pk, home)
    vouch(petition)
    assert is_allowed(organisation, other.pk, home)
    assert not is_allowed(organisation + 1, petition.pk, home)


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "::/0", "203.0.0.0/15", "2001::/31", "", "school", "203.0.113.7/33", "1.2.3", "\u0661.2.3.4"],
)
def test_what_is_no_network_or_too_large_is_refused_in_words_and_by_the_database(
    petition: Petition, network: str
) -> None:
    with pytest.raises(ValueError, match="network"):
        parse_allowed(network)
    with pytest.raises(DatabaseError), transaction.atomic():
        vouch(petition, network)


def test_networks_are_stored_in_one_form() -> None:
    for typed, stored in (
        ("203.0.113.7", "203.0.113.7/32"),
        (" 203.0.113.9/24 ", "203.0.113.0/24"),
        ("2001:DB8:1:0::/48", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
    ):
        assert str(parse_allowed(typed)) == stored


def test_an_office_is_let_in_for_a_month_at_most(petition: Petition) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        vouch(petition, until=timezone.now() + timedelta(days=40))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("network", "0.0.0.0/0"),
        ("until", timezone.now() - timedelta(hours=1)),
        ("until", timezone.now() + timedelta(days=40)),
    ],
)
def test_a_mistake_is_told_beside_its_field(petition: Petition, field: str, value: Any) -> None:
    allowed = AllowedNetwork(
        organisation=petition.campaign.organisation,
        name="A school",
        network=HOME,
        until=timezone.now() + timedelta(days=1),
    )
    allowed.full_clean()
    assert allowed.network == f"{HOME}/32"
    setattr(allowed, field, value)
    with pytest.raises(ValidationError) as problem:
        allowed.full_clean()
    assert field in problem.value.message_dict


def test_a_petition_of_others_cannot_be_named(petition: Petition) -> None:
    others = Organisation.objects.create(key="others", name="Others")
    allowed = AllowedNetwork(
        organisation=others, petition=petition, name="A school", network=HOME, until=timezone.now() + timedelta(1)
    )
    with pytest.raises(ValidationError) as problem:
        allowed.full_clean()
    assert "petition" in problem.value.message_dict
