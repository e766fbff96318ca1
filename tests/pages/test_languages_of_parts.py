"""Words that a page has in the original language alone say which language they are in, on every kind of page."""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from campaigns.models import Campaign, Demand, DemandStatement, DemandStatementText
from campaigns.petitions.updates import PetitionUpdate, PetitionUpdateText
from reports.editorial.corrections import Change, CorrectionKind, record_correction
from reports.editorial.texts import Text, TextState
from reports.models import (
    Finding,
    Instrument,
    Source,
    Theme,
    ThemeChange,
    ThemeChangeText,
    ThemeInEdition,
    ThemeLink,
    ThemeLinkText,
)
from tests.demonstrations.cast import make_demonstration
from tests.pages.reading import Outline
from tests.petitions_pages.conftest import keystore
from tests.reports.making import load_rivers, make_edition, make_finding, make_petition, make_source, make_theme

__all__ = ["keystore"]

pytestmark = pytest.mark.django_db
NAMES = {"name", "locality", "city", "role", "slug", "addressee", "lang", "state", "folded"}
"""Names of people and places, which are in no language (WCAG 2.2, 3.1.2), and what stands only beside them."""

CITATION = "Upstander:"
"""One string to copy, in the order of the page's language."""


def everything() -> None:
    """Every kind of public words, in English alone."""
    load_rivers()
    campaign = Campaign.objects.get()
    petition = make_petition(campaign)
    make_demonstration(campaign=campaign)
    told = {"lang": "en", "state": TextState.PUBLISHED}
    update = PetitionUpdate.objects.create(petition=petition, on=date(2026, 3, 1), position=1)
    PetitionUpdateText.objects.create(update=update, title="A piece of news", text="It was received well.", **told)
    older = make_edition("older", label="2021/22")
    make_finding(make_theme(older, "fouled-rivers"), "before")
    later = Finding.objects.get(key="veto").edition
    theme, source = Theme.objects.get(key="fouled-rivers"), make_source("Ruling of the court")
    change = ThemeChange.objects.create(theme=theme, earlier=older, later=later, state="changed", source=source)
    ThemeChangeText.objects.create(change=change, note="The water has changed.", **told)
    link = ThemeLink.objects.create(earlier=theme, later=Theme.objects.get(key="silenced-anglers"), kind="split")
    ThemeLinkText.objects.create(link=link, note="Anglers got a theme of their own.", **told)
    said = DemandStatement.objects.create(
        demand=Demand.objects.get(key="clean-it"), edition=later, standing="open", source=source
    )
    Source.objects.update(lang="en")
    DemandStatementText.objects.create(statement=said, note="Nothing was done about it.", **told)
    correction = Change(CorrectionKind.CORRECTION, "Mistaken for another one.")
    for holder in (
        Finding.objects.get(key="veto"),
        campaign,
        petition,
        ThemeInEdition.objects.get(theme=theme, edition=later),
    ):
        record_correction(holder, "en", correction, "It passed after all.", "It was stopped after all.")
    for model in apps.get_models():
        if issubclass(model, Text):
            model._default_manager.exclude(lang="en").update(state=TextState.DRAFT)


def english() -> set[str]:
    """All that is said in English, but names."""
    found = {"Mistaken for another one.", "It passed after all.", "It was stopped after all."}
    for model in apps.get_models():
        if not issubclass(model, Text):
            continue
        words = [
            column.name
            for column in model._meta.concrete_fields
            if isinstance(column, models.CharField | models.TextField)
            and column.name not in NAMES | {"lang", "state", "folded"}
        ]
        for row in model._default_manager.filter(lang="en").values_list(*words):
            found |= {" ".join(str(value).split()) for value in row if value and "<" not in str(value)}
    titles = set(Source.objects.values_list("title", flat=True))
    return {words for words in {*found, *titles} if len(words) > 5}


def addresses() -> list[str]:
    finding = Finding.objects.get(key="veto")
    demands = [f"demands/{demand.uid}/" for demand in Demand.objects.all()]
    rule = f"instruments/{Instrument.objects.get().uid}/"
    compared = "compare/?a=older&b=watch-2024"
    return [
        *("", rule, "themes/", "themes/fouled-rivers/", "themes/fouled-rivers-older/", "places/PS/", "places/", "map/"),
        *(f"findings/{finding.uid}/", "campaigns/", "campaigns/clean-rivers/", *demands, "petitions/"),
        *("petitions/clean-rivers-petition/", "demonstrations/", "demonstrations/brussels/", "corrections/", compared),
        *(f"{compared}&theme=fouled-rivers", "data/", "search/?q=river", "themes/none/", "campaigns/none/"),
    ]


def test_words_of_the_original_say_their_language_on_every_kind_of_page(client: Client) -> None:
    everything()
    known, silent, seen = english(), [], set()
    for path in addresses():
        response = client.get(f"/ar/{path}")
        assert response.status_code in (200, 404), path
        outline = Outline(response.content.decode())
        for (text, lang, direction), words in itertools.product(outline.texts, known):
            if words in text and not text.startswith(CITATION):
                seen.add(words)
                if (lang, direction) not in {("en", "ltr"), ("en", "auto")}:
                    silent.append((path, text[:80], lang, direction))
    assert silent == []
    assert len(seen) > 30, json.dumps(sorted(known - seen))


def test_every_model_of_texts_is_looked_at(db: Any) -> None:
    everything()
    empty = [
        model.__name__ for model in apps.get_models() if issubclass(model, Text) and not model._default_manager.exists()
    ]
    assert empty == []
