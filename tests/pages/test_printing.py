"""Themes and places as PDF: the words of the page, its sources as footnotes, for eyes and for screen readers."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from campaigns.pages.drawing_turns import Turns
from campaigns.pages.printing import pages, words
from campaigns.pages.printing.typesetting import typeset
from campaigns.pages.printing.words import theme_words, with_address
from campaigns.pages.theme_page import read_theme_page
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import Finding, FindingText, ReportEdition, Source, ThemeInEdition, ThemeText
from reports.theme_reading import find_theme
from tests.reports.making import load_rivers, make_finding

pytestmark = pytest.mark.django_db
THEME = "/en/themes/fouled-rivers.pdf"
FUTURE = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def read(client: Client, path: str) -> PdfReader:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    assert response.headers["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def text_of(pdf: PdfReader) -> str:
    """All that is written, in one line."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def languages(pdf: PdfReader) -> set[str]:
    """Every language that the tags of the document name, besides the document's own."""
    raw = pdf.stream.getvalue() if isinstance(pdf.stream, io.BytesIO) else b""
    found = set(re.findall(rb"/Lang ?\(([^)]*)\)", raw))
    return {lang.decode() for lang in found}


def links(pdf: PdfReader) -> set[str]:
    found = [annotation.get_object() for page in pdf.pages for annotation in page.get("/Annots") or []]
    return {one["/A"]["/URI"] for one in found if "/A" in one and "/URI" in one["/A"]}


def test_a_theme_says_what_its_page_says_with_each_source_as_a_footnote(client: Client) -> None:
    pdf = read(client, THEME)
    text = text_of(pdf)
    for part in (
        "Fouled rivers",
        "Two sentences. About rivers.",
        "Clean the river",
        "A veto stopped the clean-up.",
        "Minutes of the council (context)",
        "She warns of dead water.",
        "Water Act",
        f"{settings.ORIGIN}/en/themes/fouled-rivers/",
        settings.DATA_LICENCE,
    ):
        assert part in text, part
    assert {f"{settings.ORIGIN}/en/themes/fouled-rivers/"} <= links(pdf)
    assert any(source.url in links(pdf) for source in Source.objects.exclude(url=""))


def test_a_source_named_twice_has_one_footnote(client: Client) -> None:
    theme = ThemeInEdition.objects.get(texts__slug="fouled-rivers", texts__lang="en")
    for key in ("one", "two", "three"):
        make_finding(theme, key)
    assert text_of(read(client, THEME)).count("M/1") == 1


def test_a_place_says_what_its_page_says(client: Client) -> None:
    pdf = read(client, "/en/places/PS.pdf")
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Palestine"
    assert "A veto stopped the clean-up." in text_of(pdf)


def test_the_document_is_tagged_and_names_its_title_and_language(client: Client) -> None:
    pdf = read(client, THEME)
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Fouled rivers"
    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfuaid:part" in pdf.xmp_metadata.stream.get_data().decode() if pdf.xmp_metadata else False


def test_arabic_runs_from_right_to_left_and_keeps_its_letters(client: Client) -> None:
    theme = ThemeInEdition.objects.get(texts__slug="fouled-rivers", texts__lang="en")
    arabic = {"slug": "أنهار", "title": "أنهار ملوثة", "summary": "جملتان."}
    ThemeText.objects.filter(theme=theme, lang="ar").update(state=TextState.PUBLISHED, **arabic)
    pdf = read(client, "/ar/themes/أنهار.pdf")
    assert pdf.metadata is not None
    assert pdf.metadata.title == "أنهار ملوثة"
    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == "ar"
    assert root["/ViewerPreferences"].get("/Direction") == "/R2L"
    assert "أنهار" in text_of(pdf)
    assert "veto" in text_of(pdf)  # has no Arabic words yet: stands in English
    assert "en" in languages(pdf)


@pytest.mark.parametrize(
    "title",
    [
        '#eval("1 + 1") #read("/etc/passwd")',
        '#import "@preview/cetz:0.3.1": *',
        "\\ $x^2$ *b* _i_ `r` // c <label> @ref ~ ]]) }",
        '"); panic("out',
        "\u202e\u2066 turned \u2069 \u200f around",
        "https://x.example/#a[b](c)",
    ],
)
def test_what_looks_like_code_is_only_said(client: Client, title: str) -> None:
    ThemeText.objects.filter(slug="fouled-rivers").update(title=title, summary=title)
    pdf = read(client, THEME)
    assert pdf.metadata is not None
    assert pdf.metadata.title == title.replace("\u202e", "")
    seen = "".join(text_of(pdf).split())
    for word in title.translate(dict.fromkeys(map(ord, "\u202e\u2066\u2069\u200f"))).split():
        assert word in seen, word


@pytest.mark.parametrize(
    "text", ["W" * 10_000, "漢字 😀 עברית ไทย \U0010fffd" * 200, "x\u0301" * 5000, "نص" * 5000, ""]
)
def test_ten_thousand_letters_without_a_space_and_letters_of_any_script_are_set(text: str) -> None:
    found = find_theme("fouled-rivers", "en")
    assert found is not None
    said = with_address(theme_words(read_theme_page(found, "en")), "/en/")
    for lang in ("en", "ar"):
        said["opening"] = [{"text": text, "lang": lang}]
        pdf = PdfReader(io.BytesIO(typeset({**said, "lang": lang})))
        assert "veto" in text_of(pdf)


def test_a_warning_stands_before_the_words_it_warns_of(client: Client) -> None:
    finding = Finding.objects.get(key="veto")
    FindingText.objects.filter(finding=finding, lang="en").update(content_warning="Speaks of killing.")
    text = text_of(read(client, THEME))
    assert text.index("Speaks of killing.") < text.index("A veto stopped the clean-up.")


def test_a_huge_theme_is_cut_and_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST", 2)
    text = text_of(read(client, THEME))
    assert re.search(r"\d+ more entr(y|ies) stands? on the page itself\.", text)


@pytest.mark.parametrize("state", [State.DRAFT, State.REMOVED, State.RETRACTED])
def test_what_is_not_public_or_taken_back_has_no_pdf(client: Client, state: State) -> None:
    ThemeInEdition.objects.update(state=state)
    assert client.get(THEME).status_code == (410 if state == State.REMOVED else 404)


def test_what_is_under_embargo_is_in_no_pdf(client: Client) -> None:
    Finding.objects.filter(key="veto").update(release_at=FUTURE)
    assert "A veto stopped" not in text_of(read(client, THEME))
    assert "A veto stopped" not in text_of(read(client, "/en/places/PS.pdf"))
    ThemeInEdition.objects.update(release_at=FUTURE)
    assert client.get(THEME).status_code == 404
    ReportEdition.objects.update(release_at=FUTURE)
    assert client.get(THEME).status_code == 404


def test_pages_lead_to_their_pdf(client: Client) -> None:
    for page, pdf in (("/en/themes/fouled-rivers/", THEME), ("/en/places/PS/", "/en/places/PS.pdf")):
        assert f'href="{pdf}"' in client.get(page).content.decode()
    assert client.get("/en/places/XX.pdf").status_code == 404


def test_who_asks_while_too_many_are_set_is_told_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = Turns(most=1, patience=0.01)
    monkeypatch.setattr(pages, "TURNS", turns)
    with turns.one():
        response = client.get(THEME)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
