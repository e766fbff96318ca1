"""Withdrawing: the row goes, the count follows, and nothing leads back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from campaigns.petitions import tallies
from campaigns.petitions.confirming import confirm, confirm_person
from campaigns.petitions.models import LeafQueue, LeafRow
from campaigns.petitions.moderating import take_out
from campaigns.petitions.petitions import Petition, Stage
from campaigns.petitions.sequencing import sequence, sequence_due
from campaigns.petitions.signable import forget_petitions
from campaigns.petitions.withdrawing import withdraw, withdrawable_behind
from campaigns.tokens import Purpose
from reports.editorial.publishing import State as Publishing
from tests.petitions.cast import at_once, link, post, rows


def leaving() -> list[tuple[str, int | None, int | None, str]]:
    return list(LeafQueue.objects.values_list("kind", "signature_id", "target", "reason"))


def test_before_it_was_counted_nothing_is_left(petition: Petition) -> None:
    row = post(petition)
    confirm(link(row))
    assert withdrawable_behind(link(row, Purpose.WITHDRAW)) is not None
    assert withdraw(link(row, Purpose.WITHDRAW))
    assert rows(petition).count() == 0
    assert leaving() == []
    assert sequence(petition.pk) == 0


def test_after_it_was_counted_the_log_gets_a_removal(petition: Petition) -> None:
    row = post(petition, country="IN")
    confirm(link(row))
    sequence(petition.pk)
    assert (tallies.total(petition.pk), tallies.by_country(petition.pk)) == (1, {"IN": 1})
    assert withdraw(link(row, Purpose.WITHDRAW))
    assert rows(petition).count() == LeafRow.objects.count() == 0
    assert leaving() == [("remove", None, 0, "withdrawn")], "nothing leads to the person"
    assert tallies.total(petition.pk) == 1, "the count moves with the log"
    sequence(petition.pk)
    assert (tallies.total(petition.pk), tallies.by_country(petition.pk)) == (0, {})


def test_a_pending_signature_just_goes(petition: Petition) -> None:
    row = post(petition)
    assert withdraw(link(row, Purpose.WITHDRAW))
    assert rows(petition).count() == 0
    assert leaving() == []


def test_a_link_is_used_once_and_says_no_more_afterwards(petition: Petition) -> None:
    token = link(post(petition), Purpose.WITHDRAW)
    assert withdraw(token)
    assert not withdraw(token)
    assert withdrawable_behind(token) is None


def test_a_link_to_confirm_withdraws_nothing(petition: Petition) -> None:
    row = post(petition)
    assert withdrawable_behind(link(row)) is None
    assert not withdraw(link(row))
    assert rows(petition).count() == 1


def test_it_works_long_after_closing(petition: Petition) -> None:
    row = post(petition)
    confirm(link(row))
    sequence(petition.pk)
    petition.close(timezone.now() - timedelta(days=100))
    rows(petition).update(created_at=timezone.now() - timedelta(days=200))
    forget_petitions()
    assert withdraw(link(row, Purpose.WITHDRAW))
    sequence(petition.pk)
    assert tallies.total(petition.pk) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"stage": Stage.PAUSED},
        {"stage": Stage.CLOSED, "closed_at": timezone.now()},
        {"state": Publishing.ARCHIVED},
        {"state": Publishing.RETRACTED},
        {"state": Publishing.REMOVED},
    ],
    ids=lambda change: next(reversed(change.values())) if "stage" not in change else change["stage"],
)
def test_it_works_whatever_became_of_the_petition_and_the_count_drops(
    petition: Petition, change: dict[str, object]
) -> None:
    """By the sequencer's own round, as the worker runs it."""
    counted = [post(petition, f"p{number}@example.org") for number in range(2)]
    for row in counted:
        confirm(link(row))
    waiting = post(petition, "waits@example.org")
    soon = timezone.now() + timedelta(minutes=1)
    assert sequence_due(soon) == 2
    Petition.objects.filter(pk=petition.pk).update(**change)
    forget_petitions()
    for row in (counted[0], waiting):
        assert withdrawable_behind(link(row, Purpose.WITHDRAW)) == petition.pk
        assert withdraw(link(row, Purpose.WITHDRAW))
    assert sequence_due(soon) == 1
    assert (tallies.total(petition.pk), tallies.by_country(petition.pk)) == (1, {"NL": 1})
    assert list(rows(petition).values_list("pk", flat=True)) == [counted[1].pk]


def test_it_frees_the_place_for_somebody_of_the_same_mailbox(petition: Petition) -> None:
    people = [post(petition, name=name) for name in ("Ada", "Bob")]
    for person in people:
        confirm_person(link(people[0]), person.pk)
    assert withdraw(link(people[0], Purpose.WITHDRAW))
    cleo = post(petition, name="Cleo")
    confirm(link(cleo))
    assert set(rows(petition).values_list("slot", flat=True)) == {1, 2}


def test_who_was_taken_out_is_removed_from_the_log_once(petition: Petition) -> None:
    for sequenced in (False, True):
        row = post(petition, f"{sequenced}@example.org")
        confirm(link(row))
        sequence(petition.pk)
        take_out(row.pk)
        if sequenced:
            sequence(petition.pk)
        assert withdraw(link(row, Purpose.WITHDRAW))
        assert sequence(petition.pk) == (0 if sequenced else 1)
        assert tallies.total(petition.pk) == 0


def test_somebody_may_sign_again_after_withdrawing(petition: Petition) -> None:
    row = post(petition)
    confirm(link(row))
    withdraw(link(row, Purpose.WITHDRAW))
    again = post(petition)
    assert again.pk != row.pk
    confirm(link(again))
    sequence(petition.pk)
    assert tallies.total(petition.pk) == 1
    assert not withdraw(link(row, Purpose.WITHDRAW)), "the old link is of a row that is gone"


def test_confirming_counting_and_withdrawing_at_once_agree(live_petition: Petition) -> None:
    petition = live_petition
    people = [post(petition, f"p{number}@example.org") for number in range(12)]
    acts: list[Callable[[], object]] = []
    for row in people:
        acts.append(partial(confirm, link(row)))
        acts.append(partial(sequence, petition.pk))
        acts.append(partial(withdraw, link(row, Purpose.WITHDRAW)))
    at_once(*acts)
    sequence(petition.pk)
    assert tallies.total(petition.pk) == rows(petition).count() == 0
    assert LeafRow.objects.count() == 0
    assert LeafQueue.objects.count() == 0


def test_whoever_was_held_for_the_place_is_named_to_the_owner_of_the_mailbox(petition: Petition) -> None:
    ada, bea, cia = (post(petition, name=name) for name in ("Ada", "Bea", "Cia"))
    other = post(petition, "other@example.org", "Dia")
    for row in (ada, bea, cia):
        confirm_person(link(ada), row.pk)
    confirm(link(other))
    done = withdraw(link(ada, Purpose.WITHDRAW))
    assert done is not None
    assert [(person.name, person.confirm_token) for person in done.held] == [("Cia", link(cia))]
    counted = confirm(done.held[0].confirm_token)
    assert counted is not None
    assert counted.status == "confirmed"


def test_who_had_no_place_frees_none(petition: Petition) -> None:
    ada, bea, cia = (post(petition, name=name) for name in ("Ada", "Bea", "Cia"))
    for row in (ada, bea, cia):
        confirm_person(link(ada), row.pk)
    done = withdraw(link(cia, Purpose.WITHDRAW))
    assert done is not None
    assert done.held == ()


def test_what_can_be_read_no_more_can_be_erased(petition: Petition) -> None:
    row = post(petition)
    confirm(link(row))
    rows(petition).update(blob=b"\x01" + bytes(200))
    assert withdrawable_behind(link(row, Purpose.WITHDRAW)) == petition.pk
    assert withdraw(link(row, Purpose.WITHDRAW))
    assert rows(petition).count() == 0


def test_two_presses_at_once_are_both_told_that_it_is_erased(live_petition: Petition) -> None:
    petition = live_petition
    row = post(petition)
    token = link(row, Purpose.WITHDRAW)
    confirm(link(row))
    sequence(petition.pk)
    told: list[bool] = []
    with transaction.atomic():
        rows(petition).select_for_update().get()
        presses = [threading.Thread(target=_press, args=(token, told)) for _ in range(2)]
        for press in presses:
            press.start()
        _wait_until_both_wait()
    for press in presses:
        press.join(30)
    assert told == [True, True]
    assert leaving() == [("remove", None, 0, "withdrawn")]


def _press(token: str, told: list[bool]) -> None:
    try:
        told.append(withdraw(token) is not None)
    finally:
        connections.close_all()


def _wait_until_both_wait() -> None:
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone() == (2,):
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits for the row")
