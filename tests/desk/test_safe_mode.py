"""Safe mode at the desk: decided before opening, with an address that says nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.keystore import secrets_of
from campaigns.petitions.external_ids import external_id
from campaigns.petitions.models import FloodIncident, Petition, PetitionText
from campaigns.petitions.petitions import Linger
from campaigns.petitions.signatures import Signature
from tests.desk.conftest import Cast, make_cast
from tests.desk.making import Objects, make_objects
from tests.desk.test_roles import page


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def objects(cast: Cast) -> Objects:
    return make_objects(cast.ours)


@pytest.fixture
def admin(cast: Cast) -> Client:
    return cast.client("admin")


@pytest.fixture
def draft(objects: Objects) -> Petition:
    campaign = objects.of("campaigns.campaign")
    return Petition.objects.create(key="draft", campaign=campaign)


def save(client: Client, petition: Petition, **changes: Any) -> Any:
    """Send the form of the petition's page as it is shown, but for the changes."""
    address = page("petitions.petition", "change", petition.pk)
    form = client.get(address).context["adminform"].form
    values = {name: form.initial.get(name) for name in form.fields if form.initial.get(name) not in (None, False)}
    html = client.get(address).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
    return client.post(address, {**hidden, **values, **changes})


def test_it_is_switched_on_before_opening_and_then_shown_only(admin: Client, draft: Petition) -> None:
    address = page("petitions.petition", "change", draft.pk)
    assert 'name="safe_mode"' in admin.get(address).content.decode()
    response = save(admin, draft, safe_mode="on")
    assert response.status_code == 302, response.content.decode()
    draft.refresh_from_db()
    assert (draft.safe_mode, draft.linger) == (True, Linger.SAFE)


def test_an_opened_one_cannot_be_switched(admin: Client, objects: Objects) -> None:
    opened = objects.of("petitions.petition")
    assert 'name="safe_mode"' not in admin.get(page("petitions.petition", "change", opened.pk)).content.decode()
    save(admin, opened, safe_mode="on")
    opened.refresh_from_db()
    assert not opened.safe_mode


def test_nothing_further_is_asked_beside_it(admin: Client, draft: Petition) -> None:
    response = save(admin, draft, safe_mode="on", ask_comment="on")
    assert b"nothing further is asked" in response.content
    draft.refresh_from_db()
    assert not draft.safe_mode


def test_an_address_that_names_the_cause_is_refused_with_a_proposal(admin: Client, draft: Petition) -> None:
    Petition.objects.filter(pk=draft.pk).update(safe_mode=True, linger=Linger.SAFE)
    words = {"slug": "free-the-lawyers", "title": "Free the lawyers", "addressee": "x", "lede": "y", "demands": "z"}
    address = page("petitions.petition", "text", draft.pk, "en")
    html = admin.get(address).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
    response = admin.post(address, {**hidden, **words})
    assert "must not name the cause" in response.content.decode()
    assert not PetitionText.objects.filter(petition=draft).exists()


def test_the_desk_tells_the_day_of_a_signature_and_no_minute(cast: Cast, objects: Objects) -> None:
    moderator = cast.client("moderator")
    signature = objects.of("petitions.signature")
    confirmed = datetime(2026, 3, 9, 22, 41, tzinfo=UTC)
    flood = FloodIncident.objects.create(petition_id=signature.petition_id, kind="network")
    Signature.objects.filter(pk=signature.pk).update(created_at=confirmed, confirmed_at=confirmed, flood_incident=flood)
    addresses = [page("petitions.signature", "changelist"), page("petitions.signature", "change", signature.pk)]
    assert all(re.search("10:41|22:41", moderator.get(address).content.decode()) for address in addresses)
    make_safe(signature)
    for address in addresses:
        html = moderator.get(address).content.decode()
        assert re.search("March 9, 2026|9 March 2026", html)
        assert ":41" not in html


def make_safe(signature: Signature) -> None:
    """As if its petition had been in safe mode from the start."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE petition DISABLE TRIGGER keep_safe_mode")
    Petition.objects.filter(pk=signature.petition_id).update(safe_mode=True, linger=Linger.SAFE)


LONG_AGO = datetime(2026, 3, 9, 22, 41, tzinfo=UTC)


@pytest.mark.parametrize("role", ["moderator", "admin"])
@pytest.mark.parametrize(
    ("in_flood", "confirmed", "listed"),
    [(False, "before", False), (True, "before", True), (True, "today", False), (True, "never", False)],
)
def test_nobody_watches_people_sign_and_fakes_of_a_flood_can_be_taken_out(
    cast: Cast, objects: Objects, role: str, in_flood: bool, confirmed: str, listed: bool
) -> None:
    client, signature = cast.client(role), objects.of("petitions.signature")
    addresses = [page("petitions.signature", "changelist"), page("petitions.signature", "change", signature.pk)]
    identity = external_id(secrets_of(signature.petition.uuid), signature.pk)
    assert identity in client.get(addresses[0]).content.decode()
    make_safe(signature)
    flood = FloodIncident.objects.create(petition_id=signature.petition_id, kind="network") if in_flood else None
    moments = {"before": LONG_AGO, "today": timezone.now(), "never": None}
    Signature.objects.filter(petition_id=signature.petition_id).update(
        flood_incident=flood, confirmed_at=moments[confirmed]
    )
    shown = identity in client.get(addresses[0]).content.decode()
    found = f"{signature.pk}/change/" in client.get(addresses[0], {"q": identity}).content.decode()
    assert (shown, found) == (listed, listed)
    assert client.get(addresses[1]).status_code == (200 if listed else 404)
    taken_out = client.post(page("petitions.signature", "take_out", signature.pk)).status_code
    assert (taken_out == 404) is not listed


def test_numbers_of_a_flood_are_told_in_tens(cast: Cast, objects: Objects) -> None:
    flood = objects.of("petitions.floodincident")
    FloodIncident.objects.filter(pk=flood.pk).update(asked=1234, by_proof=6789, by_code=7, last_at=timezone.now())
    addresses = [
        page("petitions.floodincident", "changelist"),
        page("petitions.floodincident", "change", flood.pk),
        page("petitions.petition", "change", flood.petition_id),
    ]
    client = cast.client("organiser")
    assert all(re.search("1,?234", client.get(address).content.decode()) for address in addresses)
    make_safe(Signature(petition_id=flood.petition_id))
    for address in addresses:
        html = client.get(address).content.decode()
        assert re.search("1,?230", html)
        assert not re.search("1,?234|6,?789|6,?796", html)
