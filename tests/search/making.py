"""Texts to search."""

from __future__ import annotations

from typing import Any

from django.test import Client

from reports.editorial.texts import TextState
from reports.models import Finding, FindingText, Place, PlaceName, ThemeInEdition
from reports.places import NameKind
from tests.pages.reading import Outline, get
from tests.reports.making import make_edition, make_finding, make_theme


def make_reading() -> ThemeInEdition:
    """A theme of a public edition, for findings to hang on."""
    return make_theme(make_edition())


def say(theme: ThemeInEdition, key: str, statement: str, lang: str = "en", **values: Any) -> Finding:
    """A public finding with these words, in this language alone."""
    finding = make_finding(theme, key, original_lang="en", **values)
    if lang == "en":
        FindingText.objects.filter(finding=finding).update(statement=statement)
    else:
        FindingText.objects.filter(finding=finding).update(statement="Xyzzy plugh.")
        FindingText.objects.create(finding=finding, lang=lang, statement=statement, state=TextState.PUBLISHED)
    return finding


def name_place(code: str, lang: str, name: str, kind: str = NameKind.DISPLAY) -> Place:
    """A place and one more name of it."""
    place, _ = Place.objects.get_or_create(code=code)
    PlaceName.objects.create(place=place, lang=lang, name=name, kind=kind)
    return place


def search(client: Client, words: str, page_lang: str = "en", **filters: str) -> tuple[Any, str, Outline]:
    """The page of a question."""
    response = client.get(f"/{page_lang}/search/", {"q": words, **filters})
    assert response.status_code == 200
    html = response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    return response.context["page"], html, Outline(html)


def titles(found: list[Any]) -> list[str]:
    """What was found, without the marks."""
    return [str(one.title).replace("<mark>", "").replace("</mark>", "") for one in found]


__all__ = ["get", "make_reading", "name_place", "say", "search", "titles"]
