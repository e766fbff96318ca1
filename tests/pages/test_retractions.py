"""What was retracted stays readable at its address with a notice; nothing else on the site tells it or leads there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.upcoming import announced
from campaigns.models import Campaign
from campaigns.pages.map_page import list_map_places
from campaigns.petitions.ending import close_due
from campaigns.petitions.petitions import Petition, Stage
from campaigns.petitions.signable import forget_petitions, open_petition
from reports.editorial.publishing import State
from reports.models import Finding, Instrument, ReportEdition, ThemeInEdition, Voice
from tests.demonstrations.cast import make_demonstration
from tests.pages.reading import get
from tests.petitions_pages.conftest import keystore
from tests.reports.making import load_rivers, make_edition, make_finding, make_petition, make_theme

__all__ = ["keystore"]

pytestmark = pytest.mark.django_db
THEME = "/en/themes/fouled-rivers/"
CAMPAIGN, PETITION = "/en/campaigns/clean-rivers/", "/en/petitions/clean-rivers-petition/"
NO_LONGER = "We no longer stand by"


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def retract(model: Any, **which: Any) -> None:
    assert model.objects.filter(**which).update(state=State.RETRACTED)
    forget_petitions()


def page(client: Client, path: str) -> str:
    return str(get(client, path)[1])


@pytest.mark.parametrize(
    ("model", "which", "words"),
    [
        (Voice, {"key": "ada-warns"}, "She warns of dead"),
        (Instrument, {}, "It helps a little"),
        (Campaign, {}, "They are brown"),
    ],
)
def test_a_theme_tells_nothing_that_was_retracted(client: Client, model: Any, which: Any, words: str) -> None:
    pages = (THEME, f"{THEME}feed.atom") if model is Campaign else (THEME,)
    assert words in page(client, THEME)
    retract(model, **which)
    for path in pages:
        assert words not in client.get(path).content.decode()


def test_no_list_leads_to_a_retracted_theme(client: Client) -> None:
    lists = ("/en/", "/en/themes/", CAMPAIGN, "/en/search/?q=", "/en/map/", "/en/demonstrations/", "/en/places/PS/")
    assert all("Fouled rivers" in client.get(path).content.decode() for path in lists[:3])
    retract(ThemeInEdition, theme__key="fouled-rivers")
    for path in lists:
        assert "Fouled rivers" not in client.get(path).content.decode(), path
    assert NO_LONGER in page(client, THEME)


def test_a_retracted_edition_is_neither_the_newest_nor_in_any_file(client: Client) -> None:
    older = make_edition("older", label="2021/22")
    make_finding(make_theme(older, "wells"), "well")
    retract(ReportEdition, key="watch-2024")
    home = page(client, "/en/")
    assert "State of the Rivers" not in home
    assert "wells" in home
    for path in ("/en/map/", "/en/compare/", "/en/data/", "/en/places/", "/sitemap.xml", "/en/search/?q=rivers"):
        text = client.get(path).content.decode()
        assert "2023/24" not in text, path
        assert "watch-2024" not in text, path
    for path in ("/data/watch-2024.json", "/data/watch-2024.zip", "/data/watch-2024/datapackage.json"):
        assert client.get(path).status_code == 404, path


def test_what_belongs_to_a_retracted_edition_says_so_at_its_address(client: Client) -> None:
    veto = Finding.objects.get(key="veto")
    retract(ReportEdition)
    for path in (THEME, f"/en/findings/{veto.uid}/"):
        html = page(client, path)
        assert NO_LONGER in html, path
        assert 'name="robots" content="noindex"' in html, path
        assert "og:image" not in html, path
    assert client.get("/en/themes/fouled-rivers.pdf").status_code == 404


def test_nobody_signs_or_comes_for_a_retracted_campaign(client: Client) -> None:
    petition = make_petition(Campaign.objects.get())
    demonstration = make_demonstration(campaign=Campaign.objects.get())
    retract(Campaign)
    html = client.get(PETITION).content.decode()
    assert NO_LONGER in html
    assert 'name="email"' not in html
    known = open_petition("clean-rivers-petition", "en")
    assert known is not None
    assert known.stage_now == Stage.CLOSED
    assert NO_LONGER in client.get(f"/en/demonstrations/{demonstration.key}/").content.decode()
    assert not Demonstration.objects.open().exists()
    assert not announced().exists()
    for path in ("/en/", "/en/campaigns/", "/en/search/?q=river", "/en/demonstrations/", "/sitemaps/petitions-1.xml"):
        assert "clean-rivers-petition" not in client.get(path).content.decode(), path
    assert not any(place.live for place in list_map_places("en", ReportEdition.objects.get().pk))
    assert close_due(timezone.now()) == 1
    assert Petition.objects.get(pk=petition.pk).stage == Stage.CLOSED
