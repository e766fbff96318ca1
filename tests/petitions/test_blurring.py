"""Safe mode keeps the day of a signature and its mail, and no minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.pending_keys import forget_windows
from campaigns.petitions.blurring import blur_moments
from campaigns.petitions.confirming import confirm
from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import MailboxMail, Signature
from campaigns.petitions.signing import sign
from campaigns.petitions.withdrawing import withdraw
from campaigns.tokens import Purpose
from tests.petitions.cast import ADA, link, make_petition, rows, submission
from tests.petitions.test_safe_mode import post


@pytest.fixture
def safe(db: None) -> Petition:
    forget_windows()
    return make_petition("river", safe_mode=True, linger=Linger.SAFE)


def moments(row: Signature) -> list[datetime]:
    fresh = Signature.objects.get(pk=row.pk)
    mail = MailboxMail.objects.get(petition_id=row.petition_id, email_key=row.personal.email_key)
    found = [fresh.created_at, fresh.confirmed_at, mail.claimed_at, mail.due_at, mail.sending_at, mail.sent_at]
    return [moment for moment in found if moment is not None]


def days(row: Signature) -> list[datetime]:
    return [moment.replace(hour=0, minute=0, second=0, microsecond=0) for moment in moments(row)]


def test_once_all_is_settled_only_days_are_left(safe: Petition) -> None:
    loud = make_petition("loud")
    confirmed, waiting = post(safe), post(safe, "waits@example.org")
    sign(load(loud), submission(load(loud), ADA))
    other = rows(loud).get()
    for row in (confirmed, waiting, other):
        key = row.personal.email_key
        MailboxMail.objects.create(
            petition_id=row.petition_id, email_key=key, no=1, signature_id=row.pk, sending_at=Now(), sent_at=Now()
        )
        assert row.pk == waiting.pk or confirm(link(row))
    noon = timezone.now().replace(hour=12, minute=34, second=56, microsecond=7)
    Signature.objects.update(created_at=noon)
    Signature.objects.exclude(confirmed_at=None).update(confirmed_at=noon)
    MailboxMail.objects.update(claimed_at=noon, due_at=noon, sending_at=noon, sent_at=noon)
    exact = {row.pk: moments(row) for row in (confirmed, waiting, other)}
    assert blur_moments(noon + timedelta(hours=1)) == 0, "the worker still judges this hour"
    assert blur_moments(noon + timedelta(hours=3)) == 1
    assert moments(confirmed)[:2] == days(confirmed)[:2]
    blur_moments(noon + timedelta(hours=27))
    assert moments(confirmed) == days(confirmed)
    assert len(moments(confirmed)) == 6
    assert moments(waiting)[0] == exact[waiting.pk][0], "until it is confirmed its time runs"
    assert moments(other) == exact[other.pk], "another petition's moments are told as ever"
    assert blur_moments(noon + timedelta(hours=28)) == 0
    assert withdraw(link(confirmed, Purpose.WITHDRAW))
