"""What the owner of a pledge may do, with a code or with a mail's link."""

from __future__ import annotations

import re
from functools import partial

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.own_pledge import change, own_pledge, withdraw
from campaigns.demonstrations.recovery_codes import Code, new_code, parse_code
from campaigns.tokens import Purpose
from tests.demonstrations.cast import announce, at_once, link, make_demonstration, people, post, rows

OWN = "/en/pledges/"


@given(st.integers(1, 2**31 - 1))
def test_a_code_is_read_back_however_it_is_copied(number: int) -> None:
    code = new_code(number)
    for typed in (
        code.shown,
        code.shown.lower(),
        code.shown.replace("-", ""),
        f"  {code.shown.replace('-', ' – ')}\n",
        code.shown.replace("0", "O").replace("1", "l"),
        code.shown.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ):
        assert parse_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "-", "AAAA", "0000-AAAA-AAAA-AAAA", "UUUU-UUUU-UUUU-UUUU", "x" * 5000, "'; --", "\x00"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert parse_code(typed) is None


def test_codes_do_not_repeat() -> None:
    assert len({new_code(7).secret for _ in range(1000)}) == 1000


def test_a_code_opens_its_pledge_and_no_other(demonstration: Demonstration) -> None:
    mine, other = announce(demonstration, 2, "Ada"), announce(demonstration, 5, "Bo")
    found = own_pledge(mine)
    assert found is not None
    assert (found.size, found.nickname, found.counts, found.by_mail) == (2, "Ada", True, False)
    assert own_pledge(Code(demonstration.pk, "a" * 12).shown) is None
    elsewhere = make_demonstration("antwerp")
    parsed = parse_code(other)
    assert parsed is not None
    assert own_pledge(Code(elsewhere.pk, parsed.secret).shown) is None


def test_the_number_follows_a_change_and_a_withdrawal(demonstration: Demonstration) -> None:
    code = announce(demonstration, 2)
    announce(demonstration, 4)
    assert people(demonstration) == 6
    changed = change(code, 9, "Ada")
    assert changed is not None
    assert (changed.size, changed.nickname) == (9, "Ada")
    assert own_pledge(code) == changed
    assert people(demonstration) == 13
    assert withdraw(code) == demonstration.pk
    assert people(demonstration) == 4
    assert withdraw(code) is None
    assert own_pledge(code) is None
    assert change(code, 1, "") is None
    assert people(demonstration) == 4


def test_changes_at_once_leave_the_number_that_the_rows_come_to(live_demonstration: Demonstration) -> None:
    codes = [announce(live_demonstration, 5) for _ in range(4)]
    acts = [partial(change, codes[number % 3], 1 + number % 10, "") for number in range(24)]
    at_once(*acts, *[partial(withdraw, codes[3]) for _ in range(6)])
    assert people(live_demonstration) == sum(row.size for row in rows(live_demonstration))
    assert rows(live_demonstration).count() == 3


def test_a_mails_link_opens_the_pledge_and_other_links_do_not(demonstration: Demonstration) -> None:
    row = post(demonstration, size=3)
    found = own_pledge(link(row, Purpose.WITHDRAW))
    assert found is not None
    assert (found.size, found.counts) == (3, False)
    assert own_pledge(link(row, Purpose.CONFIRM)) is None
    assert own_pledge(link(row, Purpose.UNSUBSCRIBE)) is None
    assert change(link(row, Purpose.WITHDRAW), 7, "Ada") is not None
    assert people(demonstration) == 0, "what is not confirmed is not counted"
    assert withdraw(link(row, Purpose.WITHDRAW)) == demonstration.pk
    assert not rows(demonstration).exists()


def test_the_pages_lead_from_the_code_to_the_end(demonstration: Demonstration, client: Client) -> None:
    code = announce(demonstration, 2, "Ada & Bo")
    assert client.get(OWN).status_code == 200
    shown = client.post(OWN, {"code": code.lower()})
    page = shown.content.decode()
    assert shown.status_code == 200
    assert 'value="2"' in page
    assert 'value="Ada &amp; Bo"' in page
    changed = client.post(f"{OWN}change/", {"code": code, "size": "4", "nickname": "Bo"})
    assert "Saved" in changed.content.decode()
    gone = client.post(f"{OWN}withdraw/", {"code": code})
    assert "Withdrawn and erased" in gone.content.decode()
    again = client.post(f"{OWN}withdraw/", {"code": code})
    assert again.status_code == 404
    for answer in (shown, changed, gone, again):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "AAAA-AAAA-AAAA-AAAA", "zzz", "9" * 16, "x" * 61])
def test_a_wrong_code_is_kept_and_explained(client: Client, typed: str) -> None:
    answer = client.post(OWN, {"code": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{typed}"' in page or not typed
    assert re.search(r'<input[^>]*name="code"[^>]*aria-invalid="true"', page)
    assert 'href="#own_code"' in page


def test_a_wrong_size_changes_nothing(demonstration: Demonstration, client: Client) -> None:
    code = announce(demonstration, 2)
    answer = client.post(f"{OWN}change/", {"code": code, "size": "11", "nickname": "Bo"})
    assert answer.status_code == 422
    assert 'value="11"' in answer.content.decode()
    assert 'value="Bo"' in answer.content.decode()
    assert people(demonstration) == 2


def test_a_mails_page_tells_nothing_before_its_button(demonstration: Demonstration, client: Client) -> None:
    row = post(demonstration, size=7)
    token = link(row, Purpose.WITHDRAW)
    seen = client.get(f"{OWN}{token}/")
    forged = client.get(f"{OWN}{token[:-2]}AA/")
    assert seen.status_code == forged.status_code == 200
    assert demonstration.key not in seen.content.decode()
    assert 'value="7"' in client.post(OWN, {"code": token}).content.decode()
    rows(demonstration).delete()
    assert client.get(f"{OWN}{token}/").content == seen.content


@pytest.mark.django_db
def test_dead_ends_are_one_page_byte_for_byte(client: Client, demonstration: Demonstration) -> None:
    row = post(demonstration)
    token = link(row)
    rows(demonstration).delete()
    answers = [
        client.get(f"{OWN}confirm/{token}/"),
        client.get(f"{OWN}confirm/{token[:-1]}"),
        client.get(f"{OWN}confirm/"),
        client.post(f"{OWN}confirm/{token}/"),
        client.post(f"{OWN}confirm/{token}/again/"),
        client.post(f"{OWN}withdraw/", {"code": token}),
        client.post(f"{OWN}change/", {"code": "AAAA-AAAA-AAAA-AAAA", "size": "1"}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
