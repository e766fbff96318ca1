"""One petition in several languages: its address in each, the original where there is no other, and what was typed."""

from __future__ import annotations

import re

import pytest

from campaigns.petitions.petitions import Petition, PetitionText
from campaigns.petitions.signatures import Signature
from reports.editorial.texts import TextState
from tests.petitions.cast import make_petition, make_text
from tests.petitions_pages.cast import PAGE, SIGN, printed, typed
from tests.petitions_pages.visitor import Reply, Visitor

ARABIC = "/ar/petitions/%D9%85%D9%8A%D8%A7%D9%87-%D9%86%D8%B8%D9%8A%D9%81%D8%A9/"


@pytest.fixture
def in_arabic(petition: Petition) -> Petition:
    make_text(petition, "ar", "مياه نظيفة الآن", "مياه-نظيفة")
    return petition


def alternates(reply: Reply) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate"\s+hreflang="(\w+)"\s+href="http://127.0.0.1:8000([^"]+)"', reply.text)
    return dict(found)


def test_each_language_has_its_own_address(visitor: Visitor, in_arabic: Petition) -> None:
    expected = {
        "en": PAGE,
        "fr": "/fr/petitions/water/",
        "nl": "/nl/petitions/water/",
        "es": "/es/petitions/water/",
        "ar": ARABIC,
    }
    for path in (PAGE, ARABIC, "/fr/petitions/water/"):
        assert alternates(visitor.get(path)) == expected
    assert alternates(visitor.get(f"{ARABIC}check-your-mail/"))["en"] == f"{PAGE}check-your-mail/"
    for path in expected.values():
        assert visitor.get(path).status == 200


@pytest.mark.parametrize("slug", ["مياه-نظيفة", "%d9%85%d9%8a%d8%a7%d9%87-%d9%86%d8%b8%d9%8a%d9%81%d8%a9"])
def test_an_address_of_any_script_is_found(visitor: Visitor, in_arabic: Petition, slug: str) -> None:
    page = visitor.get(f"/ar/petitions/{slug}/")
    assert page.status == 200
    assert page.title == "مياه نظيفة الآن"
    assert '<html lang="ar"' in page.text
    assert 'dir="rtl"' in page.text


def test_the_unicode_form_of_an_address_does_not_matter(visitor: Visitor, db: None) -> None:
    make_text(make_petition("water"), "fr", "De l’eau", "\u00e9tang")
    for slug in ("\u00e9tang", "e\u0301tang", "E\u0301TANG"):
        assert visitor.get(f"/fr/petitions/{slug}/").status == 200


def test_without_a_text_the_original_stands_in_with_its_language_marked(visitor: Visitor, petition: Petition) -> None:
    page = visitor.get("/ar/petitions/water/")
    assert page.status == 200
    assert re.search(r'<h1\s+lang="en" dir="ltr">Clean water now</h1>', page.text)
    assert '<div class="notice">' in page.text, "a note says so"
    assert '<div class="notice">' not in visitor.get(PAGE).text


def test_a_draft_translation_does_not_show(visitor: Visitor, in_arabic: Petition) -> None:
    PetitionText.objects.filter(lang="ar").update(state=TextState.DRAFT)
    assert visitor.get(ARABIC).status == 404
    assert alternates(visitor.get(PAGE))["ar"] == "/ar/petitions/water/"


def test_the_original_slug_leads_on_where_there_is_a_translation(visitor: Visitor, in_arabic: Petition) -> None:
    reply = visitor.get("/ar/petitions/water/")
    assert (reply.status, reply["Location"]) == (301, ARABIC)


def test_signing_works_under_every_slug_of_the_petition(visitor: Visitor, in_arabic: Petition) -> None:
    data = typed(in_arabic, text=printed(in_arabic, "ar").sha256)
    assert visitor.post("/ar/petitions/water/sign/", data).status == 303
    assert visitor.post(f"{ARABIC}sign/", {**data, "name": "Bea"}).status == 303
    assert set(Signature.objects.values_list("lang", flat=True)) == {"ar"}


def test_changing_the_language_keeps_what_was_typed_and_stores_nothing(visitor: Visitor, in_arabic: Petition) -> None:
    page = visitor.get(PAGE).text
    assert re.search(rf'<button type="submit"\s+form="sign-form"\s+formaction="{ARABIC}"\s+formnovalidate', page)
    half = typed(in_arabic, name="أمينة = +1", email="not yet", country="ps")
    reply = visitor.post(ARABIC, half, origin="http://127.0.0.1:8000")
    assert reply.status == 200
    assert reply["Cache-Control"] == "no-store"
    assert 'value="أمينة = +1"' in reply.text
    assert 'value="not yet"' in reply.text
    assert "aria-invalid" not in reply.text, "it is shown, not judged"
    assert f'name="text" value="{printed(in_arabic, "ar").sha256}"' in reply.text
    assert not Signature.objects.exists()


def test_from_the_errors_of_a_form_every_language_keeps_what_was_typed(visitor: Visitor, in_arabic: Petition) -> None:
    page = visitor.post(SIGN, typed(in_arabic, name="")).text
    assert f'formaction="{ARABIC}"' in page
    assert f'formaction="{PAGE}"' in page, "and so does the way back to the whole petition"


def test_a_page_of_another_site_cannot_fill_in_our_form(visitor: Visitor, petition: Petition) -> None:
    reply = visitor.post(PAGE, typed(petition, name="Marker"), sec_fetch_site="cross-site")
    assert reply.status == 403
    assert "Marker" not in reply.text


def test_what_is_typed_is_cut_where_no_form_of_ours_goes(visitor: Visitor, petition: Petition) -> None:
    reply = visitor.post(PAGE, typed(petition, name="n" * 30_000, email="e" * 30_000, country="x" * 100))
    assert reply.status == 200
    assert "n" * 101 not in reply.text
    assert "e" * 255 not in reply.text
