"""Pages of a petition in safe mode: nothing that names the cause where a glance or a trace would find it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from campaigns.pending_keys import forget_windows
from campaigns.petitions import sign_page
from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signable import forget_petitions
from campaigns.petitions.signatures import Signature, State
from campaigns.petitions.tallies import TOTAL, move
from campaigns.saving import NotSaved
from campaigns.tokens import Purpose
from config.body_gate import BodyGate
from config.page_cache import PageCache
from config.short_way import ShortWay
from tests.petitions.cast import link, make_petition, make_text
from tests.petitions_pages.cast import confirm_url, printed
from tests.petitions_pages.visitor import Reply, Visitor

PAGE = "/en/petitions/k7m2/"
SIGN = f"{PAGE}sign/"


@pytest.fixture(autouse=True)
def no_window_of_another_test() -> Iterator[None]:
    forget_windows()
    yield
    forget_windows()


@pytest.fixture
def safe(db: None) -> Petition:
    petition = make_petition("k7m2", safe_mode=True, linger=Linger.SAFE)
    make_text(petition, "ar", "مياه نظيفة الآن")
    return petition


def sign(visitor: Visitor, petition: Petition, **changes: str) -> Reply:
    data = {"email": "ada@example.org", "country": "BE", "text": printed(petition).sha256, **changes}
    return visitor.post(SIGN, data)


def pages(visitor: Visitor, petition: Petition) -> dict[str, Reply]:
    """Every page that shows the petition, by what one does to get it."""
    found = {
        "petition": visitor.get(PAGE),
        "in Arabic": visitor.get("/ar/petitions/k7m2/"),
        "language switched": visitor.post(PAGE, {"email": "ada@"}),
        "refused": sign(visitor, petition, email="ada"),
        "check mail": visitor.get(f"{PAGE}check-your-mail/"),
    }
    assert sign(visitor, petition).status == 303
    row = Signature.objects.get()
    way_out = f"/en/withdraw/{link(row, Purpose.WITHDRAW)}/"
    found |= {"link": visitor.get(confirm_url(row)), "confirmed": visitor.post(confirm_url(row))}
    found |= {"withdraw": visitor.get(way_out), "withdrawn": visitor.post(way_out)}
    petition.pause()
    forget_petitions()
    found |= {"not open": sign(visitor, petition), "paused": visitor.get(PAGE)}
    petition.close()
    return found | {"closed": visitor.get(PAGE)}


def test_no_page_leaves_a_trace_or_tells_at_a_glance(visitor: Visitor, safe: Petition) -> None:
    for name, reply in pages(visitor, safe).items():
        head = reply.text.partition("</head>")[0]
        assert not re.search("water|Friends|مياه|Upstander", head), name
        assert not re.search("og:|twitter:|description", head), name
        assert reply["Cache-Control"] == "no-store", name
        assert reply["Referrer-Policy"] == "no-referrer", name
        assert "data-quick-exit" in reply.text, name
        assert not re.search(r"<svg|@font-face|wasm|count_live|share-link", reply.text), name


def test_other_petitions_are_shown_as_ever(visitor: Visitor, petition: Petition) -> None:
    reply = visitor.get("/en/petitions/water/")
    assert "<title>Clean water now" in reply.text
    assert "data-quick-exit" not in reply.text
    assert reply["Referrer-Policy"] == "same-origin"


def test_the_way_out_is_a_plain_link_to_where_the_operator_says(
    visitor: Visitor, safe: Petition, settings: Settings
) -> None:
    settings.EXIT_URL = "https://weather.example/"
    found = re.search(r"<a[^>]*data-quick-exit[^>]*>", visitor.get(PAGE).text)
    assert found
    assert 'href="https://weather.example/"' in found[0]
    assert 'rel="noreferrer"' in found[0]


def test_the_form_asks_no_name_and_a_typed_one_is_dropped(visitor: Visitor, safe: Petition) -> None:
    form = visitor.get(PAGE).text
    assert re.findall(r'id="sign_(\w+)"', form) == ["email", "country"]
    assert "No name is asked. One person can sign with a mailbox." in form
    assert "What this cannot hide" in form
    assert sign(visitor, safe, name="Ada Lovelace").status == 303
    visitor.post(confirm_url(Signature.objects.get()))
    assert (Signature.objects.get().state, Signature.objects.get().blob) == (State.CONFIRMED, b"")


def test_confirming_twice_says_the_same_and_the_country_can_be_corrected(visitor: Visitor, safe: Petition) -> None:
    sign(visitor, safe)
    row = Signature.objects.get()
    first, second = visitor.post(confirm_url(row)), visitor.post(confirm_url(row))
    assert first.everything == second.everything
    assert first.title == "Your signature counts"
    assert "Your address is being erased" in first.text
    assert not re.search(r"Signed as|News by mail|sign_name|updates", first.text)
    reply = visitor.post(f"{confirm_url(row)}correct/", {"signature": row.pk, "country": "NL"})
    assert reply.status == 200
    assert Signature.objects.get().country == "NL"


def test_answers_are_the_same_for_new_repeated_and_confirmed(visitor: Visitor, safe: Petition) -> None:
    new, repeated = sign(visitor, safe), sign(visitor, safe)
    visitor.post(confirm_url(Signature.objects.get()))
    assert new["Referrer-Policy"] == "no-referrer"
    assert new.everything == repeated.everything == sign(visitor, safe).everything


def test_the_count_is_told_in_tens_and_later(visitor: Visitor, safe: Petition) -> None:
    sign(visitor, safe)
    visitor.post(confirm_url(Signature.objects.get()))
    sequence(safe.pk)
    move(safe.pk, {TOTAL: 18})
    assert "<b>10</b>" in visitor.get(PAGE).text
    count = visitor.get(f"{PAGE}count.json")
    assert b'"count": 10' in count.body
    assert count["Cache-Control"] == "no-store"


def test_a_form_of_safe_mode_stays_safe_while_the_database_is_away(
    visitor: Visitor, safe: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(slug: str, lang: str) -> None:
        raise NotSaved("away")

    monkeypatch.setattr(sign_page, "open_petition", away)
    reply = sign(visitor, safe)
    assert reply.status == 503
    assert "<title>Page</title>" in reply.text
    assert re.findall(r'id="sign_(\w+)"', reply.text) == ["email", "country"]
    assert reply["Referrer-Policy"] == "no-referrer"


def test_the_process_may_keep_the_page_and_nobody_else(safe: Petition) -> None:
    cached = Visitor(BodyGate(PageCache(WSGIHandler(), hosts=["127.0.0.1"], strict=True)))
    first = cached.get(PAGE)
    assert (first.status, first["Cache-Control"], first["Referrer-Policy"]) == (200, "no-store", "no-referrer")
    with CaptureQueriesContext(connection) as asked:
        assert cached.get(PAGE).everything == first.everything
    assert len(asked) == 0


def test_the_short_way_of_a_signature_leaves_no_trace_either(safe: Petition) -> None:
    visitor = Visitor(BodyGate(ShortWay(WSGIHandler())))
    for reply, status in ((sign(visitor, safe, email="ada"), 422), (sign(visitor, safe), 303)):
        assert (reply.status, reply["Cache-Control"], reply["Referrer-Policy"]) == (status, "no-store", "no-referrer")
