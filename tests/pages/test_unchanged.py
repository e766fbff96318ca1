"""Who has a feed or a file already is told so, and sent nothing; who has an older one is sent the new one."""

from __future__ import annotations

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from pytest_django import Settings

from campaigns.models import Campaign
from campaigns.pages.edition_archives import pack_edition
from config.page_cache import PageCache
from reports.editorial.corrections import Correction, CorrectionKind
from reports.models import Finding, FindingText
from tests.config.page_cache.site import Reply, Visitor, connections_left_open
from tests.reports.making import load_rivers, make_petition

pytestmark = pytest.mark.django_db

FILES = [
    *("/data/watch-2024.json", "/data/watch-2024.csv", "/data/watch-2024/datapackage.json"),
    *("/data/watch-2024/places/PS.csv", "/data/watch-2024/themes/fouled-rivers.json", "/data/watch-2024.zip"),
]
FEEDS = [
    *("/en/themes/fouled-rivers/feed.atom", "/en/places/PS/feed.atom", "/en/campaigns/clean-rivers/feed.atom"),
    *("/en/editions/watch-2024/feed.atom", "/feeds/corrections.atom"),
]


@pytest.fixture(autouse=True)
def _rivers(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.ARCHIVES = tmp_path_factory.mktemp("archives")
    load_rivers()


def pack() -> None:
    pack_edition("watch-2024", Finding.objects.get(key="veto").edition.released_on)


def correct() -> None:
    """Say a finding otherwise, for more than a slip of the pen."""
    veto = Finding.objects.get(key="veto")
    FindingText.objects.filter(finding=veto, lang="en").update(statement="One veto stopped the clean-up.")
    Correction.objects.create(
        object_type="reports.finding", object_id=veto.pk, lang="en", kind=CorrectionKind.CORRECTION,
        was="A veto stopped the clean-up.", now="One veto stopped the clean-up.", reason="It was one.",
    )  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_has_not_changed_is_not_sent_again(client: Client, path: str) -> None:
    pack()
    first = client.get(path)
    assert first.status_code == 200
    known = {"If-None-Match": f'"something else", {first.headers["ETag"]}'}
    again = client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Link", "Access-Control-Allow-Origin"):
        assert again.headers[name] == first.headers[name]
    correct()
    pack()
    changed = client.get(path, headers=known)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("path", ["/data/none.json", "/data/watch-2024.xlsx", "/data/watch-2024/places/ZZ.csv"])
def test_what_is_not_there_has_not_stayed_the_same(client: Client, path: str) -> None:
    known = client.get(FILES[0]).headers["ETag"]
    response = client.get(path, headers={"If-None-Match": known})
    assert response.status_code in (404, 406)
    assert "ETag" not in response.headers


def ask(path: str, etag: str = "") -> Reply:
    """What a process that has kept no page yet answers."""
    visitor = Visitor(PageCache(WSGIHandler(), hosts=["testserver"]))
    with connections_left_open():
        return visitor.get(path, {"HTTP_IF_NONE_MATCH": etag or None})


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_that_has_not_changed_is_not_sent_again(path: str) -> None:
    make_petition(Campaign.objects.get())
    first = ask(path)
    assert first.code == 200
    again = ask(path, first.headers["ETag"])
    assert (again.code, again.body) == (304, b"")
    correct()
    changed = ask(path, first.headers["ETag"])
    told = path != "/en/campaigns/clean-rivers/feed.atom"  # the campaign did not correct anything
    assert changed.code == (200 if told else 304)
    assert (changed.headers["ETag"] != first.headers["ETag"]) == told
