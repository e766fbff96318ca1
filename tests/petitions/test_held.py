"""Signatures that are held: how many, in the organisers' eyes, and when one of them may count after all."""

from __future__ import annotations

from functools import partial

import pytest

from campaigns.petitions.confirming import confirm, confirm_person
from campaigns.petitions.models import LeafQueue
from campaigns.petitions.moderating import count_held, take_out
from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import Signature, State
from campaigns.petitions.signing import sign
from campaigns.petitions.standing_numbers import numbers_of
from campaigns.petitions.withdrawing import withdraw
from campaigns.tokens import Purpose
from tests.petitions.cast import at_once, link, make_petition, post, rows, submission


def full_mailbox(petition: Petition, *names: str) -> list[Signature]:
    people = [post(petition, name=name) for name in names]
    for row in people:
        confirm_person(link(people[0]), row.pk)
    for row in people:
        row.refresh_from_db()
    return people


def test_the_numbers_are_those_of_the_petition(petition: Petition) -> None:
    ada, *_ = full_mailbox(petition, "Ada", "Bea", "Cia", "Dia")
    sequence(petition.pk)
    take_out(ada.pk)
    sequence(petition.pk)
    post(petition, "waiting@example.org")
    full_mailbox(make_petition("other"), "Ada", "Bea", "Cia")
    numbers = numbers_of(petition)
    assert (numbers.counted, numbers.pending, numbers.held, numbers.removed) == (1, 1, 2, 1)
    assert numbers.pending_exact


def test_in_safe_mode_the_desk_tells_tens_as_the_log_does(db: None) -> None:
    """Whoever watches the desk must not see a single one arrive, confirm or go."""
    safe = make_petition("k7m2", safe_mode=True, linger=Linger.SAFE)
    signable = load(safe)
    for number in range(31):
        sign(signable, submission(signable, f"p{number}@example.org", ""))
    first, *confirmed = rows(safe).order_by("pk")[:12]
    for row in confirmed:
        assert confirm(link(row))
    told = numbers_of(safe)
    assert (told.counted, told.pending, told.held, told.removed) == (0, None, 0, 0), "the log has none yet"
    assert State.PENDING not in dict(told.rows)
    sequence(safe.pk)
    take_out(confirmed[0].pk)
    assert (numbers_of(safe).counted, numbers_of(safe).removed) == (10, 0)
    assert confirm(link(first))
    assert numbers_of(safe).counted == 10


def test_who_waits_is_looked_for_among_the_newest_only(petition: Petition) -> None:
    for number in range(5):
        post(petition, f"p{number}@example.org")
    few = numbers_of(petition, most=3)
    assert (few.pending, few.pending_exact) == (3, False)
    exact = numbers_of(petition, most=5)
    assert (exact.pending, exact.pending_exact) == (5, True)


def test_a_held_one_counts_at_the_desk_only_where_a_place_is_free(petition: Petition) -> None:
    ada, bea, cia = full_mailbox(petition, "Ada", "Bea", "Cia")
    assert cia.state == State.HELD
    assert not count_held(cia.pk)
    take_out(ada.pk)
    assert not count_held(cia.pk), "who was taken out keeps the place"
    withdraw(link(ada, Purpose.WITHDRAW))
    assert count_held(cia.pk)
    assert not count_held(cia.pk), "once"
    assert not count_held(bea.pk), "it was not held"
    cia.refresh_from_db()
    assert (cia.state, cia.slot) == (State.CONFIRMED, 1)
    assert LeafQueue.objects.filter(signature_id=cia.pk, kind="sign").count() == 1


def test_nobody_at_the_desk_confirms_for_an_owner(petition: Petition) -> None:
    row = post(petition)
    assert not count_held(row.pk)
    row.refresh_from_db()
    assert row.state == State.PENDING


@pytest.mark.parametrize("way", ["desk", "owner"])
def test_two_held_ones_never_share_one_place(live_petition: Petition, way: str) -> None:
    petition = live_petition
    ada, _bea, cia, dia = full_mailbox(petition, "Ada", "Bea", "Cia", "Dia")
    withdraw(link(ada, Purpose.WITHDRAW))
    other = partial(count_held, dia.pk) if way == "desk" else partial(confirm_person, link(dia), dia.pk)
    at_once(*[partial(count_held, cia.pk), other] * 4)
    assert sorted(rows(petition).values_list("state", flat=True)) == [State.CONFIRMED, State.CONFIRMED, State.HELD]
