"""The count is exact after anything, and a disagreement is found and named."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaigns.petitions import tallies
from campaigns.petitions.check_counts import check_counts
from campaigns.petitions.confirming import confirm, confirm_person
from campaigns.petitions.correcting import correct
from campaigns.petitions.models import LeafQueue, LeafRow, LedgerHead, PetitionTally
from campaigns.petitions.moderating import take_in, take_out
from campaigns.petitions.petitions import Petition
from campaigns.petitions.retention import erase_due
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signatures import Signature, State
from campaigns.petitions.withdrawing import withdraw
from campaigns.tokens import Purpose
from tests.petitions.cast import link, make_petition, post, rows


def act(chance: random.Random, petition: Petition) -> None:
    """Anything that anybody may do, once."""
    row = chance.choice([*rows(petition), None])
    if row is None or chance.random() < 0.2:
        post(petition, f"p{chance.randrange(8)}@example.org", chance.choice(["Ada", "Bob", "Cleo"]))
        return
    acts: list[Callable[[], object]] = [
        lambda: confirm(link(row)),
        lambda: confirm_person(link(row), row.pk),
        lambda: confirm_person(link(row), row.pk),
        lambda: withdraw(link(row, Purpose.WITHDRAW)),
        lambda: take_out(row.pk),
        lambda: take_in(row.pk),
        lambda: correct(link(row), row.pk, country=chance.choice(["NL", "IN", "ET"])),
        lambda: sequence(petition.pk),
    ]
    chance.choice(acts)()


def test_the_number_equals_rows_and_log_after_any_mix(live_petition: Petition) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    petitions = [live_petition, make_petition("other")]
    for step in range(300):
        act(chance, chance.choice(petitions))
        if step % 20 == 0:
            assert check_counts() == []
    for petition in petitions:
        sequence(petition.pk)
        confirmed = rows(petition).filter(state=State.CONFIRMED)
        assert tallies.total(petition.pk) == confirmed.count()
        by_country = tallies.by_country(petition.pk)
        assert by_country == {code: confirmed.filter(country=code).count() for code in by_country}
        assert sum(by_country.values()) == confirmed.count()
        assert LeafRow.objects.filter(petition_id=petition.pk, counted=True).count() == confirmed.count()
    assert check_counts() == []
    assert LeafQueue.objects.count() == 0


def counted(petition: Petition) -> Signature:
    """Two who are counted, one who waits to be, and one who waits to leave."""
    people = [post(petition, f"p{number}@example.org") for number in range(4)]
    for row in people[:3]:
        confirm(link(row))
    sequence(petition.pk)
    confirm(link(people[3]))
    withdraw(link(people[2], Purpose.WITHDRAW))
    assert check_counts() == []
    return people[0]


def unconfirm(petition: Petition, row: Signature) -> None:
    Signature.objects.filter(pk=row.pk).update(state=State.HELD, slot=None)


def delete_waiting(petition: Petition, row: Signature) -> None:
    waiting = LeafQueue.objects.filter(signature_id__isnull=False).values("signature_id")
    Signature.objects.filter(pk__in=waiting).delete()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda p, s: PetitionTally.objects.filter(kind="total").update(n=7), "tally total: 7, should be 3"),
        (lambda p, s: PetitionTally.objects.filter(kind="country").update(n=1), "tally country NL: 1, should be 3"),
        (lambda p, s: PetitionTally.objects.filter(kind="lang").delete(), "tally lang en: 0, should be 3"),
        (
            lambda p, s: LeafRow.objects.filter(signature_id=s.pk).delete(),
            "confirmed signatures that are not in the log",
        ),
        (lambda p, s: LeafQueue.objects.filter(kind="sign").delete(), "confirmed signatures that are not in the log"),
        (lambda p, s: LeafQueue.objects.filter(kind="remove").delete(), "tally total: 3, should be 2"),
        (lambda p, s: Signature.objects.filter(pk=s.pk).delete(), "counted entries without a confirmed signature: 1"),
        (unconfirm, "counted entries without"),
        (delete_waiting, "waiting entries without"),
        (lambda p, s: LedgerHead.objects.update(size=1), "size of the log: 1, should be"),
        (
            lambda p, s: LeafQueue.objects.create(petition_id=p.pk, kind="sign", signature_id=s.pk, lang="en"),
            "confirmed signatures that are not in the log once",
        ),
    ],
)
def test_a_deliberate_mismatch_is_named(
    live_petition: Petition, change: Callable[[Petition, Signature], None], what: str
) -> None:
    change(live_petition, counted(live_petition))
    with pytest.raises(CommandError) as refusal:
        call_command("check_counts")
    assert f"petition {live_petition.pk}: {what}" in str(refusal.value)


def test_stubs_go_on_counting(live_petition: Petition) -> None:
    counted(live_petition)
    live_petition.close()
    erase_due(timezone.now() + timedelta(days=400))
    assert not Signature.objects.exclude(blob=None).exists()
    assert check_counts() == []
    sequence(live_petition.pk)
    assert tallies.total(live_petition.pk) == rows(live_petition).filter(state=State.CONFIRMED).count() == 3


def test_the_command_is_quiet_when_all_is_well(live_petition: Petition, capsys: pytest.CaptureFixture[str]) -> None:
    counted(live_petition)
    call_command("check_counts")
    assert capsys.readouterr().out == "All counts agree.\n"
