"""An edition of 155 places and hundreds of findings: each of its pages asks the database no more than six times."""

from __future__ import annotations

from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django.test import Client

from reports.importing.files import open_handed
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
