"""A mail's name leads back to its mailbox for whoever holds the petition's secret, and says nothing to others."""

from __future__ import annotations

import re
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from campaigns import mail_references

KEY = bytes(range(32))
HERE = uuid4()


@given(st.binary(min_size=16, max_size=16), st.integers(1, 5))
def test_it_leads_back_to_the_mailbox(mailbox: bytes, no: int) -> None:
    made = mail_references.make(KEY, HERE, mailbox, no)
    assert re.fullmatch(r"[a-z2-7]{53}", made)
    assert mail_references.opened(KEY, HERE, made) == (mailbox, no)
    assert made == mail_references.make(KEY, HERE, mailbox, no)
    assert mail_references.opened(KEY, uuid4(), made) is None
    assert mail_references.opened(bytes(32), HERE, made) is None


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=53, max_size=53))
def test_a_made_up_one_leads_nowhere(text: str) -> None:
    assert mail_references.opened(KEY, HERE, text) is None


@given(st.text(max_size=60))
def test_whatever_is_not_of_its_form_leads_nowhere(text: str) -> None:
    assert mail_references.opened(KEY, HERE, text) is None


def test_it_is_found_in_whatever_a_server_reports() -> None:
    made = [mail_references.make(KEY, HERE, bytes([number] * 16), 1) for number in range(3)]
    text = f"Message-ID: <{made[0]}@example.org>\r\nTo: bounces+{made[1].upper()}@example.org {made[0]} x{made[2]}"
    assert list(mail_references.found_in(text)) == made[:2]
    many = " ".join(mail_references.make(KEY, HERE, bytes([number] * 16), 2) for number in range(200))
    assert len(list(mail_references.found_in(many))) == mail_references.MOST_IN_A_TEXT
