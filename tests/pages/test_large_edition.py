"""An edition of 155 places and hundreds of findings: each of its pages asks the database no more than six times."""

from __future__ import annotations

import re
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django.test import Client

from reports.importing.files import open_handed
from reports.iso_codes import ISO_CODES
from reports.models import Finding
from reports.report_file.writing import write_report
from tests.importing.making import bundle
from tests.pages.reading import get
from tests.reports.large_edition import large_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def _large() -> None:
    write_report(open_handed(bundle(large_edition(155, 300))).report)


@pytest.mark.usefixtures("_large")
def test_no_page_of_a_large_edition_takes_more_than_six_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    finding = Finding.objects.get(key="finding-7")
    place = finding.finding_places.first()
    assert place is not None
    pages = [
        "",
        "themes/",
        "themes/large-en-3/",
        "places/",
        "map/",
        f"places/{place.place.code}/",
        "campaigns/",
        "data/",
    ]
    for path in [*pages, f"findings/{finding.uid}/"]:
        with django_assert_max_num_queries(6):
            response, _, _ = get(client, f"/en/{path}")
        assert len(brotli.compress(response.content, quality=5)) < 30_000, path  # styles and scripts have 15 kB


@pytest.fixture
def _two_places() -> None:
    """2,000 findings that all concern the same two places: a theme has some 360 of them, a place all."""
    write_report(open_handed(bundle(large_edition(2, 2000))).report)


@pytest.mark.usefixtures("_two_places")
def test_2000_findings_come_in_parts_that_lead_on(client: Client, django_assert_max_num_queries: Any) -> None:
    place = sorted(ISO_CODES)[0]
    for path, total in ((f"places/{place}/", 2000), ("themes/large-en-3/", theme_findings("large-en-3"))):
        last = -(-total // 100)
        seen: set[str] = set()
        for number in (1, 2, last):
            address = f"/en/{path}" + (f"?page={number}" if number > 1 else "")
            with django_assert_max_num_queries(6):
                _, html, _ = get(client, address)
            assert len(brotli.compress(html.encode(), quality=5)) < 30_000, address
            found = set(re.findall(r"Finding (\d+) \(en\)", html))
            assert len(found) == min(100, total - 100 * (number - 1))
            assert not found & seen
            seen |= found
            assert ('rel="prev"' in html, 'rel="next"' in html) == (number > 1, number < last)
            assert f'<link rel="canonical" href="http://127.0.0.1:8000{address}">' in html
            assert f"Findings {number * 100 - 99} to {min(number * 100, total)} of {total}" in html
            assert f'hreflang="fr" href="http://127.0.0.1:8000/fr/{path.replace("-en-", "-fr-")}' in " ".join(
                html.split()
            )
        for wrong in ("abc", "0", "-2", str(last + 1), "999", "1000", "٢", "9" * 30):
            _, html, _ = get(client, f"/en/{path}?page={wrong}", 400)
            assert f'href="/en/{path}"' in html
    _first_and_second_part_of_a_theme(client)


def _first_and_second_part_of_a_theme(client: Client) -> None:
    """The first names the places of all parts; the second goes on counting, and does not repeat it."""
    _, html, _ = get(client, "/en/themes/large-en-3/")
    assert html.count("Places named here") == 1
    _, html, outline = get(client, "/en/themes/large-en-3/?page=2")
    assert "Places named here" not in html
    assert 'data-number="101"' in html
    assert re.search(r"<title>\s*Theme 3 \(en\), page 2\s", html)
    assert outline.titles("h1") == ["Theme 3 (en)"]


def theme_findings(slug: str) -> int:
    return Finding.objects.filter(finding_themes__theme__texts__slug=slug).count()
