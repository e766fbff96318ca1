"""The desk shows where signatures stand, and counts a held one only where a place of its mailbox is free."""

from __future__ import annotations

import re

from campaigns.petitions.confirming import confirm, confirm_person
from campaigns.petitions.models import Petition, Signature
from campaigns.petitions.signatures import State
from campaigns.petitions.withdrawing import withdraw
from campaigns.tokens import Purpose
from reports.editorial.audit import Act, AuditEntry
from tests.desk.conftest import Cast
from tests.desk.test_roles import page
from tests.petitions.cast import link, post


def full_mailbox(petition: Petition) -> list[Signature]:
    people = [post(petition, "family@example.org", name) for name in ("Ada", "Bea", "Cia")]
    for row in people:
        confirm_person(link(people[0]), row.pk)
    return people


def test_the_petition_s_page_tells_counted_waiting_held_and_taken_out(cast: Cast, petition: Petition) -> None:
    full_mailbox(petition)
    for number in range(2):
        post(petition, f"waiting{number}@example.org")
    shown = cast.client("organiser").get(page("petitions.petition", "change", petition.pk)).content.decode()
    numbers = re.findall(r"state__exact=(\d)\">\s*(.*?)\s*</a>\s*</dt>\s*<dd class=\"num\">\s*(\d+)", shown, re.DOTALL)
    assert {name: int(number) for _state, name, number in numbers} == {
        "Not confirmed yet": 2 + waiting_before(petition),
        "Counted": 0,  # the log has not moved yet
        "Held": 1,
        "Taken out": 0,
    }
    queue = cast.client("organiser").get(
        f"{page('petitions.signature', 'changelist')}?petition={petition.pk}&state__exact=3"
    )
    assert len(re.findall(r'class="field-name_outside"', queue.content.decode())) == 1


def waiting_before(petition: Petition) -> int:
    """The fixed cast of the desk has signatures of its own."""
    own = Signature.objects.filter(petition=petition, state=State.PENDING)
    return own.count() - 2


def test_a_moderator_counts_a_held_one_once_a_place_is_free(cast: Cast, petition: Petition) -> None:
    ada, _bea, cia = full_mailbox(petition)
    client = cast.client("moderator")
    address = page("petitions.signature", "count_held", cia.pk)
    assert "if a place is free" in client.get(page("petitions.signature", "change", cia.pk)).content.decode()
    refused = client.post(address)
    assert refused.status_code == 409
    assert "No place is free" in refused.content.decode()
    withdraw(link(ada, Purpose.WITHDRAW))
    assert client.post(address).status_code == 302
    cia.refresh_from_db()
    assert cia.state == State.CONFIRMED
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.detail) == (Act.TOOK_IN, {"petition": petition.key, "was": "Held"})


def test_who_does_not_moderate_counts_nothing(cast: Cast, petition: Petition) -> None:
    ada, _bea, cia = full_mailbox(petition)
    withdraw(link(ada, Purpose.WITHDRAW))
    for role in ("editor", "auditor", "nobody", "outsider"):
        assert cast.client(role).post(page("petitions.signature", "count_held", cia.pk)).status_code in (302, 403, 404)
    cia.refresh_from_db()
    assert cia.state == State.HELD
    assert confirm(link(cia)) is not None
