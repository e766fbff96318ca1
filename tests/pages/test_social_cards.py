"""What other sites show beside a link: words and a picture for every public page, and for none that is not public."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image, features

from campaigns.models import Campaign, CampaignText, Demand
from campaigns.pages.drawing_turns import Turns
from campaigns.pages.social_cards import drawing, pages
from campaigns.pages.social_cards.drawing import (
    HEIGHT,
    MARGIN,
    TITLE_BOTTOM,
    TITLE_TOP,
    WIDTH,
    Words,
    draw,
    fitted,
)
from campaigns.petitions.petitions import Linger, Petition, Stage
from reports.editorial.publishing import State
from reports.models import Finding, FindingText, Instrument, ReportEdition, ThemeInEdition, ThemeText
from tests.demonstrations.cast import make_demonstration
from tests.petitions.cast import make_petition as make_water_petition
from tests.reports.making import load_rivers, make_petition

pytestmark = pytest.mark.django_db
FUTURE = datetime(2999, 1, 1, tzinfo=UTC)
THEME = "/en/themes/fouled-rivers/"
LONG = "The right to gather in the streets of a city without asking anybody " * 3


def told(client: Client, path: str) -> dict[str, str]:
    """The tags of a page's card, by their property."""
    html = client.get(path).content.decode()
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[a-z:_]+)"\s+content="([^"]*)"', html)
    return {name: unescape(value) for name, value in found}


def picture(client: Client, path: str) -> Image.Image:
    """The picture that a page names."""
    address = told(client, path)["og:image"].removeprefix(settings.ORIGIN)
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(response.content) < 300_000
    return Image.open(io.BytesIO(response.content))


def card_words(title: str, lang: str = "en", **values: Any) -> Words:
    direction = "rtl" if lang == "ar" else "ltr"
    defaults = {"kind": "", "note": "", "site": "Upstander", "lang": lang, "title_lang": lang}
    return Words(**{**defaults, "title": title, "direction": direction, "title_direction": direction, **values})


def ink_columns(png: bytes) -> list[int]:
    """The columns of the title's part of a card that hold ink, from left to right."""
    title = Image.open(io.BytesIO(png)).convert("L").crop((0, TITLE_TOP, WIDTH, TITLE_BOTTOM))
    return [x for x in range(WIDTH) if title.crop((x, 0, x + 1, title.height)).getextrema()[0] < 100]  # type: ignore[operator]


def every_page() -> dict[str, str]:
    """One public page of each kind, by kind."""
    load_rivers()
    petition = make_petition(Campaign.objects.get())
    make_demonstration()
    finding, demand = Finding.objects.get(key="veto"), Demand.objects.order_by("pk")[0]
    return {
        "home": "/en/",
        "theme": THEME,
        "place": "/en/places/PS/",
        "finding": f"/en/findings/{finding.uid}/",
        "campaign": "/en/campaigns/clean-rivers/",
        "demand": f"/en/demands/{demand.uid}/",
        "instrument": f"/en/instruments/{Instrument.objects.get().uid}/",
        "petition": f"/en/petitions/{petition.texts.get().slug}/",
        "demonstration": "/en/demonstrations/brussels/",
    }


def test_every_kind_of_page_has_words_and_a_picture_of_the_right_size(client: Client) -> None:
    for kind, path in every_page().items():
        tags = told(client, path)
        assert tags["og:title"], kind
        assert tags["og:description"], kind
        assert tags["og:url"] == settings.ORIGIN + path, kind
        assert tags["twitter:card"] == "summary_large_image", kind
        assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630"), kind
        assert picture(client, path).size == (1200, 630), kind


def test_lists_share_the_card_of_the_site_under_their_own_name(client: Client) -> None:
    load_rivers()
    assert told(client, "/en/themes/")["og:title"] == "Themes"
    assert picture(client, "/en/themes/").size == (WIDTH, HEIGHT)


def test_the_address_changes_with_the_words_and_the_old_one_leads_to_the_new(client: Client) -> None:
    load_rivers()
    before = told(client, THEME)["og:image"].removeprefix(settings.ORIGIN)
    ThemeText.objects.filter(slug="fouled-rivers").update(title="Rivers that were fouled")
    after = told(client, THEME)["og:image"].removeprefix(settings.ORIGIN)
    assert before != after
    response = client.get(before)
    assert (response.status_code, response.headers["Location"]) == (302, after)


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.REMOVED, State.RETRACTED])
def test_what_is_not_public_or_taken_back_has_no_picture(client: Client, state: State) -> None:
    found = every_page()
    addresses = {kind: told(client, path)["og:image"].removeprefix(settings.ORIGIN) for kind, path in found.items()}
    connection.check_constraints()
    Petition.objects.update(stage=Stage.PAUSED)  # while it is open its last demand stays public
    for model in (ThemeInEdition, Finding, Instrument, Campaign, Demand, Petition):
        model._default_manager.update(state=state)
    for kind in ("theme", "finding", "campaign", "demand", "instrument", "petition"):
        assert client.get(addresses[kind]).status_code == 404, kind
        assert told(client, found[kind]) == {}, kind


def test_what_is_under_embargo_has_no_picture(client: Client) -> None:
    load_rivers()
    address = told(client, THEME)["og:image"].removeprefix(settings.ORIGIN)
    ThemeInEdition.objects.update(release_at=FUTURE)
    assert client.get(address).status_code == 404
    ReportEdition.objects.update(release_at=FUTURE)
    assert client.get(address).status_code == 404


def test_a_petition_in_safe_mode_has_neither_words_nor_a_picture(client: Client) -> None:
    petition = make_water_petition("k7m2", safe_mode=True, linger=Linger.SAFE)
    assert told(client, "/en/petitions/k7m2/") == {}
    guessed = reverse("cards:petition", args=[petition.texts.get().slug, "0" * 16])
    assert client.get(guessed).status_code == 404


def test_pages_that_one_person_was_sent_have_no_card(client: Client) -> None:
    assert told(client, "/en/confirm/none/") == {}
    assert told(client, "/en/themes/none/") == {}


def test_a_warning_stands_in_for_the_words_it_warns_of(client: Client) -> None:
    load_rivers()
    finding = Finding.objects.get(key="veto")
    FindingText.objects.filter(finding=finding, lang="en").update(content_warning="Speaks of killing.")
    tags = told(client, f"/en/findings/{finding.uid}/")
    assert (tags["og:title"], tags["og:description"]) == ("Speaks of killing.", "Speaks of killing.")


def test_no_card_tells_a_number_of_signatures(client: Client) -> None:
    path = every_page()["petition"]
    before = told(client, path)
    Petition.objects.update(goal=12345)
    assert told(client, path) == before
    assert not any(re.search(r"\bsign(ed|atures)\b", value) for value in before.values())


def test_a_title_of_two_hundred_letters_takes_four_lines_and_ends_in_an_ellipsis() -> None:
    for lang, title in (("en", LONG[:200]), ("ar", ("أوقفوا تجارة برامج التجسس قبل الانتخابات المقبلة " * 6)[:280])):
        lines, _size = fitted(title, "rtl" if lang == "ar" else "ltr", lang)
        assert len(lines) == 4, lang
        assert lines[-1].endswith("…"), lang
        assert title.startswith(" ".join(lines)[:-1].strip()), lang


def test_one_endless_word_is_broken_and_stays_on_the_card() -> None:
    columns = ink_columns(draw(card_words("W" * 300)))
    assert min(x for x in columns if x > MARGIN - 20) >= MARGIN
    assert max(columns) <= WIDTH - drawing.EDGE


def test_a_short_title_is_large_and_has_no_ellipsis() -> None:
    assert fitted("Clean the river", "ltr", "en") == (["Clean the river"], drawing.SIZES[0])


def test_arabic_letters_join_and_the_line_begins_at_the_right() -> None:
    """A word of letters that all join is one stroke of ink; unshaped, each letter would stand alone, with gaps."""
    assert features.check("raqm"), "this Pillow cannot shape Arabic"
    columns = [x for x in ink_columns(draw(card_words("سلسلة", "ar"))) if x < WIDTH - MARGIN + 10]
    gaps = [right for left, right in pairwise(columns) if right - left > 1]
    assert gaps == []
    assert WIDTH - MARGIN - 12 <= max(columns) <= WIDTH - MARGIN + 4
    assert min(columns) > WIDTH / 2


def test_arabic_digits_and_latin_words_keep_their_own_order() -> None:
    """In a line from right to left, a Latin word is still read from left to right: its picture is the same."""
    font = drawing._font("Bold", drawing.SIZES[0])
    mixed = draw(card_words("AI", "ar"))
    mask = font.getmask("AI", direction="ltr", language="en")
    title = Image.open(io.BytesIO(mixed)).convert("L").crop((0, TITLE_TOP, WIDTH - MARGIN + 10, TITLE_BOTTOM))
    box = title.point(lambda value: 255 if value < 200 else 0).getbbox()
    assert box is not None
    assert abs((box[2] - box[0]) - mask.size[0]) <= 3


def test_without_shaping_the_site_shows_its_own_picture_in_the_language(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_rivers()
    CampaignText.objects.filter(slug="clean-rivers").update(title="河をきれいに")  # letters that our font lacks
    address = told(client, "/en/campaigns/clean-rivers/")["og:image"]
    assert address == f"{settings.ORIGIN}/static/cards/en.png"
    monkeypatch.setattr(features, "check", lambda name: False)
    for lang, _name in settings.LANGUAGES:
        address = told(client, f"/{lang}/")["og:image"]
        assert address == f"{settings.ORIGIN}/static/cards/{lang}.png"
        file = settings.BASE_DIR / "static" / "cards" / f"{lang}.png"
        assert Image.open(file).size == (WIDTH, HEIGHT)
        assert file.stat().st_size < 300_000
    drawn = client.get(f"{THEME}card/0000000000000000.png")
    assert (drawn.status_code, drawn.headers["Location"]) == (302, "/static/cards/en.png")


def test_who_asks_while_too_many_are_drawn_is_told_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_rivers()
    turns = Turns(most=1, patience=0.01)
    monkeypatch.setattr(pages, "TURNS", turns)
    address = told(client, THEME)["og:image"].removeprefix(settings.ORIGIN)
    with turns.one():
        response = client.get(address)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert client.get(address).status_code == 200


def test_marks_that_turn_the_direction_do_not_reach_the_picture(client: Client) -> None:
    load_rivers()
    ThemeText.objects.filter(slug="fouled-rivers").update(title='Rivers\u202e<b>"&\u2066 clean')
    tags = told(client, THEME)
    assert tags["og:title"] == 'Rivers<b>"& clean'
    assert picture(client, THEME).size == (WIDTH, HEIGHT)
