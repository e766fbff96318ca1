"""Nobody but the owner of a mailbox sees a name or an address: no page, no header, no log."""

from __future__ import annotations

import logging
import re

import pytest

from campaigns.petitions.petitions import Petition
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signatures import Signature
from tests.petitions_pages.cast import CHECK_MAIL, PAGE, SIGN, confirm_url, typed
from tests.petitions_pages.visitor import Reply, Visitor

MARKER = re.compile(r"qzmarker|10\.9\.8\.7", re.IGNORECASE)
PUBLIC = [
    PAGE,
    CHECK_MAIL,
    f"{PAGE}count.json",
    "/en/petitions/",
    "/en/",
    "/ar/petitions/water/",
    "/en/petitions/none/",
]


def test_after_a_hundred_signings_no_marker_is_found_anywhere(
    visitor: Visitor, petition: Petition, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.headers = {"x_forwarded_for": "10.9.8.7", "user_agent": "qzmarker"}
    people = [typed(petition, name=f"Qzmarker {n}", email=f"qzmarker{n}@example.org") for n in range(100)]
    seen: list[Reply] = []
    with caplog.at_level(logging.DEBUG):
        seen += [visitor.post(SIGN, person) for person in people]
        seen += [visitor.post(SIGN, person, sec_fetch_site="cross-site") for person in people[:5]]
        seen += [visitor.post("/en/petitions/none/sign/", person) for person in people[:5]]
        tokens = [confirm_url(row) for row in Signature.objects.order_by("pk")]
        seen += [visitor.get(token) for token in tokens[:10]]
        for token in tokens[:50]:
            visitor.post(token)
        sequence(petition.pk)
        seen += [visitor.get(path) for path in PUBLIC]
        petition.pause()
        seen += [visitor.post(SIGN, people[0]), visitor.get(PAGE)]
    assert Signature.objects.count() == 100
    assert [reply.everything for reply in seen if MARKER.search(reply.everything.decode(errors="replace"))] == []
    assert not MARKER.search(caplog.text)
    assert not any(token.strip("/").rpartition("/")[2] in caplog.text for token in tokens)


def test_who_is_refused_sees_only_the_own_words(visitor: Visitor, petition: Petition) -> None:
    visitor.post(SIGN, typed(petition, name="Qzmarker", email="qzmarker@example.org"))
    reply = visitor.post(SIGN, typed(petition, name="", email="bea@example.org"))
    assert reply.status == 422
    assert not MARKER.search(reply.text)
    assert reply["Cache-Control"] == "no-store"
