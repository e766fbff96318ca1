"""The page of a treaty, law or ruling: what it is, and what it does to the themes of each edition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reports.editorial.corrections import Change, CorrectionKind, record_correction
from reports.editorial.publishing import State
from reports.editorial.rewording import is_shown, tell_of_rewording
from reports.editorial.texts import TextState
from reports.models import Instrument, InstrumentLink, InstrumentLinkText, InstrumentText, ReportEdition, ThemeInEdition
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers, make_edition, make_theme

pytestmark = pytest.mark.django_db
THEME = "/en/themes/fouled-rivers/"


@pytest.fixture
def water_act() -> Instrument:
    load_rivers()
    return Instrument.objects.get()


def at(instrument: Instrument, lang: str = "en") -> str:
    return f"/{lang}/instruments/{instrument.uid}/"


def in_older_edition(instrument: Instrument, label: str = "2021/22", **values: Any) -> ThemeInEdition:
    """The instrument weakens a theme of an older edition."""
    theme: ThemeInEdition = make_theme(make_edition(f"of-{label[:4]}", label=label), f"wells-{label[:4]}", **values)
    link = InstrumentLink.objects.create(instrument=instrument, theme=theme, stance="weakens")
    InstrumentLinkText.objects.create(link=link, lang="en", state=TextState.PUBLISHED, note="It once did harm.")
    return theme


def test_the_page_tells_what_it_is_and_what_it_does_the_newest_edition_first(
    client: Client, water_act: Instrument
) -> None:
    in_older_edition(water_act)
    Instrument.objects.update(ended_on="2020-12-31")
    _, html, outline = get(client, at(water_act))
    in_order(
        html,
        "Law</b>",
        "Water Act</h1>",
        "Directive on water",
        'href="/en/places/X-EU/"',
        "2000/60/EC",
        'datetime="2000-10-23"',
        'datetime="2000-12-22"',
        'datetime="2020-12-31"',
        'href="https://law.example/2000/60"',
        f'href="{THEME}"',
        "It helps a little.",
        "Partial advance",
        "Report <bdi>2023/24</bdi>",
        "It once did harm.",
        "Weakens protection",
        "Report <bdi>2021/22</bdi>",
    )
    assert outline.titles() == ["What it does to themes"]


def test_what_is_not_known_is_left_out(client: Client, water_act: Instrument) -> None:
    InstrumentText.objects.update(short="")
    Instrument.objects.update(jurisdiction=None, adopted_on=None, in_force_on=None, identifier="", url="")
    _, html, _ = get(client, at(water_act))
    assert "Directive on water</h1>" in html
    for fact in ("Where it holds", "Number</dt>", "Adopted on", "In force on", "Ended on", "Official text"):
        assert fact not in html, fact


def test_the_theme_leads_to_the_page_and_to_the_official_text(client: Client, water_act: Instrument) -> None:
    in_order(get(client, THEME)[1], f'href="{at(water_act)}">Water Act</a>', 'href="https://law.example/2000/60"')


def test_the_page_asks_the_database_once_however_many_themes(
    client: Client, water_act: Instrument, django_assert_num_queries: Any
) -> None:
    for year in range(2001, 2011):
        in_older_edition(water_act, f"{year}")
    with django_assert_num_queries(1):
        get(client, at(water_act))


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        (State.DRAFT, 404, "the law or rule is not public yet"),
        (State.REMOVED, 410, "This page had to be removed"),
        (State.RETRACTED, 200, "We no longer stand by this"),
        (State.ARCHIVED, 200, "This page is kept as it was"),
    ],
)
def test_the_state_decides_what_stands_there(
    client: Client, water_act: Instrument, state: State, status: int, said: str
) -> None:
    Instrument.objects.update(state=state)
    html = get(client, at(water_act), status)[1]
    assert said in html
    assert ("Directive on water" in html) == (status == 200)
    assert ('name="robots" content="noindex"' in html) == (state != State.ARCHIVED)


def test_what_never_was_is_not_there(client: Client, water_act: Instrument) -> None:
    get(client, "/en/instruments/0000000000/", 404)
    get(client, "/en/instruments/water-act/", 404)


def test_nothing_is_told_before_the_embargo_ends(client: Client, water_act: Instrument) -> None:
    Instrument.objects.update(release_at=timezone.now() - timedelta(seconds=1))
    get(client, at(water_act))
    Instrument.objects.update(release_at=timezone.now() + timedelta(hours=1))
    get(client, at(water_act), 404)


def test_it_waits_for_an_edition_that_it_bears_on(client: Client, water_act: Instrument) -> None:
    ReportEdition.objects.update(release_at=timezone.now() + timedelta(hours=1))
    get(client, at(water_act), 404)
    assert water_act.uid not in client.get("/sitemaps/instruments-1.xml").content.decode()
    in_older_edition(water_act)
    html = get(client, at(water_act))[1]
    assert "It once did harm." in html
    assert "It helps a little." not in html


def test_a_theme_that_is_hidden_or_retracted_is_not_led_to(client: Client, water_act: Instrument) -> None:
    older = in_older_edition(water_act)
    for state in (State.DRAFT, State.RETRACTED):
        ThemeInEdition.objects.filter(pk=older.pk).update(state=state)
        assert "It once did harm." not in get(client, at(water_act))[1]
    ThemeInEdition.objects.update(state=State.RETRACTED)
    assert get(client, at(water_act))[2].titles() == []


def test_a_number_as_it_was_read_out_leads_to_its_spelling(client: Client, water_act: Instrument) -> None:
    response = client.get(f"/en/instruments/{water_act.uid[:5].upper()}-{water_act.uid[5:].upper()}/")
    assert (response.status_code, response.headers["Location"]) == (301, at(water_act))


def test_words_of_the_original_say_their_language(client: Client, water_act: Instrument) -> None:
    _, html, outline = get(client, at(water_act, "ar"))
    for words in ("Water Act", "Directive on water", "It helps a little."):
        assert outline.language_of(words) == ("en", "ltr")
    assert 'class="notice"' in html


def test_a_correction_is_told_on_the_page(client: Client, water_act: Instrument) -> None:
    told = Change(CorrectionKind.CORRECTION, "The number was wrong.")
    record_correction(water_act, "en", told, "2000/61/EC", "2000/60/EC")
    in_order(get(client, at(water_act))[1], "The number was wrong.", "2000/61/EC", "Water Act</h1>")


def test_its_corrections_stand_in_the_list_under_its_own_name_once_and_beside_its_themes(
    client: Client, water_act: Instrument
) -> None:
    in_older_edition(water_act)
    now, told = "Directive on the water", Change(CorrectionKind.CORRECTION, "A slip.")
    assert is_shown(water_act)
    InstrumentText.objects.update(title=now)
    tell_of_rewording(water_act, "en", told, "Directive on water", now)
    _, html, _ = get(client, "/en/corrections/")
    assert html.count("A slip.") == 1
    in_order(html, "Law or rule", f'href="{at(water_act)}', f"{now}</a>", "A slip.")
    in_order(get(client, "/ar/corrections/")[1], 'lang="en" dir="ltr"', now, "A slip.")
    for path in (at(water_act), THEME, "/en/themes/wells-2021-of-2021/"):
        assert "A slip." in get(client, path)[1], path
    assert "A slip." not in get(client, "/en/themes/silenced-anglers/")[1]
    assert f"Correction: {now}" in client.get("/feeds/corrections.atom").content.decode()


def test_a_correction_of_it_is_told_nowhere_where_it_has_no_page(client: Client, water_act: Instrument) -> None:
    record_correction(water_act, "en", Change(CorrectionKind.CORRECTION, "A slip."), "2000/61/EC", "2000/60/EC")
    assert "A slip." in get(client, "/en/corrections/")[1]
    ThemeInEdition.objects.update(state=State.DRAFT)
    assert not is_shown(water_act)
    assert "A slip." not in get(client, "/en/corrections/")[1]
    ThemeInEdition.objects.update(state=State.PUBLISHED)
    Instrument.objects.update(release_at=timezone.now() + timedelta(hours=1))
    for path in ("/en/corrections/", THEME, "/feeds/corrections.atom"):
        assert "A slip." not in client.get(path).content.decode(), path


def test_search_engines_learn_of_it(client: Client, water_act: Instrument) -> None:
    assert "/sitemaps/instruments-1.xml" in client.get("/sitemap.xml").content.decode()
    assert at(water_act) in client.get("/sitemaps/instruments-1.xml").content.decode()
    Instrument.objects.update(state=State.RETRACTED)
    assert "instruments-1" not in client.get("/sitemap.xml").content.decode()
