"""Typed codes: read kindly, counted before they are compared, and as good as the link of the same mail."""

from __future__ import annotations

import hmac
import os
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from campaigns.addresses import parse_address
from campaigns.limits import LimitCount
from campaigns.petitions import behind_code
from campaigns.petitions.confirming import Confirmation, confirm, confirm_by_code, confirm_person
from campaigns.petitions.mailed_codes import code_of, read_code, shown_code
from campaigns.petitions.moderating import take_out
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import forget_petitions, load
from campaigns.petitions.signatures import MailboxMail, Signature, State
from reports.editorial.publishing import State as Publishing
from reports.editorial.uids import ALPHABET
from tests.petitions.cast import ADA, at_once, link, mailed, make_petition, post, rows

UUID_1 = UUID("6f2b8c1e-0d4a-4a55-9e8b-6b1a52f0c111")
BOX, SEED = bytes(range(16)), bytes(range(16, 32))
keys = st.binary(min_size=16, max_size=16)


def typed(petition: Petition, code: str, address: str = ADA) -> Confirmation | None:
    read = read_code(code)
    return None if read is None else confirm_by_code(load(petition), parse_address(address), read)


def wrong(code: str) -> str:
    return ("0" if code[0] != "0" else "1") + code[1:]


@given(st.uuids(), keys, keys, st.integers(1, 5))
def test_a_code_is_eight_characters_that_are_read_back(petition: UUID, mailbox: bytes, seed: bytes, no: int) -> None:
    code = code_of(petition, mailbox, seed, no)
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert shown_code(code) == f"{code[:4]}-{code[4:]}".upper()
    assert read_code(shown_code(code)) == code


def test_a_code_is_the_first_forty_bits_of_the_mac(settings: Settings) -> None:
    settings.CODE_KEY = b"k" * 32
    digest = hmac.digest(b"k" * 32, UUID_1.bytes + BOX + SEED + b"\x03", "sha256")
    bits = f"{int.from_bytes(digest[:5], 'big'):040b}"
    assert code_of(UUID_1, BOX, SEED, 3) == "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 40, 5))


def test_key_petition_mailbox_seed_and_mail_all_bind(settings: Settings) -> None:
    codes = {
        code_of(UUID_1, BOX, SEED, 1),
        code_of(UUID(int=1), BOX, SEED, 1),
        code_of(UUID_1, SEED, SEED, 1),
        code_of(UUID_1, BOX, BOX, 1),
        code_of(UUID_1, BOX, SEED, 2),
    }
    settings.CODE_KEY = b"k" * 32
    assert len(codes | {code_of(UUID_1, BOX, SEED, 1)}) == 6


@pytest.mark.parametrize(
    "spelling",
    [
        "0123-abcd",
        "0123ABCD",
        " 0123 abcd ",
        "oI23-ABCD",
        "OL23-abcd",
        "٠١٢٣-abcd",
        "۰۱۲۳ABCD",
        "0123–ABCD",
        "０１２３ＡＢＣＤ",
    ],
)
def test_however_it_is_copied_it_is_read(spelling: str) -> None:
    assert read_code(spelling) == "0123abcd"


def test_the_marks_that_keep_a_code_in_its_direction_are_copied_without_harm() -> None:
    assert read_code("\u2066K7QP-2MVX\u2069") == "k7qp2mvx"


@pytest.mark.parametrize(
    "text", ["", "0123-abc", "0123-abcde", "0123-abcu", "0123!abc", "ا" * 8, "0" * 10_000, "\0" * 8]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None


@given(st.text(st.characters()) | st.text(st.sampled_from("0oOiIlL1aZ-٣۳ \0\ud800"), min_size=6, max_size=12))
def test_any_text_is_read_without_failing(text: str) -> None:
    code = read_code(text)
    assert code is None or (len(code) == 8 and set(code) <= set(ALPHABET) and read_code(code) == code)


def test_a_code_confirms_as_the_link_does(petition: Petition) -> None:
    by_code, by_link = post(petition), post(petition, "bea@example.org")
    answer, other = typed(petition, mailed(by_code)), confirm(link(by_link))
    assert answer is not None
    assert other is not None
    assert (answer.status, answer.own, answer.people) == (other.status, other.own, other.people)
    assert answer.confirm_token == link(by_code)
    left, right = (
        rows(petition).filter(pk=row.pk).values("state", "slot", "mail_due_at").get() for row in (by_code, by_link)
    )
    assert left == right == {"state": State.CONFIRMED, "slot": 1, "mail_due_at": None}


def test_code_after_link_and_link_after_code_end_alike(petition: Petition) -> None:
    row = post(petition)
    code = mailed(row)
    first, again, by_link = typed(petition, code), typed(petition, code), confirm(link(row))
    assert [answer.status for answer in (first, again, by_link) if answer] == ["confirmed", "already", "already"]
    other = post(petition, "bea@example.org")
    confirm(link(other))
    after = typed(petition, mailed(other), "bea@example.org")
    assert after is not None
    assert after.status == "already"


def test_with_several_people_waiting_the_owner_chooses(petition: Petition) -> None:
    ada, bea = post(petition), post(petition, name="Bea")
    code = mailed(bea)
    answer = typed(petition, code)
    assert answer is not None
    assert (answer.status, [person.name for person in answer.people]) == ("choose", ["Ada", "Bea"])
    chosen = confirm_person(answer.confirm_token, ada.pk)
    assert chosen is not None
    assert chosen.status == "confirmed"


def test_held_and_removed_are_told_behind_the_code(petition: Petition) -> None:
    for name in ("Ada", "Bea"):
        confirm(link(post(petition, name=name)))
    cia = post(petition, name="Cia")
    held = typed(petition, mailed(cia))
    assert held is not None
    assert (held.status, [person.name for person in held.counted]) == ("held", ["Ada", "Bea"])
    alone = post(petition, "bea@example.org")
    confirm(link(alone))
    take_out(alone.pk)
    removed = typed(petition, mailed(alone), "bea@example.org")
    assert removed is not None
    assert removed.status == "removed"


def test_the_spelling_of_the_address_is_the_mailbox_s(petition: Petition) -> None:
    code = mailed(post(petition, "a.da@gmail.com"))
    assert typed(petition, code, "ADA+x@googlemail.com") is not None


def test_a_code_opens_no_other_mailbox_and_no_other_petition(petition: Petition) -> None:
    mine, theirs = post(petition), post(petition, "bea@example.org")
    code = mailed(mine)
    mailed(theirs)
    elsewhere = make_petition("other")
    mailed(post(elsewhere))
    assert typed(petition, code, "bea@example.org") is None
    assert typed(elsewhere, code) is None
    assert set(Signature.objects.values_list("state", flat=True)) == {State.PENDING}


def test_the_two_newest_mails_count(petition: Petition) -> None:
    row = post(petition)
    start = timezone.now() - timedelta(hours=1)
    # The fifth number may leave before the third: the newest is who left last.
    codes = {no: mailed(row, no, start + timedelta(minutes=minute)) for minute, no in enumerate([1, 2, 5, 3])}
    assert [no for no, code in codes.items() if typed(petition, code)] == [5, 3]


def test_a_mail_that_has_not_left_shuts_nobody_out(petition: Petition) -> None:
    row = post(petition)
    code = mailed(row)
    for no in (2, 3):
        MailboxMail.objects.create(petition=petition, email_key=row.email_key, no=no, signature_id=row.pk)
    assert typed(petition, code_of(petition.uuid, row.personal.email_key, row.personal.seed, 3)) is None
    assert typed(petition, code) is not None


def test_before_any_mail_left_there_is_no_code(petition: Petition) -> None:
    row = post(petition)
    for no in range(6):
        assert typed(petition, code_of(petition.uuid, row.personal.email_key, row.personal.seed, no)) is None


def test_after_ten_tries_the_right_code_opens_nothing_and_the_link_does(petition: Petition) -> None:
    row, other = post(petition), post(petition, "bea@example.org")
    code = mailed(row)
    for _ in range(10):
        assert typed(petition, wrong(code)) is None
    assert typed(petition, code) is None
    row.refresh_from_db()
    assert row.state == State.PENDING
    assert typed(petition, mailed(other), "bea@example.org") is not None, "another mailbox is not concerned"
    answer = confirm(link(row))
    assert answer is not None
    assert answer.status == "confirmed"


def test_the_tenth_try_may_be_the_right_one(petition: Petition) -> None:
    code = mailed(post(petition))
    for _ in range(9):
        assert typed(petition, wrong(code)) is None
    assert typed(petition, code) is not None


def test_tries_are_counted_whether_or_not_the_address_is_known(petition: Petition) -> None:
    mailed(post(petition))
    for address in (ADA, "nobody@example.org"):
        typed(petition, "0000-0000", address)
        typed(petition, "0000-0000", address)
    assert list(LimitCount.objects.filter(kind="code").values_list("n", flat=True)) == [2, 2]


def test_nothing_that_names_a_mailbox_lies_in_the_counter(petition: Petition) -> None:
    row = post(petition)
    typed(petition, mailed(row))
    counted = bytes(LimitCount.objects.get(kind="code").hash)
    assert counted not in row.personal.email_key


def test_known_unknown_and_used_up_cost_the_same_statements_and_the_same_comparisons(
    petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = mailed(post(petition))
    post(petition, name="Bea")
    made: list[int] = []
    monkeypatch.setattr(behind_code, "code_of", lambda *args: made.append(1) or code_of(*args))  # type: ignore[func-returns-value]
    typed(petition, "0000-0000", "first@example.org")  # the day's key is known from here on

    def cost(address: str, guess: str) -> tuple[int, list[str]]:
        signable = load(petition)
        made.clear()
        with CaptureQueriesContext(connection) as captured:
            assert confirm_by_code(signable, parse_address(address), guess) is None
        return len(made), [query["sql"].lstrip()[:40] for query in captured.captured_queries]

    for tries in range(1, 13):
        known, unknown = cost(ADA, wrong(code)), cost("nobody@example.org", code)
        assert known == unknown
        # The counter, the mailbox, its mails; with the last try also a request for a mail, whoever's it is.
        assert len(known[1]) == (3 if tries < behind_code.TRIES_A_DAY else 4)
    assert cost(ADA, code) == known


def test_codes_are_compared_in_constant_time(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    digest = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((a, b)) or digest(a, b))  # type: ignore[func-returns-value]
    code = mailed(post(petition))
    assert typed(petition, code) is not None
    assert len(compared) == 32
    assert (code, code) in compared


@pytest.mark.parametrize("ended", ["late", "closed", "removed"])
def test_a_code_ends_when_the_link_does(petition: Petition, ended: str) -> None:
    row = post(petition)
    code = mailed(row)
    if ended == "late":
        rows(petition).update(created_at=timezone.now() - timedelta(days=14))
    elif ended == "closed":
        petition.close(timezone.now() - timedelta(hours=25))
    else:
        Petition.objects.update(state=Publishing.REMOVED)
    forget_petitions()
    petition.refresh_from_db()
    assert typed(petition, code) is None
    assert confirm(link(row)) is None


def test_a_paused_and_a_just_closed_petition_take_codes(petition: Petition) -> None:
    ada, bea = mailed(post(petition)), mailed(post(petition, "bea@example.org"))
    petition.pause()
    assert typed(petition, ada) is not None
    petition.close(timezone.now() - timedelta(hours=23))
    assert typed(petition, bea, "bea@example.org") is not None


def test_the_row_of_everybody_past_six_has_no_code(petition: Petition) -> None:
    for number in range(6):
        post(petition, name=f"Somebody {number}")
    overflow = post(petition, name="The seventh")
    assert overflow.email_key is not None
    assert overflow.seed is not None
    mailbox, seed = bytes(overflow.email_key), bytes(overflow.seed)
    MailboxMail.objects.create(
        petition=petition, email_key=mailbox, no=1, signature_id=overflow.pk, sending_at=timezone.now()
    )
    assert typed(petition, code_of(petition.uuid, mailbox, seed, 1)) is None


def test_who_guesses_in_parallel_gets_no_more_tries(live_petition: Petition) -> None:
    code = mailed(post(live_petition))
    at_once(*[partial(typed, live_petition, wrong(code)) for _ in range(12)])
    assert LimitCount.objects.get(kind="code").n == 12
    assert typed(live_petition, code) is None


def test_random_codes_open_nothing(petition: Petition) -> None:
    code = mailed(post(petition))
    guesses = {code_of(petition.uuid, os.urandom(16), os.urandom(16), 1) for _ in range(9)} - {code}
    assert [typed(petition, guess) for guess in guesses] == [None] * len(guesses)
