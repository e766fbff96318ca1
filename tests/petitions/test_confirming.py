"""Confirming: behind a proven link, two people a mailbox, whoever races."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import tokens
from campaigns.petitions.confirming import Confirmation, confirm, confirm_person, waiting_behind
from campaigns.petitions.consent import ConsentText, publish_consent
from campaigns.petitions.models import LeafQueue
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import forget_petitions
from campaigns.petitions.signatures import Signature, State
from campaigns.tokens import Purpose
from reports.editorial.models import Organisation
from reports.editorial.publishing import State as Publishing
from tests.petitions.cast import ADA, at_once, link, make_petition, post, rows


def confirmed(token: str, consent_id: int | None = None) -> Confirmation:
    answer = confirm(token, consent_id)
    assert answer is not None
    return answer


def states(petition: Petition) -> list[int]:
    return sorted(rows(petition).values_list("state", flat=True))


def test_a_link_confirms_the_one_who_waits_and_queues_the_count(petition: Petition) -> None:
    row = post(petition, country="IN", updates=True)
    answer = confirmed(link(row))
    assert (answer.status, answer.signature_id, answer.people) == ("confirmed", row.pk, ())
    assert (answer.own.name, answer.own.country, answer.own.wished_updates, answer.own.consented) == (
        "Ada",
        "IN",
        True,
        False,
    )
    row.refresh_from_db()
    assert (row.state, row.slot, row.mail_due_at) == (State.CONFIRMED, 1, None)
    assert row.confirmed_at is not None
    queued = LeafQueue.objects.get()
    assert (queued.petition_id, queued.kind, queued.signature_id) == (petition.pk, "sign", row.pk)
    assert (queued.country, queued.lang, queued.target) == ("IN", "en", None)


def test_looking_changes_nothing_and_says_nothing_of_a_person(petition: Petition) -> None:
    row = post(petition, country="IN")
    before = list(rows(petition).values())
    for _ in range(10):
        waiting = waiting_behind(link(row))
        assert waiting is not None
        assert (waiting.petition_id, waiting.lang, waiting.consent) == (petition.pk, "en", None)
    assert list(rows(petition).values()) == before
    assert LeafQueue.objects.count() == 0


def test_the_second_time_is_the_same_end(petition: Petition) -> None:
    token = link(post(petition))
    first = confirmed(token)
    again = confirmed(token)
    assert (first.status, again.status) == ("confirmed", "already")
    assert first.own == again.own
    assert first.withdraw_token == again.withdraw_token
    assert waiting_behind(token) is not None
    assert LeafQueue.objects.count() == 1


def test_of_several_who_wait_the_owner_chooses(petition: Petition) -> None:
    ada, bob = post(petition), post(petition, name="Bob")
    answer = confirmed(link(bob))
    assert answer.status == "choose"
    assert [(person.id, person.name) for person in answer.people] == [(ada.pk, "Ada"), (bob.pk, "Bob")]
    assert states(petition) == [State.PENDING, State.PENDING]

    chosen = confirm_person(link(bob), ada.pk)
    assert chosen is not None
    assert (chosen.status, chosen.signature_id, chosen.own.name) == ("confirmed", ada.pk, "Ada")
    assert [person.name for person in chosen.people] == ["Bob"]
    assert confirmed(link(bob)).status == "confirmed", "only one waits now"
    assert states(petition) == [State.CONFIRMED, State.CONFIRMED]
    assert set(rows(petition).values_list("slot", flat=True)) == {1, 2}


def test_a_third_person_is_held_and_counted_once_a_place_is_free(petition: Petition) -> None:
    tokens_ = [link(post(petition, name=name)) for name in ("Ada", "Bob", "Cleo")]
    ids = [parsed.row_id for token in tokens_ if (parsed := tokens.parse(token))]
    results = [confirm_person(tokens_[0], signature_id) for signature_id in ids]
    assert [result.status for result in results if result] == ["confirmed", "confirmed", "held"]
    assert confirmed(tokens_[2]).status == "held"
    assert LeafQueue.objects.count() == 2

    Signature.objects.filter(pk=ids[0]).delete()
    assert confirmed(tokens_[2]).status == "confirmed"
    assert LeafQueue.objects.filter(signature_id=ids[2]).count() == 1


def test_who_was_taken_out_keeps_the_place_and_gets_no_success_page(petition: Petition) -> None:
    ada = post(petition)
    confirmed(link(ada))
    rows(petition).update(state=State.REMOVED)
    assert confirmed(link(ada)).status == "removed"
    bob, cleo = post(petition, name="Bob"), post(petition, name="Cleo")
    first, second = confirm_person(link(bob), bob.pk), confirm_person(link(bob), cleo.pk)
    assert first is not None
    assert second is not None
    assert (first.status, second.status) == ("confirmed", "held")


def test_names_of_another_spelling_of_the_mailbox_are_not_told(petition: Petition) -> None:
    """That Gmail drops dots is a rule of ours; a mail to one spelling proves nothing about the other."""
    victim = post(petition, "a.da@gmail.com", "Ada")
    other = post(petition, "ada@gmail.com", "Mallory")
    assert victim.email_key == other.email_key
    answer = confirmed(link(other))
    assert (answer.status, answer.people) == ("confirmed", ())
    assert confirm_person(link(other), victim.pk) is None
    victim.refresh_from_db()
    assert victim.state == State.PENDING


def test_nobody_else_can_be_confirmed_with_a_link(petition: Petition) -> None:
    ada, stranger = post(petition), post(petition, "stranger@example.org", "Stranger")
    elsewhere = post(make_petition("other"))
    for other in (stranger.pk, elsewhere.pk, 0, 10**9):
        assert confirm_person(link(ada), other) is None
    assert states(petition) == [State.PENDING, State.PENDING]


def test_wrong_links_lead_nowhere(petition: Petition) -> None:
    row = post(petition)
    good = link(row)
    other = make_petition("other")
    forged = tokens.make(Purpose.CONFIRM, petition.pk, petition.uuid, row.pk, bytes(16))
    gone = tokens.make(Purpose.CONFIRM, petition.pk, petition.uuid, row.pk + 999, row.personal.seed)
    moved = tokens.make(Purpose.CONFIRM, other.pk, petition.uuid, row.pk, row.personal.seed)
    nowhere = tokens.make(Purpose.CONFIRM, 999, petition.uuid, row.pk, row.personal.seed)
    withdrawal = link(row, Purpose.WITHDRAW)
    for token in ("", "x", good[:-1], good + "A", forged, gone, moved, nowhere, withdrawal):
        assert waiting_behind(token) is None
        assert confirm(token) is None
    assert states(petition) == [State.PENDING]


def test_the_row_of_everybody_past_six_is_never_confirmed(petition: Petition) -> None:
    for number in range(6):
        post(petition, name=f"Somebody {number}")
    overflow = post(petition, name="The seventh")
    assert overflow.seed is not None
    token = tokens.make(Purpose.CONFIRM, petition.pk, petition.uuid, overflow.pk, bytes(overflow.seed))
    assert confirm(token) is None
    somebody = rows(petition).filter(blob__isnull=False)[0]
    assert len(confirmed(link(somebody)).people) == 6
    assert confirm_person(link(somebody), overflow.pk) is None


def test_pending_links_end_after_fourteen_days(petition: Petition) -> None:
    row = post(petition)
    rows(petition).update(created_at=timezone.now() - timedelta(days=14))
    assert confirm(link(row)) is None
    rows(petition).update(created_at=timezone.now() - timedelta(days=13, hours=23))
    assert confirmed(link(row)).status == "confirmed"
    rows(petition).update(created_at=timezone.now() - timedelta(days=400))
    assert confirmed(link(row)).status == "already", "what is confirmed does not expire"


@pytest.mark.parametrize(("hours", "status"), [(23, "confirmed"), (25, None)])
def test_confirming_ends_a_day_after_the_petition(petition: Petition, hours: int, status: str | None) -> None:
    row = post(petition)
    petition.close(timezone.now() - timedelta(hours=hours))
    forget_petitions()
    answer = confirm(link(row))
    assert (answer.status if answer else None) == status


def test_a_paused_petition_still_takes_confirmations(petition: Petition) -> None:
    row = post(petition)
    petition.pause()
    forget_petitions()
    assert confirmed(link(row)).status == "confirmed"


def test_a_removed_petition_takes_none(petition: Petition) -> None:
    row = post(petition)
    Petition.objects.update(state=Publishing.REMOVED)
    forget_petitions()
    assert confirm(link(row)) is None
    assert states(petition) == [State.PENDING]


def test_consent_is_taken_on_the_page_of_the_link_only(petition: Petition) -> None:
    friends = Organisation.objects.get(key="friends")
    first = publish_consent(friends, "en", "May we write to you?")
    wording = publish_consent(friends, "en", "May we write to you about this river?")
    assert (first.version, wording.version) == (1, 2)
    row = post(petition, updates=True)
    waiting = waiting_behind(link(row))
    assert waiting is not None
    assert waiting.consent == wording
    answer = confirmed(link(row), wording.pk)
    assert answer.own.consented
    row.refresh_from_db()
    assert row.consent_text == wording
    assert row.consent_at is not None
    assert timezone.now() - row.consent_at < timedelta(seconds=20)


@pytest.mark.parametrize("state", [State.CONFIRMED, State.HELD, State.REMOVED])
def test_a_box_ticked_at_a_later_press_is_a_consent_too_and_its_time_stays(petition: Petition, state: State) -> None:
    wording = publish_consent(Organisation.objects.get(key="friends"), "en", "May we?")
    row = post(petition)
    confirmed(link(row))
    if state == State.HELD:
        for name in ("Bea", "Cia"):
            other = post(petition, name=name)
            rows(petition).filter(pk=row.pk).update(state=State.PENDING, slot=None)
            assert confirm_person(link(other), other.pk)
    rows(petition).filter(pk=row.pk).update(state=state, slot={State.HELD: None}.get(state, 1))
    taken = state != State.REMOVED
    assert confirmed(link(row), wording.pk).own.consented == taken
    row.refresh_from_db()
    first = row.consent_at
    assert (row.consent_text_id == wording.pk, first is not None, row.state) == (taken, taken, state)
    for consent_id in (wording.pk, None):
        assert confirmed(link(row), consent_id).own.consented == taken
    row.refresh_from_db()
    assert row.consent_at == first


def test_a_wording_of_somebody_else_is_no_consent(petition: Petition) -> None:
    others = Organisation.objects.create(key="others", name="Others")
    wording = publish_consent(others, "en", "May we sell your address?")
    row = post(petition)
    assert not confirmed(link(row), wording.pk).own.consented
    row.refresh_from_db()
    assert (row.consent_text_id, row.consent_at) == (None, None)


def test_the_wording_comes_in_the_signer_s_language_or_the_original(petition: Petition) -> None:
    friends = Organisation.objects.get(key="friends")
    english = publish_consent(friends, "en", "May we?")
    assert publish_consent(friends, "en", "May we?") == english, "the same words are the same version"
    french = publish_consent(friends, "fr", "Pouvons-nous ?")
    for lang, wording in [("fr", french), ("en", english), ("ar", english)]:
        waiting = waiting_behind(link(post(petition, f"{lang}@example.org", lang=lang)))
        assert waiting is not None
        assert waiting.consent == wording
    assert ConsentText.objects.count() == 2


def test_confirming_asks_little_of_the_database(petition: Petition) -> None:
    ada, bob = post(petition), post(petition, "bob@example.org", "Bob")
    confirmed(link(bob))
    token = link(ada)
    with CaptureQueriesContext(connection) as captured:
        confirmed(token)
    assert len(captured.captured_queries) == 2  # the mailbox, and the statement that confirms and queues


def test_of_fifty_confirmations_of_three_people_two_count(live_petition: Petition) -> None:
    petition = live_petition
    for mailbox in (f"round{number}@example.org" for number in range(8)):
        people = [post(petition, mailbox, name) for name in ("Ada", "Bob", "Cleo")]
        ways = [(link(people[0]), person.pk) for person in people]
        at_once(*[partial(confirm_person, *ways[number % 3]) for number in range(50)])
        box = rows(petition).filter(email_key=people[0].personal.email_key)
        assert sorted(box.values_list("state", flat=True)) == [State.CONFIRMED, State.CONFIRMED, State.HELD]
        counted = box.filter(state=State.CONFIRMED)
        assert set(counted.values_list("slot", flat=True)) == {1, 2}
        queued = LeafQueue.objects.filter(signature_id__in=box.values("pk"), kind="sign")
        assert set(queued.values_list("signature_id", flat=True)) == set(counted.values_list("pk", flat=True))


def test_the_database_refuses_a_third_place(petition: Petition) -> None:
    ada, bob = post(petition, ADA), post(petition, name="Bob")
    confirm_person(link(ada), ada.pk)
    for values in (
        {"state": 1, "slot": 1},
        {"state": 1, "slot": 3},
        {"state": 1, "slot": None},
        {"state": 0, "slot": 2},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.filter(pk=bob.pk).update(**values)
