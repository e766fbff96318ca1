"""Open data: what the public may read, for any program, and never anything about a person who signed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from reports.editorial.publishing import State
from reports.importing.applying import check
from reports.importing.files import Handed
from reports.models import FindingText, ReportEdition
from reports.open_data import COLUMNS
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers

pytestmark = pytest.mark.django_db
JSON, CSV = "/data/watch-2024.json", "/data/watch-2024.csv"


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def content(client: Client, path: str, status: int = 200) -> bytes:
    response = client.get(path)
    assert response.status_code == status, path
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def table(client: Client, path: str = CSV) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(client, path).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("path", [JSON, CSV, "/data/watch-2024/datapackage.json", "/data/watch-2024/places/PS.csv"])
def test_a_file_is_for_every_site_and_carries_its_licence(client: Client, path: str) -> None:
    response = client.get(path, headers={"Origin": "https://other.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert "max-age=5" in response.headers["Cache-Control"]
    assert not response.cookies


def test_the_licence_is_a_setting(client: Client, settings: Settings) -> None:
    settings.DATA_LICENCE = "CC0-1.0"
    assert "publicdomain/zero" in client.get(JSON).headers["Link"]
    assert json.loads(content(client, JSON))["about"]["licence"] == "CC0-1.0"


def test_the_bundle_can_be_imported_again_without_a_change(client: Client) -> None:
    assert check(Handed("watch-2024.json", content(client, JSON))).total == 0


def test_the_table_has_a_row_for_each_finding(client: Client) -> None:
    rows = {row["key"]: row for row in table(client)}
    assert set(rows) == set(ReportEdition.objects.get().findings.values_list("key", flat=True))
    assert rows["veto"]["statement_en"].startswith("A veto stopped")
    assert "US actor" in rows["veto"]["places"]
    assert rows["veto"]["address"].startswith("http://")


def test_a_cell_that_a_spreadsheet_would_run_is_text(client: Client) -> None:
    for start in "=+-@\t\r":
        FindingText.objects.filter(finding__key="veto", lang="en").update(statement=f"{start}1+1", explanation="")
        (row,) = [row for row in table(client) if row["key"] == "veto"]
        assert row["statement_en"] == f"'{start}1+1"


def test_parts_hold_only_what_is_asked_for(client: Client) -> None:
    whole = {row["key"] for row in table(client)}
    theme = {row["key"] for row in table(client, "/data/watch-2024/themes/silenced-anglers.csv")}
    place = {finding["key"] for finding in json.loads(content(client, "/data/watch-2024/places/US.json"))["findings"]}
    assert theme
    assert theme < whole
    assert place == {row["key"] for row in table(client) if "US " in row["places"]}


def test_the_package_names_each_file_by_its_hash(client: Client) -> None:
    package = json.loads(content(client, "/data/watch-2024/datapackage.json"))
    for resource in package["resources"]:
        body = content(client, resource["path"].removeprefix("http://127.0.0.1:8000"))
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        assert resource["bytes"] == len(body)
    (fields,) = [resource["schema"]["fields"] for resource in package["resources"] if "schema" in resource]
    assert [field["name"] for field in fields] == list(COLUMNS)
    assert all(field["description"] for field in fields)
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


@pytest.mark.parametrize("path", ["/data/watch-2024.xlsx", "/data/watch-2024/places/PS.xml"])
def test_another_format_is_answered_with_those_there_are(client: Client, path: str) -> None:
    text = content(client, path, 406).decode()
    in_order(text, "json", "csv", "/data/")


@pytest.mark.parametrize(
    "path", ["/data/none.json", "/data/watch-2024/themes/none.csv", "/data/watch-2024/places/ZZ.json"]
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert "watch-2024" in content(client, path, 404).decode()


@pytest.mark.parametrize("state", [State.DRAFT, State.REMOVED])
def test_an_edition_that_is_not_public_has_no_files(client: Client, state: State) -> None:
    ReportEdition.objects.update(state=state)
    for path in (JSON, CSV, "/data/watch-2024/datapackage.json", "/data/watch-2024/places/PS.csv"):
        assert "watch-2024" not in content(client, path, 404).decode()
    assert "watch-2024" not in get(client, "/en/data/")[1]


def test_no_file_reads_a_table_of_people(client: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        for path in (JSON, CSV, "/data/watch-2024/datapackage.json", "/data/watch-2024/themes/fouled-rivers.json"):
            content(client, path)
    asked = " ".join(query["sql"] for query in captured)
    for word in ("signature", "pledge", "petition", "staff", "user", "audit"):
        assert word not in asked.lower()
    for column in COLUMNS:
        assert not any(word in column for word in ("email", "name", "signed", "signature"))


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for part in value.values() for key in keys_of(part)}
    return {key for part in value for key in keys_of(part)} if isinstance(value, list) else set()


def test_no_field_of_the_bundle_is_about_a_signer(client: Client) -> None:
    assert not {"email", "country", "signatures", "confirmed_at"} & keys_of(json.loads(content(client, JSON)))


def test_the_page_lists_the_files_in_every_language(client: Client) -> None:
    for lang in ("en", "fr", "nl", "es", "ar"):
        _, html, _ = get(client, f"/{lang}/data/")
        in_order(html, JSON, CSV, "/data/watch-2024/datapackage.json", "/data/watch-2024/themes/fouled-rivers.json")
    assert client.get("/data/", headers={"Accept-Language": "fr"}).headers["Location"] == "/fr/data/"
    assert 'href="/en/data/"' in get(client, "/en/themes/fouled-rivers/")[1]


def test_empty_tables_to_fill_in_can_be_fetched(client: Client) -> None:
    assert content(client, "/data/report-tables.zip").startswith(b"PK")
