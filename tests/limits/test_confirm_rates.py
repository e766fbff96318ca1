"""A petition whose mails hardly anybody answers asks for more, from everybody; a busy one that is answered does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.petitions.confirm_rates import judge_confirm_rates, learn_unconfirmed
from campaigns.petitions.flood_incidents import FloodIncident
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import MailboxMail, Signature, State
from tests.petitions.cast import make_petition, rows
from tests.petitions_pages.cast import sign
from tests.petitions_pages.visitor import Visitor

pytestmark = pytest.mark.usefixtures("low_limits")


def signed(petition: Petition, mails: int, confirmed: int, minutes: int = 30, sent: bool = True) -> None:
    """So many signatures of a while ago, mailed, and so many of them confirmed."""
    made = timezone.now() - timedelta(minutes=minutes)
    text = petition.text_versions.get()
    batch = [
        Signature(
            petition=petition,
            email_key=number.to_bytes(16, "big"),
            name_key=b"\1" * 8,
            seed=bytes(16),
            blob=b"x",
            country="NL",
            lang="en",
            text=text,
            created_at=made,
            state=State.CONFIRMED if number < confirmed else State.PENDING,
            slot=1 if number < confirmed else None,
        )
        for number in range(mails)
    ]
    Signature.objects.bulk_create(batch)
    if sent:
        mailed = [
            MailboxMail(petition=petition, email_key=bytes(row.email_key or b""), no=1, signature_id=0, sent_at=made)
            for row in batch
        ]
        MailboxMail.objects.bulk_create(mailed)


def judged(petition: Petition) -> bool:
    return petition.pk in judge_confirm_rates(timezone.now())


def test_hardly_any_answer_means_more_is_asked_of_everybody(visitor: Visitor, petition: Petition) -> None:
    signed(petition, 100, 4)
    assert sign(visitor, petition).status == 303
    assert judged(petition)
    learn_unconfirmed()
    assert sign(visitor, petition, email="bea@example.org").status == 429
    nobody = Visitor(visitor.app)
    assert sign(nobody, petition, email="bea@example.org").status == 429, "wherever it comes from"
    assert sign(visitor, petition, email="bea@example.org", way="code").status == 303
    incident = FloodIncident.objects.get()
    assert (incident.kind, rows(petition).filter(flood_incident=incident).count()) == ("unconfirmed", 1)


@pytest.mark.parametrize(
    ("mails", "confirmed", "minutes", "sent"),
    [
        (99, 0, 30, True),  # too few to judge
        (100, 5, 30, True),  # one in twenty
        (500, 0, 5, True),  # their owners have had no time to read
        (500, 0, 90, True),  # long ago
        (500, 0, 30, False),  # the mail server is away: nobody could answer
    ],
)
def test_whoever_had_no_chance_to_answer_is_not_held_against_it(
    petition: Petition, mails: int, confirmed: int, minutes: int, sent: bool
) -> None:
    signed(petition, mails, confirmed, minutes, sent)
    assert not judged(petition)
    assert not FloodIncident.objects.exists()


def test_each_petition_is_judged_by_itself_and_for_as_long_as_it_lasts(visitor: Visitor, petition: Petition) -> None:
    other = make_petition("wine")
    signed(petition, 120, 0)
    signed(other, 120, 100)
    assert judge_confirm_rates(timezone.now()) == [petition.pk]
    learn_unconfirmed()
    assert sign(visitor, petition).status == 429
    learn_unconfirmed(timezone.now() + timedelta(minutes=5))  # not judged so again
    assert sign(visitor, petition).status == 303
