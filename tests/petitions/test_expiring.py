"""What was never confirmed goes, and nothing personal stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.petitions import expiring
from campaigns.petitions.behind_token import too_late
from campaigns.petitions.confirming import confirm
from campaigns.petitions.expiring import delete_expired
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import Signature, State
from tests.petitions.cast import at_once, link, make_petition, post, rows


def age(row: Signature, **span: float) -> None:
    Signature.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(**span))


def everything_stored() -> str:
    """Every row of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [line for (line,) in cursor.fetchall()]
    return "\n".join(found)


def test_pending_rows_go_after_fourteen_days(petition: Petition) -> None:
    old, young = post(petition), post(petition, "young@example.org", "Young")
    age(old, days=14)
    age(young, days=13, hours=23)
    assert delete_expired(timezone.now()) == 1
    assert rows(petition).get() == young
    assert delete_expired(timezone.now()) == 0


def test_confirmed_held_and_removed_rows_stay_while_the_petition_runs(petition: Petition) -> None:
    for number, (state, slot) in enumerate([(State.CONFIRMED, 1), (State.REMOVED, 2), (State.HELD, None)]):
        row = post(petition, f"p{number}@example.org")
        Signature.objects.filter(pk=row.pk).update(state=state, slot=slot)
        age(row, days=400)
    assert delete_expired(timezone.now()) == 0


@pytest.mark.parametrize("by", ["hand", "clock"])
def test_a_day_after_the_end_everything_unconfirmed_goes(petition: Petition, by: str) -> None:
    held, pending, confirmed = (post(petition, f"p{number}@example.org") for number in range(3))
    confirm(link(confirmed))
    Signature.objects.filter(pk=held.pk).update(state=State.HELD)
    end = timezone.now()
    if by == "hand":
        petition.close(end)
    else:
        Petition.objects.update(closes_at=end)
    assert delete_expired(end + timedelta(hours=23)) == 0
    assert delete_expired(end + timedelta(hours=24)) == 2
    assert rows(petition).get() == confirmed
    assert pending.pk != confirmed.pk


def test_nothing_personal_remains(petition: Petition) -> None:
    kept = post(petition, "kept@example.org", "Kept")
    confirm(link(kept))
    row = post(petition, "marker-address@example.org", "Marker Name")
    for number in range(7):
        post(petition, "marker-box@example.org", f"Somebody {number}")
    secrets = [bytes(value).hex() for value in (row.personal.blob, row.personal.seed, row.personal.name_key)]
    secrets.append(row.personal.email_key.hex())
    before = everything_stored()
    assert all(secret in before for secret in secrets)
    assert "marker" not in before.lower(), "sealed from the first moment"

    assert delete_expired(timezone.now() + timedelta(days=15)) == 8
    after = everything_stored()
    assert not [secret for secret in secrets if secret in after]
    assert rows(petition).get() == kept


def test_the_row_of_everybody_past_six_goes_too(petition: Petition) -> None:
    for number in range(8):
        post(petition, name=f"Somebody {number}")
    assert delete_expired(timezone.now() + timedelta(days=15)) == 7
    assert rows(petition).count() == 0


def test_batches_reach_every_row(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "BATCH", 3)
    for number in range(10):
        post(petition, f"p{number}@example.org")
    confirm(link(rows(petition).order_by("pk")[4]))
    assert delete_expired(timezone.now() + timedelta(days=15)) == 9
    assert rows(petition).count() == 1


def test_who_confirms_meanwhile_stays(live_petition: Petition) -> None:
    people = [post(live_petition, f"p{number}@example.org") for number in range(20)]
    later = timezone.now() + timedelta(days=15)
    at_once(*[partial(confirm, link(row)) for row in people], partial(delete_expired, later))
    left = rows(live_petition)
    assert set(left.values_list("state", flat=True)) <= {State.CONFIRMED}
    deleted = len(people) - left.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM leaf_queue")
        assert cursor.fetchone() == (len(people) - deleted,)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("days", [0, 13.9, 14, 400])
@pytest.mark.parametrize("ended", [None, -1, 0.5, 1, 30])
def test_links_end_exactly_when_rows_may_be_deleted(db: None, state: State, days: float, ended: float | None) -> None:
    petition = make_petition()
    row = post(petition)
    now: datetime = timezone.now()
    slot = 1 if state in (State.CONFIRMED, State.REMOVED) else None
    created = now - timedelta(days=days)
    Signature.objects.filter(pk=row.pk).update(state=state, slot=slot, created_at=created)
    if ended is not None and ended < 0:
        Petition.objects.update(closes_at=now - timedelta(days=ended))
    elif ended is not None:
        petition.close(now - timedelta(days=ended))
    petition.refresh_from_db()
    row.refresh_from_db()
    deletable = Signature.objects.expired(now).filter(pk=row.pk).exists()
    assert too_late(row, load(petition), now) == deletable
