"""Addresses: mailed as typed, found again whatever the spelling."""

from __future__ import annotations

import unicodedata

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.addresses import DEFAULT_ALIASES, AddressError, canonical, parse_address


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Ada@Example.org", "ada@example.org"),
        ("  ada@example.org\n", "ada@example.org"),
        ("a.d.a+news@gmail.com", "ada@gmail.com"),
        ("Ada@GoogleMail.com", "ada@gmail.com"),
        ("ada@pm.me", "ada@proton.me"),
        ("josé@example.org", unicodedata.normalize("NFD", "JOSÉ@example.org")),
        ("ada@bücher.example", "ADA@xn--bcher-kva.example"),
        ("سلمى@example.org", "سلمى@EXAMPLE.org"),
    ],
)
def test_spellings_of_one_mailbox(typed: str, same: str) -> None:
    assert parse_address(typed).canonical == parse_address(same).canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada+1@example.org", "ada+2@example.org"),
        ("a.da@example.org", "ada@example.org"),
        ("ada@example.org", "ada@example.net"),
        ("ada@straße.example", "ada@strasse.example"),
    ],
)
def test_mailboxes_that_stay_apart(one: str, other: str) -> None:
    assert parse_address(one).canonical != parse_address(other).canonical


@pytest.mark.parametrize("typed", ["Ada+News@Example.org", "a.d.a@gmail.com", "ada@bücher.example"])
def test_mail_goes_to_what_was_typed(typed: str) -> None:
    assert parse_address(f" {typed} ").typed == typed


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@example.org", "ada@", "ada@example", "ada@@example.org", "a da@example.org", "ada@exa mple.org",
        ".ada@example.org", "ada.@example.org", "a..da@example.org", "ada@-example.org", "ada@example..org",
        "ada@example.org.", "ada@127.0.0.1", "ada@[127.0.0.1]", "ada@example.123", '"a b"@example.org',
        "ada<x>@example.org", "ada,bob@example.org", "ada;bob@example.org", "ada\x00@example.org",
        "ada@example.org\nBcc: all@example.org", "ada\u202e@example.org", "ada@exam\u00adple.org\u2028",
        "=?utf-8?q?a=0ABcc=3Aall?=@example.org", "a.=?utf-8?b?DQo=?=@example.org",
        "a" * 65 + "@example.org", "ada@" + "a" * 64 + ".org", "a@" + "b." * 130 + "org", "ada@under_score.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_advice(text: str) -> None:
    with pytest.raises(AddressError) as refusal:
        parse_address(text)
    assert str(refusal.value)
    assert "example.net" not in str(refusal.value)


locals_ = st.text("abcxyzABC0189.+-_é", min_size=1, max_size=20)


@given(locals_, st.sampled_from(["example.org", "GMAIL.com", "googlemail.com", "bücher.example", "pm.me"]))
def test_the_canonical_form_is_an_address_with_the_same_canonical_form(local: str, domain: str) -> None:
    try:
        address = parse_address(f"{local}@{domain}")
    except AddressError:
        return
    assert parse_address(address.canonical).canonical == address.canonical
    assert address.canonical == address.under(DEFAULT_ALIASES)
    assert parse_address(address.typed.upper()).canonical == address.canonical


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        address = parse_address(text)
    except AddressError:
        return
    assert "@" in address.canonical
    assert not any(char.isspace() or unicodedata.category(char) == "Cc" for char in address.typed)
    address.canonical.rpartition("@")[2].encode("ascii")


@given(st.text("abcz019-.XY", max_size=40))
def test_plain_domains_are_what_idna_makes_of_them(domain: str) -> None:
    try:
        expected = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        expected = ""
    try:
        found = parse_address(f"ada@{domain}").canonical.rpartition("@")[2]
    except AddressError:
        return
    assert found == expected


def test_the_alias_domains_are_the_caller_s() -> None:
    assert canonical("ada@old.example", {"old.example": "new.example"}) == "ada@new.example"
    assert canonical("ada@googlemail.com", {}) == "ada@googlemail.com"


def test_an_address_does_not_print_itself() -> None:
    assert "ada" not in repr(parse_address("ada@example.org"))
