"""The page that says what becomes of people's data: true to the code, and found where it is needed."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from campaigns.pages import privacy
from campaigns.petitions.petitions import Petition
from campaigns.petitions.retention import due
from campaigns.petitions.signatures import MAILS_PER_MAILBOX
from tests.petitions.cast import make_petition
from tests.petitions.conftest import keystore

__all__ = ["keystore"]

URL = "/en/privacy/"


def words(client: Client, url: str = URL) -> str:
    page = client.get(url)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.mark.parametrize("lang", ["en", "fr", "nl", "es", "ar"])
def test_it_asks_nobody_anything_and_tells_no_other_site(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, db: None, lang: str
) -> None:
    with django_assert_num_queries(0):
        page = client.get(f"/{lang}/privacy/")
    assert page.status_code == 200
    assert (page["Referrer-Policy"], dict(page.cookies)) == ("no-referrer", {})
    assert page.content.decode().count("<h1") == 1


def test_its_times_are_those_of_the_code(client: Client, db: None) -> None:
    said = words(client)
    assert "deleted after 14 days, and 24 hours after the petition has closed" in said
    assert "erased 6 months after the petition has closed" in said
    assert "of 24 months at most" in said
    assert f"at most {MAILS_PER_MAILBOX} mails about a petition" in said
    assert "goes after 90 days" in said
    assert "deleted after 7 days. Everything is erased 14 days after the end of the demonstration" in said
    assert "or after 24 hours if you do not" in said


def test_a_time_that_the_code_changes_changes_on_the_page(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "SPANS", {**privacy.SPANS, "pending_days": 1, "keep_months": 9})
    said = words(client)
    assert "deleted after 1 day, and" in said
    assert "erased 9 months after" in said


@pytest.mark.parametrize(
    ("months", "says"),
    [(6, "6 months after the end"), (1, "1 month after the end"), (0, "A day after the end"), (24, "24 months after")],
)
def test_a_sheet_says_how_long_its_own_petition_keeps_what_is_typed(
    client: Client, db: None, months: int, says: str
) -> None:
    petition = make_petition(keep_months=months)
    assert f"{says} " in words(client, "/en/petitions/water/")
    petition.close()
    assert petition.closed_at is not None
    assert petition.erase_at is not None
    assert petition not in due(petition.closed_at)
    assert petition in due(petition.erase_at)


def test_it_is_linked_where_something_is_typed_and_from_every_foot(client: Client, db: None) -> None:
    make_petition()
    make_petition("k7m2", safe_mode=True, linger="safe")
    linked = {
        "/en/": '<a href="/en/privacy/">',
        "/en/petitions/water/": '<a href="/en/privacy/">Your data',
        "/en/petitions/water/check-your-mail/": '<a href="/en/privacy/#signing">',
        "/en/petitions/k7m2/check-your-mail/": '<a href="/en/privacy/#safe-mode">',
    }
    assert [url for url, link in linked.items() if link not in client.get(url).content.decode()] == []
    anchors = re.findall(r'<(?:section|div)[^>]* ?id="([\w-]+)"', client.get(URL).content.decode())
    assert {"reading", "signing", "pledging", "hides-not", "safe-mode"} <= set(anchors)
    assert Petition.objects.count() == 2
