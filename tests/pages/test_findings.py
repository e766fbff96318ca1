"""A finding by itself: its address for citing, its wordings, its citations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from reports.editorial.publishing import State
from reports.models import Finding, FindingText
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()
    Finding.objects.filter(key="veto").update(uid="0123456789")


UID = "0123456789"
PAGE = f"/en/findings/{UID}/"


def test_the_page_holds_what_a_reader_needs_to_check_it(client: Client) -> None:
    _, html, outline = get(client, PAGE)
    in_order(
        html,
        "A veto stopped the clean-up.</h1>",
        "One vote was enough.",
        "Gaza, Palestine",
        "page 12",
        "Clean the river",
    )
    in_order(html, f"http://127.0.0.1:8000/f/{UID}/", f"http://127.0.0.1:8000/f/{UID}/v1/")
    assert outline.titles() == ["What it stands on", "What we ask because of it", "Cite this finding"]
    assert "Oct" in html


def test_what_is_alleged_shows_the_reply(client: Client) -> None:
    finding = Finding.objects.get(key="oil")
    _, html, _ = get(client, f"/en/findings/{finding.uid}/")
    in_order(html, "Reply of the accused side:", "The company did not answer.")


def test_the_address_for_citing_leads_to_the_language_of_the_reader(client: Client) -> None:
    response = client.get(f"/f/{UID}/", headers={"accept-language": "fr-BE, en;q=0.5"})
    assert (response.status_code, response.headers["Location"]) == (302, f"/fr/findings/{UID}/")
    assert "Accept-Language" in response.headers["Vary"]
    assert not response.cookies
    response = client.get(f"/f/{UID}/v1/", headers={"accept-language": "ar"})
    assert response.headers["Location"] == f"/ar/findings/{UID}/v1/"


@pytest.mark.parametrize("written", ["OI23456789", "o123456789", "0l23456789", "01234-56789"])
def test_a_number_that_was_read_out_leads_to_its_spelling(client: Client, written: str) -> None:
    for path in (f"/f/{written}/", f"/f/{written}/v1/", f"/en/findings/{written}/", f"/en/findings/{written}/v1/"):
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (301, path.replace(written, UID))


@pytest.mark.parametrize("uid", ["9999999999", "short", "0123456789012345", "u123456789"])
def test_an_unknown_number_is_told(client: Client, uid: str) -> None:
    assert client.get(f"/f/{uid}/").status_code == 404
    _, html, _ = get(client, f"/en/findings/{uid}/", 404)
    assert "ten letters and digits" in html


def test_earlier_wordings_stay_as_they_were(client: Client) -> None:
    english = FindingText.objects.filter(finding__uid=UID, lang="en")
    english.update(statement="A veto stopped it.")
    FindingText.objects.filter(finding__uid=UID, lang="fr").update(statement="Un veto a tout empêché.")
    english.update(statement="One veto stopped it.")
    expected = {
        1: "A veto stopped the clean-up.",
        2: "A veto stopped it.",
        3: "A veto stopped it.",
        4: "One veto stopped it.",
    }
    for version, statement in expected.items():
        _, html, _ = get(client, f"/en/findings/{UID}/v{version}/")
        assert f"{statement}</h1>" in html
        assert ("kept as it was" in html) == (version < 4)
    for version, statement in {1: "Un veto a empêché le nettoyage.", 3: "Un veto a tout empêché."}.items():
        assert f"{statement}</h1>" in get(client, f"/fr/findings/{UID}/v{version}/")[1]
    _, html, _ = get(client, PAGE)
    in_order(
        html,
        "One veto stopped it.</h1>",
        "/v4/",
        "Earlier wordings",
        "Version 1 was replaced",
        "Version 3 was replaced",
    )
    for version in (0, 5, 10**12):
        get(client, f"/en/findings/{UID}/v{version}/", 404)


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [
        ("txt", "text/plain; charset=utf-8"),
        ("bib", "application/x-bibtex; charset=utf-8"),
        ("ris", "application/x-research-info-systems; charset=utf-8"),
        ("json", "application/vnd.citationstyles.csl+json; charset=utf-8"),
    ],
)
def test_every_form_of_citation_can_be_kept_as_a_file(client: Client, ending: str, media_type: str) -> None:
    _, html, _ = get(client, PAGE)
    address = f"/en/findings/{UID}/v1/cite.{ending}"
    assert f'href="{address}"' in html
    response = client.get(address)
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="finding-{UID}-v1.{ending}"'
    text = response.content.decode()
    assert f"/f/{UID}/v1/" in text
    assert "page 12" in text
    assert client.get(address.replace("/v1/", "/v2/")).status_code == 404


def test_a_citation_is_in_the_language_of_its_page(client: Client) -> None:
    (item,) = json.loads(client.get(f"/fr/findings/{UID}/v1/cite.json").content)
    assert (item["language"], item["title"]) == ("fr", "Un veto a empêché le nettoyage.")
    (item,) = json.loads(client.get(f"/nl/findings/{UID}/v1/cite.json").content)
    assert item["language"] == "en"


def test_an_unknown_form_of_citation_is_not_there(client: Client) -> None:
    assert client.get(f"/en/findings/{UID}/v1/cite.exe").status_code == 404


def test_a_retracted_finding_is_still_there_with_a_notice(client: Client) -> None:
    Finding.objects.filter(uid=UID).update(state=State.RETRACTED)
    assert client.get(f"/f/{UID}/").status_code == 302
    _, html, _ = get(client, PAGE)
    in_order(html, "noindex", "Retracted", "A veto stopped the clean-up.</h1>")
    assert "A veto stopped" not in get(client, "/en/themes/fouled-rivers/")[1]
    assert "A veto stopped" not in get(client, "/en/places/PS/")[1]


def test_a_removed_finding_says_so_without_its_words(client: Client) -> None:
    Finding.objects.filter(uid=UID).update(state=State.REMOVED)
    assert client.get(f"/f/{UID}/").status_code == 410
    _, html, _ = get(client, PAGE, 410)
    assert "veto" not in html


def test_a_language_without_a_text_shows_the_original(client: Client) -> None:
    _, html, outline = get(client, f"/ar/findings/{UID}/")
    assert outline.language_of("A veto stopped the clean-up.") == ("en", "ltr")
    assert 'class="notice"' in html


def test_the_page_asks_the_database_twice(client: Client, django_assert_num_queries: Any) -> None:
    # 1 finding with edition, themes, places, sources, earlier wordings; 2 demands
    with django_assert_num_queries(2):
        get(client, PAGE)
