"""What programs read: feeds, what a page is about, and what search engines may find."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from campaigns.models import Campaign
from campaigns.pages import feeds, sitemap
from campaigns.pages.templatetags.structured_data import escaped
from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.updates import PetitionUpdate, PetitionUpdateText
from reports.editorial.corrections import Change, Correction, CorrectionKind, record_correction
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import Finding, FindingText, ThemeInEdition, ThemeText
from tests.reports.making import load_rivers, make_petition

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def edition_feed() -> str:
    return f"/en/editions/{Finding.objects.get(key='veto').edition.key}/feed.atom"


def feed(client: Client, path: str) -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def titles(root: ElementTree.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") or "" for entry in root.findall(f"{ATOM}entry")]


def links(root: ElementTree.Element, rel: str) -> list[str]:
    return [link.attrib["href"] for link in root.findall(f"{ATOM}link") if link.get("rel") == rel]


def updated(root: ElementTree.Element, title: str) -> str:
    found = next(entry for entry in root.findall(f"{ATOM}entry") if entry.findtext(f"{ATOM}title") == title)
    return found.findtext(f"{ATOM}updated") or ""


def every_feed() -> list[str]:
    return [
        "/en/themes/fouled-rivers/feed.atom",
        "/en/places/PS/feed.atom",
        "/en/campaigns/clean-rivers/feed.atom",
        edition_feed(),
    ]


def test_each_feed_says_what_it_is_and_where_its_other_languages_are(client: Client) -> None:
    make_petition(Campaign.objects.get())
    identities = set()
    for path in every_feed():
        root = feed(client, path)
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
        assert links(root, "self") == [settings.ORIGIN + path]
        assert len(links(root, "alternate")) == 1 + 4
        ids = [entry.findtext(f"{ATOM}id") or "" for entry in root.findall(f"{ATOM}entry")]
        assert ids
        assert len(set(ids)) == len(ids)
        assert all(one.startswith("tag:") for one in ids)
        identities.add(root.findtext(f"{ATOM}id"))
        for url in links(root, "alternate")[1:]:
            assert client.get(url.removeprefix(settings.ORIGIN)).status_code == 200
    assert len(identities) == 4


def test_pages_lead_to_their_feed(client: Client) -> None:
    pages = ["/en/themes/fouled-rivers/", "/en/places/PS/", "/en/campaigns/clean-rivers/", "/en/themes/"]
    for page, path in zip(pages, every_feed(), strict=True):
        html = client.get(page).content.decode()
        assert re.search(rf'type="application/atom\+xml"\s+title="[^"]+"\s+href="{path}"', html), page


def test_the_feed_of_a_campaign_tells_the_news_of_its_petitions(client: Client) -> None:
    petition = make_petition(Campaign.objects.get())
    update = PetitionUpdate.objects.create(petition=petition, position=0, on=date(2026, 3, 1))
    text = {"title": "The city answered", "text": "It will look at it.", "state": TextState.PUBLISHED}
    PetitionUpdateText.objects.create(update=update, lang="en", **text)
    found = titles(feed(client, "/en/campaigns/clean-rivers/feed.atom"))
    assert {"The city answered", "Sign for the river", "Publish what is in it: kept"} <= set(found)
    Petition.objects.update(state=State.DRAFT)
    assert not {"The city answered", "Sign for the river"} & set(titles(feed(client, every_feed()[2])))


@pytest.mark.parametrize("safe", [False, True])
def test_no_feed_tells_of_a_petition_in_safe_mode(client: Client, safe: bool) -> None:
    """What a reader's program was told stays on its disk: the title beside the address that was to say nothing."""
    quiet = {"safe_mode": True, "linger": Linger.SAFE} if safe else {}
    petition = make_petition(Campaign.objects.get(), "k7m2", **quiet)
    update = PetitionUpdate.objects.create(petition=petition, on=date(2026, 3, 1), position=1)
    PetitionUpdateText.objects.create(update=update, lang="en", title="Zqnews", text="x", state=TextState.PUBLISHED)
    for word in (str(petition.uuid), "Zqnews", "k7m2"):
        told = [path for path in every_feed() if word in client.get(path).content.decode()]
        assert bool(told) != safe, word


@pytest.mark.parametrize("safe", [False, True])
def test_the_feed_of_corrections_tells_none_of_a_petition_in_safe_mode(client: Client, safe: bool) -> None:
    quiet = {"safe_mode": True, "linger": Linger.SAFE} if safe else {}
    petition = make_petition(Campaign.objects.get(), "k7m2", **quiet)
    told = Change(CorrectionKind.CORRECTION, "Zqreason")
    record_correction(petition, "en", told, "Zqwas", "Zqnow")
    found = client.get("/feeds/corrections.atom").content.decode()
    for word in ("Zqreason", "Zqwas", "k7m2"):
        assert (word in found) != safe, word
    assert "Zqreason" in client.get("/en/corrections/").content.decode()


def test_only_a_correction_makes_an_entry_new(client: Client) -> None:
    before = updated(feed(client, edition_feed()), "A veto stopped the clean-up.")
    veto = Finding.objects.get(key="veto")
    FindingText.objects.filter(finding=veto, lang="en").update(statement="A veto has stopped it.")
    assert updated(feed(client, edition_feed()), "A veto has stopped it.") == before
    Correction.objects.create(
        object_type="reports.finding", object_id=veto.pk, lang="en", kind=CorrectionKind.CORRECTION,
        was="A veto stopped the clean-up.", now="A veto has stopped it.", reason="It was said wrongly.",
    )  # fmt: skip
    assert updated(feed(client, edition_feed()), "A veto has stopped it.") > before


@pytest.mark.parametrize("page", ["abc", "0", "-1", "1.5", "99999", "١", "1%00"])
def test_a_page_that_is_no_number_is_told(client: Client, page: str) -> None:
    for path in every_feed():
        assert client.get(f"{path}?page={page}").status_code == 400, path


def test_a_long_feed_comes_in_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "PER_PAGE", 1)
    path, seen = edition_feed(), []
    while path:
        root = feed(client, path)
        seen += titles(root)
        following = links(root, "next")
        path = following[0].removeprefix(settings.ORIGIN) if following else ""
    assert len(seen) == len(set(seen)) == Finding.objects.visible().count()
    assert client.get(f"{edition_feed()}?page=99").status_code == 404
    assert links(root, "previous")
    assert links(root, "first") == [settings.ORIGIN + edition_feed()]


# --- What a page is about


def things(html: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return [json.loads(one) for one in found]


def test_a_theme_is_a_part_of_a_numbered_report_with_its_sources(client: Client) -> None:
    report, way_back = things(client.get("/en/themes/fouled-rivers/").content.decode())
    assert (report["@type"], report["inLanguage"]) == ("Report", "en")
    assert report["isPartOf"]["@type"] == "Report"
    assert report["reportNumber"] == report["isPartOf"]["reportNumber"]
    assert report["citation"]
    assert report["license"].startswith("https://")
    assert [step["position"] for step in way_back["itemListElement"]] == [1, 2, 3]  # themes, the edition, this one


def test_a_finding_tells_its_corrections(client: Client) -> None:
    veto = Finding.objects.get(key="veto")
    Correction.objects.create(
        object_type="reports.finding", object_id=veto.pk, lang="en", kind=CorrectionKind.CORRECTION,
        was="No veto.", now="A veto stopped the clean-up.", reason="It was said wrongly.",
    )  # fmt: skip
    report = things(client.get(f"/en/findings/{veto.uid}/").content.decode())[0]
    assert report["url"].endswith(f"/f/{veto.uid}/")
    assert report["correction"][0]["@type"] == "CorrectionComment"
    assert "It was said wrongly." in report["correction"][0]["text"]


def test_open_data_is_a_data_set_with_its_files(client: Client) -> None:
    found = things(client.get("/en/data/").content.decode())
    assert found[0]["@type"] == "Dataset"
    for file in found[0]["distribution"]:
        assert client.get(file["contentUrl"].removeprefix(settings.ORIGIN)).status_code == 200


def test_no_title_can_end_the_block(client: Client) -> None:
    evil = '</script><script>alert("1")</script> & <!-- \u2028'
    ThemeText.objects.filter(lang="en", slug="fouled-rivers").update(title=evil)
    html = client.get("/en/themes/fouled-rivers/").content.decode()
    assert "<script>alert" not in html
    assert things(html)[0]["name"] == evil
    assert not set("<>&\u2028") & set(escaped({"a": evil}))


def test_no_page_claims_to_check_the_claims_of_others(client: Client) -> None:
    for path in ("/en/", "/en/themes/fouled-rivers/", "/en/places/PS/", "/en/campaigns/clean-rivers/", "/en/data/"):
        html = client.get(path).content.decode()
        assert "ClaimReview" not in html
        assert all(one["@context"] == "https://schema.org" for one in things(html))


# --- What search engines may find


def located(client: Client) -> dict[str, dict[str, str]]:
    """Every address in the parts of the index, with the addresses of its languages."""
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    found = {}
    for part in index.iter(f"{MAP}loc"):
        response = client.get((part.text or "").removeprefix(settings.ORIGIN))
        assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
        for url in ElementTree.fromstring(response.content).iter(f"{MAP}url"):
            others = {link.attrib["hreflang"]: link.attrib["href"] for link in url.iter(f"{XHTML}link")}
            found[url.findtext(f"{MAP}loc") or ""] = others
    return found


def test_every_address_in_the_map_answers_and_names_its_languages(client: Client) -> None:
    make_petition(Campaign.objects.get())
    found = located(client)
    for url, others in found.items():
        response = client.get(url.removeprefix(settings.ORIGIN))
        assert response.status_code == 200, url
        assert url in others.values()
        assert all(found[other] == others for other in others.values())
        canonical = re.search(r'rel="canonical" href="([^"]+)"', response.content.decode())
        assert canonical is not None
        assert canonical[1] == url
    theme = found[f"{settings.ORIGIN}/en/themes/fouled-rivers/"]
    published = ThemeText.objects.filter(theme__texts__slug="fouled-rivers", state=TextState.PUBLISHED)
    assert set(theme) == set(published.values_list("lang", flat=True))


def test_what_is_not_public_or_no_longer_holds_is_not_on_the_map(client: Client) -> None:
    petition = make_petition(Campaign.objects.get())
    veto = Finding.objects.get(key="veto")
    paths = [f"/en/findings/{veto.uid}/", "/en/themes/fouled-rivers/", "/en/petitions/clean-rivers-petition/"]
    assert {settings.ORIGIN + path for path in paths} <= set(located(client))
    Finding.objects.filter(pk=veto.pk).update(state=State.RETRACTED)
    ThemeInEdition.objects.filter(texts__slug="fouled-rivers").update(state=State.DRAFT)
    Petition.objects.filter(pk=petition.pk).update(state=State.REMOVED)
    assert not {settings.ORIGIN + path for path in paths} & set(located(client))


def test_many_findings_stand_in_parts(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = set(located(client))
    monkeypatch.setattr(sitemap, "PER_PART", 1)
    assert set(located(client)) == whole
    for path in ("findings-99", "findings-0", "nothing-1", "lists-2", f"findings-{10**15}"):
        assert client.get(f"/sitemaps/{path}.xml").status_code == 404


def test_robots_are_forbidden_nothing_and_shown_no_private_path(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert text == f"User-agent: *\nDisallow:\n\nSitemap: {settings.ORIGIN}/sitemap.xml\n"
