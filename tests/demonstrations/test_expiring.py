"""What is erased, and when, with the clock moved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from campaigns.demonstrations.confirming import confirm
from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.expiring import delete_unconfirmed, erase_after_end
from campaigns.demonstrations.own_pledge import own_pledge
from campaigns.demonstrations.pledges import PledgeTally
from campaigns.demonstrations.pledging import pledge
from campaigns.demonstrations.refusals import NotOpen
from campaigns.keystore import SecretsDestroyed, secrets_of
from tests.demonstrations.cast import announce, link, make_demonstration, party, people, post, read, rows

pytestmark = pytest.mark.django_db


def test_unconfirmed_pledges_go_after_seven_days_and_never_counted(demonstration: Demonstration) -> None:
    old, fresh, kept = (post(demonstration, f"{name}@example.org", size=3) for name in ("old", "fresh", "kept"))
    confirm(link(kept))
    code = announce(demonstration, 2)
    rows(demonstration).update(created_at=F("created_at") - timedelta(days=6, hours=23))
    assert delete_unconfirmed(timezone.now()) == 0
    rows(demonstration).exclude(pk=fresh.pk).update(created_at=F("created_at") - timedelta(hours=2))
    assert delete_unconfirmed(timezone.now()) == 1
    assert not rows(demonstration).filter(pk=old.pk).exists()
    assert own_pledge(code) is not None
    assert people(demonstration) == 5


def test_fourteen_days_after_the_end_only_the_number_is_left(demonstration: Demonstration, client: Client) -> None:
    confirm(link(post(demonstration, size=3)))
    post(demonstration, "waiting@example.org")
    code = announce(demonstration, 9)
    upcoming = make_demonstration("antwerp")
    announce(upcoming)
    ends_at = Demonstration.objects.get(pk=demonstration.pk).ends_at
    assert ends_at is not None
    assert erase_after_end(ends_at + timedelta(days=13, hours=23)) == 0
    later = ends_at + timedelta(days=14)
    Demonstration.objects.filter(pk=upcoming.pk).update(ends_at=later, starts_at=later - timedelta(hours=1))
    assert erase_after_end(later) == 3
    assert erase_after_end(later) == 0
    assert not rows(demonstration).exists()
    assert rows(upcoming).exists()
    tally = PledgeTally.objects.get(demonstration=demonstration)
    assert (tally.by_mail, tally.by_code, tally.erased_at) == (3, 9, later)
    assert own_pledge(code) is None
    assert client.post("/en/pledges/", {"code": code}).status_code == 422
    assert "About 10 people" in client.get("/en/demonstrations/brussels/").content.decode()


def test_after_erasing_nothing_is_taken_any_more(demonstration: Demonstration) -> None:
    announced = read(demonstration)
    PledgeTally.objects.create(demonstration=demonstration, erased_at=timezone.now())
    with pytest.raises(NotOpen):
        pledge(announced, party())
    assert read(demonstration).closed == "past"


def test_who_never_had_a_pledge_is_left_alone(demonstration: Demonstration) -> None:
    assert erase_after_end(timezone.now() + timedelta(days=4000)) == 0
    assert not PledgeTally.objects.exists()


def test_what_is_called_anew_begins_at_zero(demonstration: Demonstration) -> None:
    announce(demonstration, 5)
    before = demonstration.starts
    assert before is not None
    demonstration.starts, demonstration.ends = before.replace(year=2024), before.replace(year=2024, hour=20)
    demonstration.save()
    assert erase_after_end(timezone.now()) == 1
    assert people(demonstration) == 5
    demonstration.starts, demonstration.ends = before, before.replace(hour=20)
    demonstration.save()
    assert people(demonstration) == 0
    announce(demonstration, 2)
    assert people(demonstration) == 2


def test_the_command_shreds_a_demonstration_and_its_number_stays(demonstration: Demonstration) -> None:
    confirm(link(post(demonstration, size=3)))
    call_command("shred", demonstration.key, "--demonstration", "--yes")
    with pytest.raises(SecretsDestroyed):
        secrets_of(demonstration.uuid)
    assert (rows(demonstration).count(), people(demonstration)) == (0, 3)
