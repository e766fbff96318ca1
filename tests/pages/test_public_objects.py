"""Every kind of public object answers in the same way once it is hidden, removed, retracted or moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.models import Campaign, Demand
from campaigns.petitions.petitions import Petition
from reports.editorial.publishing import State
from reports.models import Finding, FormerThemeSlug, Instrument, ReportEdition, ThemeInEdition
from tests.demonstrations.cast import make_demonstration
from tests.petitions_pages.conftest import keystore
from tests.reports.making import load_rivers, make_edition, make_petition, make_theme

__all__ = ["keystore"]

pytestmark = pytest.mark.django_db
THEME = "/en/themes/fouled-rivers/"
KINDS: list[tuple[Any, str, str, str]] = [
    (ThemeInEdition, "fouled-rivers", THEME, "Fouled rivers"),
    (Finding, "veto", "/en/findings/{uid}/", "A veto stopped"),
    (Instrument, "water-act", "/en/instruments/{uid}/", "Directive on water"),
    (Campaign, "clean-rivers", "/en/campaigns/clean-rivers/", "They are brown"),
    (Demand, "publish-it", "/en/demands/{uid}/", "Publish what is in it"),
    (Petition, "clean-rivers-petition", "/en/petitions/clean-rivers-petition/", "Sign for the river"),
    (Demonstration, "brussels", "/en/demonstrations/brussels/", "Rally for the river"),
]


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()
    make_petition(Campaign.objects.get())
    make_demonstration(campaign=Campaign.objects.get())


def one(model: Any, key: str) -> Any:
    return model.objects.get(**{"theme__key" if model is ThemeInEdition else "key": key})


@pytest.mark.parametrize(("model", "key", "address", "words"), KINDS)
def test_every_kind_answers_alike(client: Client, model: Any, key: str, address: str, words: str) -> None:
    shown = one(model, key)
    address = address.format(uid=shown.uid)
    expected = [
        (State.PUBLISHED, 200, words),
        (State.RETRACTED, 200, "We no longer stand by"),
        (State.REMOVED, 410, "Gone (410)"),
        (State.DRAFT, 404, "is not public yet."),
    ]
    for state, status, said in expected:
        model.objects.filter(pk=shown.pk).update(state=state)
        answer = client.get(address)
        page = answer.content.decode()
        assert (answer.status_code, said in page, words in page) == (status, True, status == 200)


def test_what_belongs_to_a_removed_edition_went_with_it(client: Client) -> None:
    uid = Finding.objects.get(key="veto").uid
    ReportEdition.objects.update(state=State.REMOVED)
    addresses = (THEME, f"{THEME}feed.atom", f"{THEME}map.svg", "/en/themes/fouled-rivers.pdf", f"/en/findings/{uid}/")
    for address in (*addresses, f"/f/{uid}"):
        assert client.get(address, follow=True).status_code == 410, address


def test_a_removed_theme_of_a_hidden_edition_is_not_told_of(client: Client) -> None:
    ThemeInEdition.objects.update(state=State.REMOVED)
    assert client.get(THEME).status_code == 410
    ReportEdition.objects.update(state=State.DRAFT)
    assert client.get(THEME).status_code == 404


@pytest.mark.parametrize(
    "address", ["/fr/themes/fouled-rivers/", "/fr/themes/fouled-rivers/feed.atom", "/fr/campaigns/clean-rivers/"]
)
def test_no_browser_keeps_for_ever_where_a_slug_led(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (301, "max-age=60")


@pytest.mark.parametrize(("model", "address"), [(ThemeInEdition, THEME), (Campaign, "/en/campaigns/clean-rivers/")])
def test_a_former_address_of_what_was_removed_says_so_too(client: Client, model: Any, address: str) -> None:
    shown = model.objects.get(texts__slug=address.split("/")[-2])
    shown.texts.filter(lang="en").update(slug="called-otherwise")
    assert client.get(address).status_code == 301
    model.objects.filter(pk=shown.pk).update(state=State.REMOVED)
    assert client.get(address).status_code == 410
    model.objects.filter(pk=shown.pk).update(state=State.DRAFT)
    assert client.get(address).status_code == 404


def test_a_former_address_leads_to_what_can_be_seen_among_those_that_had_it(client: Client) -> None:
    theme = ThemeInEdition.objects.get(theme__key="fouled-rivers")
    theme.texts.filter(lang="fr").update(slug="nommé-autrement")
    hidden = make_theme(make_edition("hidden", state=State.DRAFT), "hidden", state=State.DRAFT)
    FormerThemeSlug.objects.create(theme=hidden, lang="en", slug="rivières-souillées")
    assert client.get("/en/themes/rivières-souillées/").headers["Location"] == THEME


@pytest.mark.parametrize(("model", "key", "address", "words"), KINDS)
def test_what_was_removed_before_it_came_out_was_never_there(
    client: Client, model: Any, key: str, address: str, words: str
) -> None:
    shown = one(model, key)
    later = timezone.now() + timedelta(hours=1)
    model.objects.filter(pk=shown.pk).update(release_at=later)
    model.objects.filter(pk=shown.pk).update(state=State.REMOVED)
    assert client.get(address.format(uid=shown.uid)).status_code == 404
