"""Changing what the public reads: a slip of the pen, or a correction that everybody sees and nobody takes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.petitions.models import Petition
from reports.editorial.corrections import Correction, CorrectionKind, where_they_differ
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import (
    EditionPlace,
    Finding,
    FindingText,
    ReportEdition,
    ThemeInEdition,
    ThemeText,
    Voice,
    VoiceText,
    VoiceTheme,
)
from tests.desk.conftest import Cast
from tests.desk.making import Objects
from tests.desk.test_roles import page
from tests.desk.test_writing import text_values
from tests.reports.making import make_demand, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(cast: Cast) -> Client:
    return cast.client("editor")


@pytest.fixture
def finding(objects: Objects) -> Finding:
    found = objects.of("reports.finding")
    theme = objects.of("reports.themeinedition")
    ThemeText.objects.create(
        theme=theme, lang="en", slug="spyware", title="Spyware", summary="Sold.", state=TextState.PUBLISHED
    )
    ThemeInEdition.objects.update(state=State.PUBLISHED)
    Finding.objects.update(state=State.PUBLISHED)
    EditionPlace.objects.create(edition=found.edition, place=objects.of("reports.place"), status="examined")
    assert isinstance(found, Finding)
    found.refresh_from_db()
    return found


def correct(editor: Client, label: str, pk: int, lang: str = "en", **typed: str) -> Any:
    address = page(label, "text", pk, lang)
    return editor.post(address, text_values(editor, address) | {name: value for name, value in typed.items() if value})


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_correction_stands_at_the_statement_on_its_page_in_the_list_and_in_the_feed(
    editor: Client, client: Client, finding: Finding
) -> None:
    answer = correct(
        editor, "reports.finding", finding.pk,
        statement="It did not happen.", change="correction", reason="A <b>source</b> was misread.",
    )  # fmt: skip
    assert answer.status_code == 302
    told = Correction.objects.get()
    assert (told.was, told.now, told.version_from, told.version_to) == ("It happened.", "It did not happen.", 1, 2)
    for path in (f"/en/findings/{finding.uid}/", "/en/themes/spyware/", "/en/places/NL/", "/en/corrections/"):
        html = read(client, path)
        assert "<del>It happened.</del>" in html, path
        assert "<ins>It did not happen.</ins>" in html, path
        assert "A &lt;b&gt;source&lt;/b&gt; was misread." in html, path
        assert f'datetime="{timezone.now():%Y-%m-%d}"' in html, path
    assert "It happened.</h1>" in read(client, f"/en/findings/{finding.uid}/v1/")
    feed = ElementTree.fromstring(client.get("/feeds/corrections.atom").content)
    [entry] = feed.iter("{http://www.w3.org/2005/Atom}entry")
    words = {element.tag.rpartition("}")[2]: element.text or "" for element in entry}
    assert words["title"] == "Correction: It did not happen."
    assert "It said: It happened." in words["summary"]
    assert words["id"].endswith(f":correction:{told.pk}")


def test_a_slip_of_the_pen_is_told_nowhere(editor: Client, client: Client, finding: Finding) -> None:
    answer = correct(editor, "reports.finding", finding.pk, statement="It happened!", change="minor")
    assert answer.status_code == 302
    assert not Correction.objects.exists()
    assert "corrected" not in read(client, f"/en/findings/{finding.uid}/")
    finding.refresh_from_db()
    assert finding.version == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "Say below whether your change is a slip of the pen or a correction."),
        ({"change": "retraction"}, "Say below whether your change is a slip of the pen or a correction."),
        ({"change": "correction"}, "Give the reason for the change"),
        ({"change": "update", "reason": " \n "}, "Give the reason for the change"),
        ({"change": "correction", "reason": "x" * 601}, "Keep the reason under 600 characters."),
    ],
)
def test_without_a_kind_or_a_reason_nothing_is_saved_and_nothing_lost(
    editor: Client, finding: Finding, typed: dict[str, str], told: str
) -> None:
    answer = correct(editor, "reports.finding", finding.pk, statement="It did not happen.", **typed)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert told in html
    assert "It did not happen." in html
    if typed.get("change") == "correction":
        assert 'value="correction"\n                 checked' in html
    assert FindingText.objects.get(finding=finding).statement == "It happened."
    assert not Correction.objects.exists()


def test_words_that_stay_the_same_are_no_correction(editor: Client, objects: Objects) -> None:
    campaign = objects.of("campaigns.campaign")
    campaign.texts.update(body="<p>The same words.</p>")
    body = "<p><strong>The same</strong> words.</p>"
    answer = correct(editor, "campaigns.campaign", campaign.pk, body=body, change="correction", reason="Bold.")
    assert answer.status_code == 422
    assert "there is nothing to correct" in answer.content.decode()


def test_what_nobody_can_read_yet_is_changed_without_being_asked(editor: Client, finding: Finding) -> None:
    Finding.objects.update(release_at=timezone.now() + timedelta(hours=1))
    assert correct(editor, "reports.finding", finding.pk, statement="It did not happen.").status_code == 302
    assert not Correction.objects.exists()


def test_campaigns_petitions_themes_and_demands_are_corrected_alike(
    editor: Client, client: Client, finding: Finding, objects: Objects, petition: Petition
) -> None:
    demand, campaign = objects.of("campaigns.demand"), objects.of("campaigns.campaign")
    demand.demand_findings.create(finding=finding)
    type(demand).objects.update(state=State.PUBLISHED)
    why = {"change": "clarification", "reason": "It could be misread."}
    theme = objects.of("reports.themeinedition")
    pages = {
        f"/en/campaigns/{campaign.key}/": ("campaigns.campaign", campaign.pk, "summary"),
        f"/en/demands/{demand.uid}/": ("campaigns.demand", demand.pk, "text"),
        "/en/themes/spyware/": ("reports.themeinedition", theme.pk, "summary"),
        f"/en/petitions/{petition.texts.get().slug}/": ("petitions.petition", petition.pk, "title"),
    }
    for path, (label, pk, field) in pages.items():
        assert correct(editor, label, pk, **{field: "Said anew."}, **why).status_code == 302, label
        html = read(client, path)
        assert "<ins>Said anew.</ins>" in html, path
        assert "It could be misread." in html, path
    assert read(client, "/en/corrections/").count("<ins>Said anew.</ins>") == len(pages)


def test_a_translation_is_corrected_in_its_own_language(editor: Client, client: Client, finding: Finding) -> None:
    french = FindingText.objects.create(
        finding=finding, lang="fr", statement="C'est arrivé.", state=TextState.PUBLISHED
    )
    correct(editor, "reports.finding", finding.pk, statement="It never was.", change="correction", reason="Misread.")
    html = read(client, f"/fr/findings/{finding.uid}/")
    assert '<p lang="en" dir="ltr">Misread.</p>' in html  # the French text still says it
    correct(editor, "reports.finding", finding.pk, "fr", statement="C'est faux.", change="correction", reason="Mal lu.")
    html = read(client, f"/fr/findings/{finding.uid}/")
    assert "Mal lu." in html
    assert "Misread." not in html
    assert "Mal lu." not in read(client, f"/en/findings/{finding.uid}/") or french.pk


def test_a_retraction_tells_of_itself(editor: Client, client: Client, finding: Finding, objects: Objects) -> None:
    address = page("reports.finding", "move", finding.pk, "retracted")
    assert editor.post(address, {"reason": "The source withdrew it."}).status_code == 302
    told = Correction.objects.get()
    assert (told.kind, told.was, told.now) == (CorrectionKind.RETRACTION, "It happened.", "")
    assert "The source withdrew it." in read(client, f"/en/findings/{finding.uid}/")
    assert "The source withdrew it." in read(client, "/nl/corrections/")
    campaign = objects.of("campaigns.campaign")
    campaign.petitions.get().close()  # nothing else ends with it
    assert editor.post(page("campaigns.campaign", "move", campaign.pk, "retracted")).status_code == 302
    assert Correction.objects.latest("pk").reason == "We no longer stand by this."
    Campaign.objects.update(state=State.REMOVED)
    assert "We no longer stand by this." not in read(client, "/en/corrections/")


def heard(objects: Objects) -> Voice:
    """A voice on the page of the theme."""
    voice = objects.of("reports.voice")
    Voice.objects.update(state=State.PUBLISHED)
    VoiceText.objects.create(voice=voice, lang="en", role="Friend", text="It is so.", state=TextState.PUBLISHED)
    VoiceTheme.objects.create(voice=voice, theme=objects.of("reports.themeinedition"))
    assert isinstance(voice, Voice)
    return voice


@pytest.mark.usefixtures("finding")
def test_what_is_read_on_the_page_of_another_is_corrected_there(
    editor: Client, client: Client, objects: Objects, finding: Finding, petition: Petition
) -> None:
    demand, event = objects.of("campaigns.demand"), objects.of("campaigns.demandevent")
    demand.demand_findings.create(finding=finding)
    type(demand).objects.update(state=State.PUBLISHED)
    event.texts.update(state=TextState.PUBLISHED)
    update = objects.of("petitions.petitionupdate")
    update.texts.create(lang="en", title="News", text="Old.", state=TextState.PUBLISHED)
    pages = {
        "/en/themes/spyware/": ("reports.voice", heard(objects).pk, "text"),
        f"/en/demands/{demand.uid}/": ("campaigns.demandevent", event.pk, "note"),
        f"/en/petitions/{petition.texts.get().slug}/": ("petitions.petitionupdate", update.pk, "text"),
    }
    for path, (label, pk, field) in pages.items():
        assert correct(editor, label, pk, **{field: "Said anew."}).status_code == 422, (
            "it has to say what the change is"
        )
        typed = {field: "Said anew.", "change": "correction", "reason": "It was misheard."}
        assert correct(editor, label, pk, **typed).status_code == 302, label
        html = read(client, path)
        assert "<ins>Said anew.</ins>" in html, path
        assert "It was misheard." in html, path
    assert read(client, "/en/corrections/").count("It was misheard.") == len(pages)
    assert editor.post(page("campaigns.demandevent", "text_to", event.pk, "en", "draft"), {}).status_code in (409, 422)
    event.refresh_from_db()
    assert event.texts.get(lang="en").state == TextState.PUBLISHED


def test_a_new_name_of_whoever_is_asked_is_told_with_every_demand_that_asks_it(
    editor: Client, client: Client, objects: Objects, finding: Finding
) -> None:
    addressee, demand = objects.of("campaigns.addressee"), objects.of("campaigns.demand")
    addressee.texts.create(lang="en", name="City council", state=TextState.PUBLISHED)
    other = make_demand(finding, addressee, "other")
    assert correct(editor, "campaigns.addressee", addressee.pk, name="Town council").status_code == 422
    addressee.demands.update(state=State.DRAFT)
    assert correct(editor, "campaigns.addressee", addressee.pk, name="The council").status_code == 302, (
        "nobody reads it"
    )
    demand.demand_findings.create(finding=finding)
    addressee.demands.update(state=State.PUBLISHED)
    why = {"change": "correction", "reason": "It is a town."}
    assert correct(editor, "campaigns.addressee", addressee.pk, name="Town council", **why).status_code == 302
    for one in (demand, other):
        html = read(client, f"/en/demands/{one.uid}/")
        assert "<del>The council</del>" in html
        assert "<ins>Town council</ins>" in html
        assert "It is a town." in html
    address = page("campaigns.addressee", "text_to", addressee.pk, "en", "draft")
    assert (
        editor.post(address, text_values(editor, page("campaigns.addressee", "text", addressee.pk, "en"))).status_code
        == 409
    )


def test_what_nobody_reads_yet_goes_back_to_draft(editor: Client, objects: Objects) -> None:
    addressee = objects.of("campaigns.addressee")
    addressee.texts.create(lang="en", name="City council", state=TextState.PUBLISHED)
    address = page("campaigns.addressee", "text_to", addressee.pk, "en", "draft")
    typed = text_values(editor, page("campaigns.addressee", "text", addressee.pk, "en"))
    assert editor.post(address, typed).status_code == 302
    assert addressee.texts.get().state == TextState.DRAFT


@pytest.mark.parametrize(("label", "shown_with"), [("reports.themelink", "2024"), ("reports.themechange", "2023")])
def test_the_note_of_a_link_or_change_of_themes_is_corrected_on_the_page_of_the_theme(
    editor: Client, client: Client, finding: Finding, objects: Objects, label: str, shown_with: str
) -> None:
    newer, older = finding.edition, ReportEdition.objects.get(key="2023")
    ReportEdition.objects.update(state=State.PUBLISHED)
    older_themes = [make_theme(older, "bugs"), make_theme(older, "spyware")]
    holder = objects.of(label)
    holder.texts.create(lang="en", note="They grew.", state=TextState.PUBLISHED)
    if label == "reports.themechange":  # treated no more by the newer edition: read beside the older one's theme
        ThemeInEdition.objects.filter(edition=newer).update(state=State.DRAFT)
    compared = read(client, "/en/compare/?a=2023&b=2024")
    assert "They grew." in compared
    assert correct(editor, label, holder.pk, note="They shrank.").status_code == 422
    why = {"change": "correction", "reason": "The years were swapped."}
    assert correct(editor, label, holder.pk, note="They shrank.", **why).status_code == 302
    slug = "spyware" if shown_with == "2024" else "spyware-2023"
    html = read(client, f"/en/themes/{slug}/")
    assert "<ins>They shrank.</ins>" in html
    assert "The years were swapped." in html
    for theme in older_themes:
        theme.delete()


@pytest.mark.usefixtures("finding")
def test_a_retracted_voice_leaves_a_word_on_the_page_where_it_was_heard(
    editor: Client, client: Client, objects: Objects
) -> None:
    voice = heard(objects)
    address = page("reports.voice", "move", voice.pk, "retracted")
    assert editor.post(address, {"reason": "She did not say it."}).status_code == 302
    html = read(client, "/en/themes/spyware/")
    assert "<del>It is so.</del>" in html
    assert "She did not say it." in html
    assert "She did not say it." in read(client, "/en/corrections/")


ROW = {"object_type": "reports.finding", "object_id": 1, "lang": "en", "kind": "correction"}


@pytest.mark.parametrize(
    "values",
    [
        {"was": "a", "now": "b", "reason": ""},
        {"was": "a", "now": "b", "reason": " \n"},
        {"was": "a", "now": "a", "reason": "why"},
        {"was": "a", "now": "", "reason": "why"},
        {"was": "a", "now": "b", "reason": "why", "kind": "minor"},
        {"was": "a", "now": "b", "reason": "why", "kind": "retraction"},
        {"was": "a", "now": "b", "reason": "why", "at": timezone.now() - timedelta(days=1)},
        {"was": "a", "now": "b", "reason": "why", "at": timezone.now() + timedelta(days=1)},
    ],
)
def test_the_database_refuses_what_is_no_correction(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(**{**ROW, **values})


@pytest.mark.parametrize(
    "statement", ["UPDATE editorial_correction SET reason = 'other'", "DELETE FROM editorial_correction"]
)
def test_a_correction_is_never_taken_back(statement: str) -> None:
    Correction.objects.create(**ROW, was="a", now="b", reason="why")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Correction.objects.get().reason == "why"


def test_of_long_words_what_differs_is_told() -> None:
    words = [f"w{number}" for number in range(500)]
    was, now = where_they_differ(" ".join(words), " ".join([*words[:250], "new", *words[251:]]))
    assert was == "… " + " ".join(words[240:261]) + " …"
    assert now == was.replace("w250", "new")
    assert where_they_differ("a b", "a c") == ("a b", "a c")


def test_the_page_asks_the_database_twice(
    editor: Client, client: Client, finding: Finding, django_assert_num_queries: Any
) -> None:
    correct(editor, "reports.finding", finding.pk, statement="It never was.", change="correction", reason="Misread.")
    with django_assert_num_queries(2):  # 1 how many; 2 corrections with their titles
        read(client, "/ar/corrections/")
