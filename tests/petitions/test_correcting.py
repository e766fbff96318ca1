"""Corrections: only behind a proven link, and what counts follows them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.petitions import tallies
from campaigns.petitions.behind_token import opened
from campaigns.petitions.confirming import confirm, confirm_person
from campaigns.petitions.consent import publish_consent
from campaigns.petitions.correcting import add_person, correct
from campaigns.petitions.moderating import take_out
from campaigns.petitions.petitions import Petition
from campaigns.petitions.refusals import NameTaken
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signable import forget_petitions, load
from campaigns.petitions.signatures import PENDING_LIFE, Signature, State
from campaigns.petitions.withdrawing import withdraw
from campaigns.saving import NotSaved
from campaigns.tokens import Purpose
from reports.editorial.models import Organisation
from tests.petitions.cast import link, post, rows


def name_of(petition: Petition, row: Signature) -> str:
    row.refresh_from_db()
    return str(opened(row, load(petition)).said["name"])


def test_the_owner_takes_over_what_somebody_else_posted(petition: Petition) -> None:
    """Six posts with her address by somebody else do not keep her from signing with any of the mails."""
    posted = [post(petition, name=f"Not me {number}") for number in range(6)]
    token = link(posted[0])
    answer = correct(token, posted[3].pk, name="Ada", country="ET")
    assert answer is not None
    assert (answer.status, answer.own.name, answer.own.country) == ("choose", "Ada", "ET")
    chosen = confirm_person(token, posted[3].pk)
    assert chosen is not None
    assert (chosen.status, chosen.own.name) == ("confirmed", "Ada")
    assert name_of(petition, posted[3]) == "Ada"
    assert post(petition, name="Ada").pk == posted[3].pk, "her own post finds the row"


def test_the_owner_adds_her_own_name_past_six(petition: Petition) -> None:
    posted = [post(petition, name=f"Not me {number}") for number in range(6)]
    answer = add_person(link(posted[0]), "Ada", "ET")
    assert answer is not None
    assert (answer.status, answer.own.name, answer.own.country) == ("confirmed", "Ada", "ET")
    assert len(answer.people) == 6
    again = add_person(link(posted[0]), "ada", "FR")
    assert again is not None
    assert (again.status, again.own.country) == ("already", "ET")


def test_a_mailbox_does_not_grow_without_end(petition: Petition) -> None:
    token = link(post(petition))
    for number in range(15):
        assert add_person(token, f"Guest {number}", "NL")
    with pytest.raises(NotSaved):
        add_person(token, "One too many", "NL")
    assert rows(petition).count() == 16
    assert rows(petition).filter(state=State.CONFIRMED).count() == 2


@pytest.mark.parametrize(("hours", "more"), [(23, True), (24, False)])
def test_the_link_of_a_counted_signature_lets_nobody_else_count_long_after_the_end(
    petition: Petition, hours: int, more: bool
) -> None:
    row, other = post(petition), post(petition, name="Bea")
    token = link(row)
    assert confirm_person(token, row.pk)
    petition.close(timezone.now() - timedelta(hours=hours))
    forget_petitions()
    assert (add_person(token, "Cia", "NL") is not None) == more
    assert (confirm_person(token, other.pk) is not None) == more
    answer = confirm(token)
    assert answer is not None
    assert answer.status == "already"
    assert [person.name for person in answer.people] == []
    sequence(petition.pk)
    assert tallies.total(petition.pk) == (2 if more else 1)
    assert rows(petition).count() == (3 if more else 2)


def test_what_waited_for_too_long_is_not_confirmed_by_a_link_that_lives(petition: Petition) -> None:
    row, other = post(petition), post(petition, name="Bea")
    confirm_person(link(row), row.pk)
    rows(petition).filter(pk=other.pk).update(created_at=timezone.now() - PENDING_LIFE)
    assert confirm_person(link(row), other.pk) is None
    answer = confirm(link(row))
    assert answer is not None
    assert answer.people == ()


def test_two_signatures_of_a_mailbox_bear_two_names(petition: Petition) -> None:
    ada, bob = post(petition), post(petition, name="Bob")
    with pytest.raises(NameTaken):
        correct(link(ada), bob.pk, name="ADA")
    assert name_of(petition, bob) == "Bob"


def test_another_mailbox_is_out_of_reach(petition: Petition) -> None:
    ada, other = post(petition), post(petition, "other@example.org", "Other")
    assert correct(link(ada), other.pk, name="Mine", country="US") is None
    assert correct("x", ada.pk, name="Mine") is None
    assert add_person("x", "Mine", "US") is None
    assert (name_of(petition, other), other.country) == ("Other", "NL")


def test_another_spelling_of_the_mailbox_is_out_of_reach(petition: Petition) -> None:
    victim, other = post(petition, "a.da@gmail.com", "Ada"), post(petition, "ada@gmail.com", "Mallory")
    assert correct(link(other), victim.pk, country="US") is None
    assert add_person(link(other), "Ada", "US") is None
    victim.refresh_from_db()
    assert (victim.state, victim.country) == (State.PENDING, "NL")


def test_consent_can_be_given_and_ended(petition: Petition) -> None:
    wording = publish_consent(Organisation.objects.get(key="friends"), "en", "May we?")
    row = post(petition)
    confirm(link(row))
    given = correct(link(row), row.pk, consent_id=wording.pk)
    assert given is not None
    assert given.own.consented
    row.refresh_from_db()
    when = row.consent_at
    correct(link(row), row.pk, consent_id=wording.pk, country="FR")
    row.refresh_from_db()
    assert row.consent_at == when, "the same consent keeps its time"
    ended = correct(link(row), row.pk)
    assert ended is not None
    assert not ended.own.consented
    row.refresh_from_db()
    assert (row.consent_text_id, row.consent_at, row.country) == (None, None, "FR")


@pytest.mark.parametrize("when", ["before confirming", "before counting", "after counting", "while leaving"])
def test_a_country_is_counted_as_corrected(petition: Petition, when: str) -> None:
    row = post(petition, country="NL")
    if when == "before confirming":
        correct(link(row), row.pk, country="ET")
    confirm(link(row))
    if when == "before counting":
        correct(link(row), row.pk, country="ET")
    sequence(petition.pk)
    if when == "after counting":
        assert tallies.by_country(petition.pk) == {"NL": 1}
        correct(link(row), row.pk, country="FR")
        correct(link(row), row.pk, country="ET")
        sequence(petition.pk)
    if when == "while leaving":
        correct(link(row), row.pk, country="ET")
        withdraw(link(row, Purpose.WITHDRAW))
        sequence(petition.pk)
        assert (tallies.total(petition.pk), tallies.by_country(petition.pk)) == (0, {})
        return
    assert (tallies.total(petition.pk), tallies.by_country(petition.pk)) == (1, {"ET": 1})
    withdraw(link(row, Purpose.WITHDRAW))
    sequence(petition.pk)
    assert (tallies.total(petition.pk), tallies.by_country(petition.pk)) == (0, {})


def test_who_was_taken_out_corrects_nothing(petition: Petition) -> None:
    row = post(petition)
    confirm(link(row))
    take_out(row.pk)
    assert correct(link(row), row.pk, country="ET") is None
