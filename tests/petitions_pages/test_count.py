"""The number: it moves when the sequencer has moved the log, and for no other reason."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from django.utils.translation import override

from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.shown_count import words_by_plural
from campaigns.petitions.tallies import TOTAL, move, total
from campaigns.tokens import Purpose
from tests.petitions.cast import link, make_petition
from tests.petitions_pages.cast import PAGE, confirm_url, signed
from tests.petitions_pages.visitor import Visitor

COUNT = f"{PAGE}count.json"


def shown(visitor: Visitor) -> tuple[int, int]:
    """The number in the file and the one on the page."""
    on_page = re.search(r'<p class="tally-count">\s*<b>([\d,]+)</b>', visitor.get(PAGE).text)
    assert on_page
    return json.loads(visitor.get(COUNT).body)["count"], int(on_page[1].replace(",", ""))


def test_only_a_confirmed_signature_moves_it_and_only_with_the_log(visitor: Visitor, petition: Petition) -> None:
    assert shown(visitor) == (0, 0)
    row = signed(visitor, petition)
    signed(visitor, petition, email="bea@example.org")
    sequence(petition.pk)
    assert shown(visitor) == (0, 0)
    visitor.post(confirm_url(row))
    assert shown(visitor) == (0, 0), "confirmed, and not yet in the log"
    sequence(petition.pk)
    assert shown(visitor) == (1, 1)
    visitor.post(confirm_url(row))
    sequence(petition.pk)
    assert shown(visitor) == (1, 1)
    visitor.post(f"/en/withdraw/{link(row, Purpose.WITHDRAW)}/")
    sequence(petition.pk)
    assert shown(visitor) == (0, 0)


@pytest.mark.parametrize("goal", [None, 500])
def test_the_file_holds_number_goal_and_time(visitor: Visitor, db: None, goal: int | None) -> None:
    make_petition(goal=goal)
    reply = visitor.get(COUNT)
    assert reply["Content-Type"] == "application/json"
    found = json.loads(reply.body)
    assert set(found) == {"count", "goal", "as_of"}
    assert (found["count"], found["goal"]) == (0, goal)
    assert datetime.fromisoformat(found["as_of"]).tzinfo is not None


def test_safe_mode_tells_tens(visitor: Visitor, db: None) -> None:
    petition = make_petition(linger=Linger.SAFE)
    for number, told in ((9, 0), (10, 10), (18, 10), (20, 20)):
        move(petition.pk, {TOTAL: number - total(petition.pk)})
        assert shown(visitor) == (told, told)


def test_large_numbers_are_parted_as_the_language_does(visitor: Visitor, petition: Petition) -> None:
    move(petition.pk, {TOTAL: 1234567})
    assert "<b>1,234,567</b> confirmed signatures" in visitor.get(PAGE).text
    assert "<b>1.234.567</b>" in visitor.get("/nl/petitions/water/").text


def test_the_script_gets_words_for_every_plural_form() -> None:
    for lang in ("en", "fr", "nl", "es", "ar"):
        with override(lang):
            words = json.loads(words_by_plural())
        assert set(words) == {"zero", "one", "two", "few", "many", "other"}
        assert all(len(parts) == 2 and "".join(parts).strip() for parts in words.values()), lang
