"""Which posts count as sent by another site."""

from __future__ import annotations

import pytest

from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import Signature
from tests.hosts.conftest import ONION, PUBLIC, At
from tests.petitions_pages.cast import SIGN, typed

OURS, HIDDEN, OTHER = f"https://{PUBLIC}", f"http://{ONION}", "https://evil.example"
TAKEN, REFUSED = 303, 403


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("cross-site", None, REFUSED),
        ("cross-site", OURS, REFUSED),
        ("same-site", None, REFUSED),
        ("same-site", OURS, REFUSED),
        ("Cross-Site", None, REFUSED),
        ("same-origin", None, TAKEN),
        ("same-origin", OTHER, TAKEN),
        ("none", None, TAKEN),
        ("none", OTHER, TAKEN),
        ("something-new", None, TAKEN),
        ("something-new", OTHER, REFUSED),
        (None, OURS, TAKEN),
        (None, HIDDEN, TAKEN),
        (None, "null", TAKEN),
        (None, OTHER, REFUSED),
        (None, f"https://{PUBLIC}.evil.example", REFUSED),
        (None, f"http://{PUBLIC}", REFUSED),
        (None, f"{OURS}:8443", REFUSED),
        ("", OTHER, REFUSED),
        (None, None, TAKEN),
    ],
)
def test_what_a_browser_says_decides(
    at: At, petition: Petition, site: str | None, origin: str | None, status: int
) -> None:
    said = {"sec_fetch_site": site, "origin": origin}
    reply = at(PUBLIC).post(SIGN, typed(petition), **{name: value for name, value in said.items() if value is not None})
    assert reply.status == status
    assert Signature.objects.count() == (1 if status == TAKEN else 0)


@pytest.mark.parametrize("origin", [HIDDEN, OURS, "null", None])
def test_the_onion_service_takes_its_own_forms(at: At, petition: Petition, origin: str | None) -> None:
    headers = {} if origin is None else {"origin": origin}
    assert at(ONION).post(SIGN, typed(petition), **headers).status == TAKEN


def test_links_of_the_onion_service_name_the_sites_first_address(at: At) -> None:
    page = at(ONION).get("/en/petitions/water/")
    assert page.status == 200
    assert f'<link rel="canonical" href="{OURS}/en/petitions/water/">' in page.text
    assert ONION not in page.text
