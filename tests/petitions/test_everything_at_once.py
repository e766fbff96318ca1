"""Link, code, withdrawal, correction, expiry and the sequencer on the same rows at once, and then erasing as well."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.utils import timezone

from campaigns.addresses import parse_address
from campaigns.keystore import SecretsDestroyed
from campaigns.petitions import tallies
from campaigns.petitions.confirming import confirm, confirm_by_code
from campaigns.petitions.correcting import correct
from campaigns.petitions.expiring import delete_expired
from campaigns.petitions.models import LeafQueue, LeafRow
from campaigns.petitions.petitions import Petition
from campaigns.petitions.retention import erase
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.shredding import shred
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import Signature, State
from campaigns.petitions.withdrawing import withdraw
from campaigns.tokens import Purpose
from tests.petitions.cast import at_once, link, mailed, post, rows

PEOPLE = 6


def by_code(petition: Petition, row: Signature, address: str) -> Callable[[], object]:
    return partial(confirm_by_code, load(petition), parse_address(address), mailed(row))


def test_link_and_code_of_one_mail_count_once(live_petition: Petition) -> None:
    petition = live_petition
    acts: list[Callable[[], object]] = []
    for number in range(PEOPLE):
        row = post(petition, f"p{number}@example.org")
        code = by_code(petition, row, f"p{number}@example.org")
        acts += [partial(confirm, link(row)), code, code, partial(correct, link(row), row.pk, country="FR")]
        acts += [partial(sequence, petition.pk), partial(delete_expired, timezone.now())]
    at_once(*acts)
    sequence(petition.pk)
    assert tallies.total(petition.pk) == PEOPLE
    assert tallies.by_country(petition.pk) == {"FR": PEOPLE}
    assert LeafRow.objects.count() == PEOPLE
    assert set(rows(petition).values_list("state", flat=True)) == {State.CONFIRMED}


def test_while_everything_is_erased_nothing_is_counted_twice_or_comes_back(live_petition: Petition) -> None:
    petition = live_petition
    acts: list[Callable[[], object]] = []
    for number in range(PEOPLE):
        row = post(petition, f"p{number}@example.org")
        acts += [partial(confirm, link(row)), by_code(petition, row, f"p{number}@example.org")]
        acts.append(partial(withdraw, link(row, Purpose.WITHDRAW)))
        acts.append(partial(sequence, petition.pk))
    shred(petition, timezone.now())
    at_once(*map(_whatever_comes, acts), partial(erase, petition, timezone.now()))
    erase(petition, timezone.now())
    sequence(petition.pk)
    assert not rows(petition).filter(blob__isnull=False).exists()
    assert not rows(petition).filter(email_key__isnull=False).exists()
    assert tallies.total(petition.pk) == LeafRow.objects.filter(counted=True).count()
    assert not LeafQueue.objects.exists()


def _whatever_comes(act: Callable[[], object]) -> Callable[[], None]:
    def tried() -> None:
        with suppress(SecretsDestroyed):
            act()

    return tried
