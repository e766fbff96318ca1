"""A petition's page at each stage of its life, and what signing answers then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.petitions.confirming import confirm
from campaigns.petitions.petitions import Petition, PetitionText, Stage, publish_text
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signable import forget_petitions
from campaigns.petitions.updates import PetitionUpdate, PetitionUpdateText
from config.body_gate import BodyGate
from config.page_cache import PageCache
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from tests.petitions.cast import link, make_petition, post, rows
from tests.petitions_pages.cast import CHECK_MAIL, PAGE, SIGN, sign, typed
from tests.petitions_pages.visitor import Visitor
from tests.reports.making import end_embargo

COUNT = f"{PAGE}count.json"
LIST = "/en/petitions/"


def news(petition: Petition, on: date, title: str, *, outcome: bool = False) -> None:
    update = PetitionUpdate.objects.create(petition=petition, on=on, outcome=outcome)
    PetitionUpdateText.objects.create(
        update=update, lang="en", state=TextState.PUBLISHED, title=title, text="More about it."
    )


def publish(petition: Petition, state: State) -> None:
    Petition.objects.filter(pk=petition.pk).update(state=state)
    forget_petitions()


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED])
@pytest.mark.parametrize("path", [PAGE, CHECK_MAIL, COUNT])
def test_nobody_sees_a_petition_before_it_is_public(
    visitor: Visitor, petition: Petition, state: State, path: str
) -> None:
    data = typed(petition)
    publish(petition, state)
    reply = visitor.get(path)
    assert reply.status == 404
    assert "Clean water" not in reply.text
    assert visitor.post(SIGN, data).status == 404
    assert visitor.post(PAGE, data).status == 404
    assert "Clean water" not in visitor.get(LIST).text
    assert not rows(petition).exists()


def test_a_release_time_is_kept_to_the_moment(visitor: Visitor, petition: Petition) -> None:
    Petition.objects.update(state=State.SCHEDULED, release_at=timezone.now() + timedelta(hours=1))
    assert visitor.get(PAGE).status == 404
    end_embargo(Petition.objects.get())
    assert visitor.get(PAGE).status == 200


def test_a_draft_of_a_text_is_not_shown(visitor: Visitor, petition: Petition) -> None:
    draft = PetitionText.objects.get(petition=petition)
    draft.title, draft.demands = "Marker title", ["Marker demand"]
    draft.save()
    assert "Marker" not in visitor.get(PAGE).text, "what is shown is what is signed"
    publish_text(draft)
    page = visitor.get(PAGE).text
    assert page.count("Marker title") >= 2
    assert "Marker demand" in page


def test_a_removed_petition_answers_410_without_its_words(visitor: Visitor, petition: Petition) -> None:
    data = typed(petition)
    publish(petition, State.REMOVED)
    for reply in (visitor.get(PAGE), visitor.get(CHECK_MAIL), visitor.get(COUNT), visitor.post(SIGN, data)):
        assert reply.status == 410
        assert "Clean water" not in reply.text
    assert not rows(petition).exists()


def test_an_open_petition_asks_for_a_signature(visitor: Visitor, petition: Petition) -> None:
    page = visitor.get(PAGE).text
    assert 'id="sign-form"' in page
    assert "Clean it." in page
    assert "The river is brown." in page
    assert "<p>We drink it.</p>" in page
    assert "count_live.js" in page


def test_a_paused_petition_says_why_and_has_no_form(visitor: Visitor, petition: Petition) -> None:
    data = typed(petition)
    PetitionText.objects.update(pause_note="We look into a wave of false entries.")
    petition.pause()
    forget_petitions()
    page = visitor.get(PAGE)
    assert page.status == 200
    assert "Signing is paused" in page.text
    assert "We look into a wave of false entries." in page.text
    assert "sign-form" not in page.text
    reply = visitor.post(SIGN, data)
    assert (reply.status, reply.title) == (409, "Signing is paused")
    assert "We look into a wave of false entries." in reply.text
    assert not rows(petition).exists()


def test_a_mail_on_its_way_is_good_during_a_pause(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    petition.pause()
    assert visitor.post(f"/en/confirm/{link(row)}/").title == "Your signature counts"


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_closed_petition_shows_outcome_and_last_number(visitor: Visitor, petition: Petition, by_hand: bool) -> None:
    data = typed(petition)
    confirm(link(post(petition)))
    sequence(petition.pk)
    news(petition, date(2026, 3, 12), "The river is clean", outcome=True)
    if by_hand:
        petition.close()
    else:
        Petition.objects.update(closes_at=F("opened_at") + timedelta(microseconds=1))
    forget_petitions()
    page = visitor.get(PAGE)
    assert page.status == 200
    content = page.text.partition("<main")[2]
    assert content.index("The river is clean") < content.index("The river is brown."), "the outcome comes first"
    assert "<b>1</b> confirmed signature" in page.text
    assert "Final count" in page.text
    assert "sign-form" not in page.text
    assert "count_live.js" not in page.text
    reply = visitor.post(SIGN, data)
    assert (reply.status, reply.title) == (409, "Signing is over")
    assert "The river is clean" in visitor.get(LIST).text


def test_without_an_outcome_a_closed_petition_says_so(visitor: Visitor, petition: Petition) -> None:
    petition.close()
    page = visitor.get(PAGE).text
    assert "Signing is over" in page
    assert "What comes of it has not been reported yet." in page
    assert "Answer awaited" in page


@pytest.mark.parametrize("state", [State.ARCHIVED, State.RETRACTED])
def test_what_is_archived_or_retracted_is_read_and_not_signed(
    visitor: Visitor, petition: Petition, state: State
) -> None:
    data = typed(petition)
    publish(petition, state)
    page = visitor.get(PAGE)
    assert page.status == 200
    assert "sign-form" not in page.text
    assert ("This petition was retracted" in page.text) == (state == State.RETRACTED)
    assert ('content="noindex"' in page.text) == (state == State.RETRACTED)
    assert visitor.post(SIGN, data).status == 409
    assert not rows(petition).exists()


@pytest.mark.parametrize("stage", list(Stage))
def test_the_list_shows_where_each_petition_stands(visitor: Visitor, db: None, stage: Stage) -> None:
    make_petition(stage=stage)
    page = visitor.get(LIST).text
    assert page.count(f'href="{PAGE}"') == 1
    assert (f'href="{PAGE}#sign"' in page) == (stage == Stage.OPEN)


def test_an_empty_list_says_so(visitor: Visitor, db: None) -> None:
    page = visitor.get(LIST)
    assert page.status == 200
    assert "No petition can be signed at the moment." in page.text


@pytest.mark.parametrize("path", [PAGE, CHECK_MAIL, COUNT, LIST])
def test_public_pages_leave_from_the_page_cache(petition: Petition, path: str) -> None:
    """With the headers of the cache, and the same bytes whatever the visitor sends along."""
    cached = BodyGate(PageCache(WSGIHandler(), hosts=["127.0.0.1"], strict=True))
    first = Visitor(cached).get(path)
    assert first.status == 200
    assert first["ETag"].startswith('"')
    assert "stale-if-error=300" in first["Cache-Control"]
    assert first["Cache-Control"].startswith("public, max-age=")
    assert first["Vary"] == "Accept-Encoding"
    other = Visitor(cached, {"cookie": "staff=1; language=ar", "accept_language": "ar", "authorization": "Basic x"})
    assert other.get(f"{path}?lang=ar&utm_source=mail").everything == first.everything


def test_posts_pass_the_page_cache(petition: Petition) -> None:
    cached = Visitor(BodyGate(PageCache(WSGIHandler(), hosts=["127.0.0.1"], strict=True)))
    assert sign(cached, petition).status == 303
    typed_page = cached.post(PAGE, typed(petition))
    assert typed_page["Cache-Control"] == "no-store"
    assert "Ada Lovelace" in typed_page.text
    assert "Ada Lovelace" not in cached.get(PAGE).text


def test_a_page_asks_a_fixed_number_of_questions(visitor: Visitor, petition: Petition) -> None:
    """Words, news and their texts, number, findings, demonstrations, campaign; names of countries were asked before."""
    news(petition, date(2026, 1, 1), "We meet on Friday")
    visitor.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        assert "We meet on Friday" in visitor.get(PAGE).text
    assert len(queries) == 7
    with CaptureQueriesContext(connection) as few:
        visitor.get(LIST)
    for number in range(5):
        news(make_petition(f"river-{number}"), date(2026, 1, 1), "Done", outcome=True)
    with CaptureQueriesContext(connection) as many:
        assert visitor.get(LIST).text.count("<li>") > 5
    assert len(few) == 3
    assert len(many) == 4, "the texts of what came of them"


def test_the_page_names_one_address_as_its_own(visitor: Visitor, petition: Petition) -> None:
    for path in (PAGE, "/en/petitions/WATER/", f"{PAGE}?utm_source=x"):
        assert '<link rel="canonical" href="http://127.0.0.1:8000/en/petitions/water/">' in visitor.get(path).text
