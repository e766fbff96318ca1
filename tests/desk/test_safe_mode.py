"""Safe mode at the desk: decided before opening, with an address that says nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from campaigns.petitions.models import Petition, PetitionText
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
    Signature.objects.filter(pk=signature.pk).update(created_at=confirmed, confirmed_at=confirmed)
    addresses = [page("petitions.signature", "changelist"), page("petitions.signature", "change", signature.pk)]
    assert all(re.search("10:41|22:41", moderator.get(address).content.decode()) for address in addresses)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE petition DISABLE TRIGGER keep_safe_mode")
    Petition.objects.filter(pk=signature.petition_id).update(safe_mode=True, linger=Linger.SAFE)
    for address in addresses:
        html = moderator.get(address).content.decode()
        assert re.search("March 9, 2026|9 March 2026", html)
        assert ":41" not in html
