"""An edition as a zip: whole without the site, checkable, and never with what the public may not read any more."""

from __future__ import annotations

import hashlib
import io
import json
import posixpath
import re
import zipfile
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from campaigns.pages.edition_archives import pack_edition, pack_what_changed
from reports.edition_fingerprint import fingerprint
from reports.editorial.publishing import State
from reports.models import Finding, FindingText, PlaceName, ReportEdition, ThemeInEdition
from tests.reports.making import end_embargo, load_rivers, make_edition

pytestmark = pytest.mark.django_db
ZIP, DAY = "/data/watch-2024.zip", date(2026, 5, 1)
KEY = "watch-2024"


@pytest.fixture(autouse=True)
def _rivers(tmp_path: Path, settings: Settings) -> None:
    settings.ARCHIVES = tmp_path / "archives"
    load_rivers()


@pytest.fixture
def files(client: Client) -> dict[str, bytes]:
    """The files of the packed edition, as a reader gets them."""
    pack_edition(KEY, DAY)
    return unpacked(client)


def fetched(client: Client, status: int = 200) -> bytes:
    response = client.get(ZIP)
    assert response.status_code == status
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def unpacked(client: Client) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(fetched(client)))
    return {name.removeprefix(f"{KEY}/"): archive.read(name) for name in archive.namelist()}


class Links(HTMLParser):
    """What a page loads, where its links lead, and its ids."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.ids: set[str] = set()
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids.add(given.get("id", ""))
        if tag == "a":
            self.leads.append(given["href"])
        else:
            self.loads += [
                given[name] for name in ("href", "src", "srcset", "action", "data", "poster") if name in given
            ]
        assert tag not in {"script", "iframe", "form", "style"}
        assert "style" not in given


def pages(files: dict[str, bytes]) -> dict[str, Links]:
    return {name: Links(content) for name, content in files.items() if name.endswith(".html")}


def test_every_file_is_in_the_list_of_hashes_and_is_what_it_says(files: dict[str, bytes]) -> None:
    lines = files.pop("SHA256SUMS").decode().splitlines()
    assert {name: digest for digest, name in (line.split("  ", 1) for line in lines)} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }


def test_every_link_between_pages_leads_to_a_file_and_a_place_in_it(files: dict[str, bytes]) -> None:
    read = pages(files)
    followed = 0
    for name, page in read.items():
        for link in page.leads:
            if re.match("https?:", link):
                continue
            path, _, anchor = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert target in files, (name, link)
            assert not anchor or anchor in read[target].ids, (name, link)
            followed += 1
    assert followed > 100


def test_nothing_is_loaded_from_any_host(files: dict[str, bytes]) -> None:
    for name, page in pages(files).items():
        for loaded in page.loads:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), loaded))
            assert loaded == "data:," or target in files, (name, loaded)
    for name, content in files.items():
        if name.endswith(".css"):
            for url in re.findall(rb"url\(\s*[\"']?([^\"')]{1,5})", content):
                assert url == b"data:", name
            assert b"@import" not in content


def test_each_language_has_a_page_for_each_theme_finding_and_place(files: dict[str, bytes]) -> None:
    uids = set(Finding.objects.values_list("uid", flat=True))
    for lang in ("en", "fr"):
        assert {f"{lang}/findings/{uid}.html" for uid in uids} < set(files)
        assert {f"{lang}/themes/fouled-rivers.html", f"{lang}/places/PS.html", f"{lang}/index.html"} < set(files)
    veto = files[f"en/findings/{Finding.objects.get(key='veto').uid}.html"].decode()
    assert "A veto stopped" in veto
    assert "saved on 1 May 2026" in veto
    assert 'href="../themes/' in veto
    assert "A veto stopped" in files["en/places/US.html"].decode()
    assert '<html lang="fr" dir="ltr">' in files["fr/index.html"].decode()


def test_the_data_are_those_of_the_site_and_the_package_stands_beside_them(
    client: Client, files: dict[str, bytes]
) -> None:
    served = b"".join(client.get("/data/watch-2024.json").streaming_content)  # type: ignore[attr-defined]
    assert files["data/watch-2024.json"] == served
    for resource in json.loads(files["data/datapackage.json"])["resources"]:
        content = files[f"data/{resource['path']}"]
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_the_same_state_packs_to_the_same_bytes() -> None:
    first = pack_edition(KEY, DAY).read_bytes()
    assert pack_edition(KEY, DAY).read_bytes() == first


def test_a_retraction_is_in_no_zip_from_that_moment_on(client: Client, files: dict[str, bytes]) -> None:
    veto = Finding.objects.get(key="veto")
    veto.move_to(State.RETRACTED)
    assert b"packed" in fetched(client, 503)
    assert client.get(ZIP).headers["Retry-After"]
    assert pack_what_changed() == [KEY]
    for name, content in unpacked(client).items():
        assert veto.uid not in name
        assert b"A veto stopped" not in content, name


def test_a_zip_that_is_packed_anew_in_this_moment_is_asked_for_again(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("campaigns.pages.data.ready", lambda _edition: tmp_path / "taken-away.zip")
    fetched(client, 503)


def test_what_was_packed_is_served_until_something_changes(client: Client) -> None:
    assert pack_what_changed() == [KEY]
    assert pack_what_changed() == []
    fetched(client)
    FindingText.objects.filter(finding__key="veto", lang="fr").update(explanation="Nouveau.")
    fetched(client, 503)


@pytest.mark.parametrize("state", [State.DRAFT, State.APPROVED, State.REMOVED])
def test_an_edition_that_is_not_public_has_no_zip(client: Client, files: dict[str, bytes], state: State) -> None:
    ReportEdition.objects.update(state=state)
    assert KEY not in fetched(client, 404).decode()
    with pytest.raises(CommandError, match="No edition with the key watch-2024 is public"):
        call_command("archive_edition", KEY)


def test_an_embargoed_edition_has_no_zip_and_an_older_one_is_thrown_away(
    client: Client, files: dict[str, bytes], settings: Settings
) -> None:
    ReportEdition.objects.update(release_at=timezone.now() + timedelta(hours=1))
    fetched(client, 404)
    assert pack_what_changed() == []
    assert list(settings.ARCHIVES.iterdir()) == []


def test_an_embargoed_finding_comes_in_when_its_time_has_come(client: Client) -> None:
    Finding.objects.filter(key="veto").update(release_at=timezone.now() + timedelta(hours=1))
    pack_what_changed()
    assert not any(b"A veto stopped" in content for content in unpacked(client).values())
    found = Finding.objects.filter(key="veto")
    end_embargo(found.get())
    fetched(client, 503)


def test_a_change_anywhere_in_the_edition_changes_its_fingerprint() -> None:
    edition = ReportEdition.objects.get(key=KEY)
    seen = {fingerprint(edition)}
    for rows in (
        FindingText.objects.filter(finding__key="veto", lang="en"),
        ThemeInEdition.objects.filter(theme__key="fouled-rivers"),
        PlaceName.objects.filter(place__code="PS", lang="fr"),
    ):
        row = rows.first()
        assert row is not None
        row.save()
        seen.add(fingerprint(edition))
    FindingText.objects.filter(finding__key="veto", lang="fr").delete()
    seen.add(fingerprint(edition))
    assert len(seen) == 5


def test_another_edition_changes_nothing_of_this_one() -> None:
    edition, other = ReportEdition.objects.get(key=KEY), make_edition("past")
    before = fingerprint(edition)
    other.save()
    assert fingerprint(edition) == before


PACKING = "It is being packed. Look again in a quarter of an hour."


def test_the_page_of_data_leads_to_the_zip_while_it_is_there(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    def shown(packed: bool) -> None:
        with django_assert_max_num_queries(4):  # 1 editions; 2 themes; 3 places; 4 in which state the editions are
            html = client.get("/en/data/").content.decode()
        assert (f'href="{ZIP}"' in html) is packed
        assert html.count(PACKING) == (0 if packed else 1)
        assert b"packed" in fetched(client, 503) if not packed else fetched(client)

    shown(packed=False)
    make_edition("past")
    pack_what_changed()
    shown(packed=True)
    FindingText.objects.filter(finding__key="veto", lang="fr").update(explanation="Nouveau.")
    shown(packed=False)  # the other edition's is what it was


def test_a_page_of_what_was_taken_back_offers_no_zip(client: Client, files: dict[str, bytes]) -> None:
    ReportEdition.objects.update(state=State.RETRACTED)
    for path in ("/en/themes/fouled-rivers/", "/en/editions/watch-2024/"):
        html = client.get(path).content.decode()
        assert ZIP not in html, path
        assert PACKING not in html, path
    fetched(client, 404)


@pytest.mark.parametrize("path", ["/en/themes/fouled-rivers/", "/en/editions/watch-2024/"])
def test_no_page_leads_to_a_zip_that_was_never_packed(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    assert ZIP not in html
    assert PACKING in html
    pack_edition(KEY, DAY)
    html = client.get(path).content.decode()
    assert f'href="{ZIP}"' in html
    assert PACKING not in html


def test_the_command_says_where_the_zip_lies(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("archive_edition", KEY)
    assert KEY in capsys.readouterr().out
    assert fetched(client).startswith(b"PK")
