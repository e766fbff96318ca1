"""The sequencer: exact, shuffled, one petition at a time, whoever is killed."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from campaigns.petitions import tallies
from campaigns.petitions.check_counts import check_counts
from campaigns.petitions.confirming import confirm
from campaigns.petitions.models import LeafQueue, LeafRow, LedgerHead, PetitionTally
from campaigns.petitions.moderating import take_in, take_out
from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.sequencing import sequence, sequence_due
from campaigns.petitions.signatures import Signature
from tests.petitions.cast import at_once, link, make_petition, post, rows

LATER = timedelta(seconds=5)


def confirm_many(petition: Petition, number: int, country: Callable[[int], str] = lambda _: "NL") -> list[Signature]:
    people = [post(petition, f"p{n}@example.org", country=country(n)) for n in range(number)]
    for row in people:
        confirm(link(row))
    return people


def test_a_batch_moves_log_and_numbers_together(petition: Petition) -> None:
    people = confirm_many(petition, 9, lambda n: "IN" if n < 3 else "NL")
    assert tallies.total(petition.pk) == 0
    assert sequence_due() == 9
    assert tallies.total(petition.pk) == 9
    assert tallies.totals([petition.pk, 10**6]) == {petition.pk: 9, 10**6: 0}
    assert tallies.by_country(petition.pk) == {"IN": 3, "NL": 6}
    assert dict(PetitionTally.objects.filter(kind="lang").values_list("key", "n")) == {"en": 9}
    leaves = list(LeafRow.objects.order_by("entry_index").values_list("entry_index", "signature_id"))
    assert [index for index, _signature in leaves] == list(range(9))
    assert {signature for _index, signature in leaves} == {row.pk for row in people}
    assert LedgerHead.objects.get().size == 9
    assert LeafQueue.objects.count() == 0
    assert sequence_due(timezone.now() + LATER) == 0


def test_the_order_of_a_batch_tells_nothing(petition: Petition) -> None:
    for number in range(60):
        LeafQueue.objects.create(petition_id=petition.pk, kind="sign", signature_id=number, country="NL", lang="en")
    sequence(petition.pk)
    order = [leaf.signature_id or 0 for leaf in LeafRow.objects.order_by("entry_index")]
    assert sorted(order) == list(range(60))
    assert order != sorted(order)


def test_entries_linger(petition: Petition) -> None:
    confirm_many(petition, 1)
    queued = LeafQueue.objects.get().queued_at
    assert sequence_due(queued + timedelta(seconds=0.9)) == 0
    assert sequence_due(queued + timedelta(seconds=1)) == 1
    Petition.objects.update(linger=Linger.CAREFUL)
    row = post(petition, "late@example.org")
    confirm(link(row))
    queued = LeafQueue.objects.get().queued_at
    assert sequence_due(queued + timedelta(seconds=59)) == 0
    assert sequence_due(queued + timedelta(seconds=60)) == 1


def test_in_safe_mode_removals_leave_at_midnight(petition: Petition) -> None:
    Petition.objects.update(linger=Linger.SAFE)
    people = confirm_many(petition, 9)
    sequence(petition.pk)
    take_out(people[0].pk)
    confirm_more = [post(petition, f"q{n}@example.org") for n in range(8)]
    for row in confirm_more:
        confirm(link(row))
    noon = timezone.now().replace(hour=12, minute=30)
    LeafQueue.objects.update(queued_at=noon - timedelta(minutes=31))
    assert sequence_due(noon) == 8
    assert list(LeafQueue.objects.values_list("kind", flat=True)) == ["remove"]
    assert sequence_due(noon.replace(hour=23)) == 0
    assert sequence_due(noon + timedelta(hours=12)) == 1
    assert tallies.total(petition.pk) == 16


def test_what_was_taken_out_comes_back_under_its_own_leaf(petition: Petition) -> None:
    (row,) = confirm_many(petition, 1)
    sequence(petition.pk)
    assert take_out(row.pk)
    assert not take_out(row.pk)
    sequence(petition.pk)
    assert (tallies.total(petition.pk), LeafRow.objects.get().counted) == (0, False)
    assert take_in(row.pk)
    assert not take_in(row.pk)
    sequence(petition.pk)
    assert (tallies.total(petition.pk), LeafRow.objects.get().counted) == (1, True)
    assert LedgerHead.objects.get().size == 3
    take_out(row.pk)
    take_in(row.pk)
    assert LeafQueue.objects.count() == 0, "what nobody saw needs no entry"


def test_paper_counts_by_its_number(petition: Petition) -> None:
    LeafQueue.objects.create(petition_id=petition.pk, kind="paper", n=80, country="NL")
    LeafQueue.objects.create(petition_id=petition.pk, kind="paper", n=20)
    sequence(petition.pk)
    assert (tallies.total(petition.pk), tallies.by_country(petition.pk)) == (100, {"NL": 80})
    paper = LeafRow.objects.get(n=80)
    LeafQueue.objects.create(
        petition_id=petition.pk, kind="remove", target=paper.entry_index, n=80, country="NL", reason="invalid"
    )
    sequence(petition.pk)
    assert (tallies.total(petition.pk), tallies.by_country(petition.pk)) == (20, {})


def test_two_sequencers_at_once_count_once(live_petition: Petition) -> None:
    petition = live_petition
    for start in range(0, 4000, 1000):
        LeafQueue.objects.bulk_create(
            LeafQueue(petition_id=petition.pk, kind="sign", signature_id=start + n, country="NL", lang="en")
            for n in range(1000)
        )
        at_once(*[lambda: sequence(petition.pk)] * 4)
    sequence(petition.pk)
    assert tallies.total(petition.pk) == LeafRow.objects.count() == 4000
    assert LedgerHead.objects.get().size == 4000


def test_a_petition_in_hand_is_left_to_whoever_has_it(live_petition: Petition) -> None:
    petition = live_petition
    other = make_petition("other")
    for one in (petition, other):
        confirm(link(post(one)))
    with transaction.atomic():
        LedgerHead.objects.select_for_update().get(pk=petition.pk)
        at_once(lambda: sequence_due(timezone.now() + LATER))
    assert (tallies.total(petition.pk), tallies.total(other.pk)) == (0, 1)


def test_one_bad_log_stops_only_itself(live_petition: Petition, caplog: pytest.LogCaptureFixture) -> None:
    bad, good = live_petition, make_petition("good")
    for petition in (bad, good):
        confirm(link(post(petition)))
    # a leaf stands where the next one would go
    LeafRow.objects.create(petition_id=bad.pk, entry_index=0, signature_id=10**9)
    with caplog.at_level(logging.ERROR):
        assert sequence_due(timezone.now() + LATER) == 1
    assert (tallies.total(bad.pk), tallies.total(good.pk)) == (0, 1)
    assert LeafQueue.objects.filter(petition_id=bad.pk).count() == 1
    assert f"petition {bad.pk}: its count and log did not move: IntegrityError" in caplog.text
    assert "Ada" not in caplog.text


KILLED = """
import os, sys, time
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from campaigns.petitions.sequencing import sequence

def stall(execute, sql, params, many, context):
    result = execute(sql, params, many, context)
    if sys.argv[3] in sql:
        print("in mid-batch", flush=True)
        time.sleep(60)
    return result

with connection.execute_wrapper(stall):
    sequence(int(sys.argv[1]))
"""


@pytest.mark.parametrize("moment", ["DELETE FROM leaf_queue", "INSERT INTO leaf_row", "UPDATE petition_tally"])
def test_a_sequencer_killed_in_mid_batch_counts_nothing_twice(live_petition: Petition, moment: str) -> None:
    petition = live_petition
    confirm_many(petition, 20)
    environment = {**os.environ, "UPSTANDER_VAR": str(settings.VAR), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    arguments = [str(petition.pk), connection.settings_dict["NAME"], moment]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "in mid-batch\n"
        assert sequence(petition.pk) == 0, "it has the petition in hand"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    deadline = timezone.now() + timedelta(seconds=20)
    while not sequence(petition.pk):  # the server notices that nobody is there any more
        assert timezone.now() < deadline
    assert tallies.total(petition.pk) == LeafRow.objects.count() == rows(petition).count() == 20
    assert check_counts() == []
