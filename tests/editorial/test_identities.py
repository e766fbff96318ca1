"""Uids, slugs and texts per language."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from config import site_context
from reports.editorial import rich_text, slugs, uids


def test_uids_are_read_as_people_type_them() -> None:
    uid = uids.new_uid()
    assert uids.normalise_uid(uid.upper()) == uid
    assert uids.normalise_uid(f" {uid[:5]}-{uid[5:]} ") == uid
    assert uids.normalise_uid("OIL0000000") == "0110000000"


@given(st.text(max_size=20))
def test_a_uid_is_normalised_to_itself_or_refused(text: str) -> None:
    found = uids.normalise_uid(text)
    assert found is None or uids.normalise_uid(found) == found


@pytest.mark.parametrize("slug", ["stop-the-trade", "arrêtez-le-commerce", "أوقفوا-التجارة", "停止", "naïve-1"])
def test_slugs_of_any_script(slug: str) -> None:
    slugs.validate_slug(unicodedata.normalize("NFC", slug))
    assert slugs.SlugConverter().to_python(unicodedata.normalize("NFD", slug)) == unicodedata.normalize("NFC", slug)


@pytest.mark.parametrize("slug", ["a b", "a/b", "-a", "a-", "a--b", "a\u202eb", "a\x00b", "<a>", "cafe\u0301", "a%20b"])
def test_slugs_hold_nothing_else(slug: str) -> None:
    with pytest.raises(ValidationError):
        slugs.validate_slug(slug)


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>one <script>alert(1)</script>two</p>", "<p>one two</p>"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener">a</a>'),
        ("<style>p{}</style><p>a</p>", "<p>a</p>"),
        ('<img src=x onerror="x()">text', "text"),
    ],
)
def test_rich_text_keeps_an_allow_list(html: str, kept: str) -> None:
    assert rich_text.clean_html(html) == kept


def test_language_links_lead_to_the_same_page() -> None:
    request = RequestFactory().get("/fr/themes/x/")
    with override("fr"):
        links = {link.code: link for link in site_context.site(request)["languages"]}
    assert links["ar"].url == "/ar/themes/x/"
    assert links["ar"].dir == "rtl"
    assert links["fr"].current
    assert links["nl"].name == "Nederlands"
