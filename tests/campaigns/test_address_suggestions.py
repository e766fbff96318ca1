"""Typing mistakes in the domain of an address: asked about where one provider is meant, and only then."""

from __future__ import annotations

import pytest

from campaigns.address_suggestions import NOT_MISTAKEN, OFTEN_MEANT, suggestion

MISTAKES = [
    ("ada@gmial.com", "ada@gmail.com"),
    ("ada@gmai.com", "ada@gmail.com"),
    ("ada@gmail.con", "ada@gmail.com"),
    ("ada@gmail.co", "ada@gmail.com"),
    ("ada@gmaill.com", "ada@gmail.com"),
    ("ada@GMIAL.COM", "ada@gmail.com"),
    (" Ada+x@hotmial.com ", "Ada+x@hotmail.com"),
    ("ada@outlok.com", "ada@outlook.com"),
    ("ada@protonmial.com", "ada@protonmail.com"),
    ("أمينة@gmial.com", "أمينة@gmail.com"),
]
HONEST = [
    "ada@gmail.com",
    "ada@mail.com",
    "ada@ymail.com",
    "ada@example.org",
    "ada@yahoo.de",
    "ada@hotmail.de",
    "ada@gmil.con",
    "ada@hotmail.es",
    "ada@hotmail.ns",  # two may be meant
    "ada",
    "@gmial.com",
    "",
    "x" * 10_000 + "@gmial.example",
]


@pytest.mark.parametrize(("typed", "meant"), MISTAKES)
def test_a_slip_of_the_finger_is_asked_about(typed: str, meant: str) -> None:
    assert suggestion(typed) == meant


@pytest.mark.parametrize("typed", HONEST, ids=[typed[:20] for typed in HONEST])
def test_an_honest_address_is_not(typed: str) -> None:
    assert suggestion(typed) is None


def test_no_known_domain_is_taken_for_another() -> None:
    assert [domain for domain in (*OFTEN_MEANT, *NOT_MISTAKEN) if suggestion(f"a@{domain}")] == []
