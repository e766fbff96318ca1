"""Editing: nothing is overwritten or lost, states move along their arrows, HTML is clean, translations age."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client, override_settings

from campaigns.campaigning import Campaign
from campaigns.petitions.models import Petition, PetitionText
from reports.copy_guard import keep_source_text
from reports.editorial.audit import Act, AuditEntry
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import Finding, FindingText
from tests.desk.conftest import Cast, form_values
from tests.desk.making import Objects
from tests.desk.test_roles import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(cast: Cast) -> Client:
    return cast.client("editor")


def text_values(client: Client, address: str) -> dict[str, str]:
    shown = client.get(address).context["page"]
    values = {name: str(shown.form[name].value() or "") for name in shown.form.fields}
    values |= {"seen": shown.seen, "source_version": str(getattr(shown.holder, "version", 1))}
    return {name: value for name, value in values.items() if value not in {"", "False"}}


def test_two_editors_get_a_notice_and_both_texts(cast: Cast, petition: Petition) -> None:
    first, second = cast.client("editor"), cast.client("admin")
    address = page("petitions.petition", "change", petition.pk)
    mine, theirs = form_values(first.get(address)), form_values(second.get(address))
    assert second.post(address, theirs | {"goal": "700"}).status_code == 302
    response = first.post(address, mine | {"goal": "300"})
    assert response.status_code == 409
    petition.refresh_from_db()
    assert petition.goal == 700
    [difference] = response.context["differences"]
    assert (difference.stored, difference.typed) == ("700", "300")
    assert b"admin@example.org" in response.content
    again = form_values(response) | {"goal": "300", "seen": response.context["seen"]}
    assert first.post(address, again).status_code == 302
    petition.refresh_from_db()
    assert petition.goal == 300


def test_two_translators_get_a_notice_and_both_texts(editor: Client, petition: Petition) -> None:
    address = page("petitions.petition", "text", petition.pk, "en")
    mine = text_values(editor, address)
    PetitionText.objects.filter(petition=petition).update(lede="Stored meanwhile.")
    response = editor.post(address, mine | {"lede": "Typed here."})
    assert response.status_code == 409
    assert b"Stored meanwhile." in response.content
    assert b"Typed here." in response.content
    assert petition.texts.get().lede == "Stored meanwhile."


def test_states_move_along_their_arrows_only(editor: Client, objects: Objects) -> None:
    finding = objects.of("reports.finding")
    refused = editor.post(page("reports.finding", "move", finding.pk, "published"))
    assert refused.status_code == 409
    assert AuditEntry.objects.latest("pk").act == Act.REFUSED
    for state in ("in_review", "approved", "published"):
        assert editor.post(page("reports.finding", "move", finding.pk, state)).status_code == 302, state
    finding.refresh_from_db()
    assert finding.state == State.PUBLISHED


def test_nobody_approves_what_they_wrote_last_where_second_eyes_are_asked_for(cast: Cast, objects: Objects) -> None:
    finding = objects.of("reports.finding")
    writer, reader = cast.client("editor"), cast.client("admin")
    address = page("reports.finding", "change", finding.pk)
    assert writer.post(address, form_values(writer.get(address)) | {"kind": "trend"}).status_code == 302
    assert writer.post(page("reports.finding", "move", finding.pk, "in_review")).status_code == 302
    with override_settings(SECOND_EYES=True):
        refused = writer.post(page("reports.finding", "move", finding.pk, "approved"))
        assert refused.status_code == 422
        assert b"Somebody else has to approve this" in refused.content
        assert reader.post(page("reports.finding", "move", finding.pk, "approved")).status_code == 302


def test_what_is_missing_is_told_before_publishing(editor: Client, objects: Objects) -> None:
    finding = objects.of("reports.finding")
    Finding.objects.filter(pk=finding.pk).update(state=State.APPROVED)
    finding.evidence.all().delete()
    response = editor.post(page("reports.finding", "move", finding.pk, "published"))
    assert response.status_code == 422
    assert b"A source that supports it." in response.content
    finding.refresh_from_db()
    assert finding.state == State.APPROVED


COPIED = "one two three four five six seven eight nine ten eleven"


@pytest.mark.parametrize("label", ["reports.themeinedition", "reports.voice", "reports.reportedition"])
def test_a_copied_summary_paraphrase_or_headline_is_not_published(editor: Client, objects: Objects, label: str) -> None:
    holder = objects.of(label)
    words = {
        "reports.themeinedition": {"slug": "t", "title": "T", "summary": COPIED},
        "reports.voice": {"role": "Friend", "text": COPIED},
        "reports.reportedition": {"title": "T", "headline": COPIED},
    }[label]
    holder.texts.create(lang="en", state=TextState.PUBLISHED, **words)
    type(holder).objects.filter(pk=holder.pk).update(state=State.APPROVED)
    keep_source_text(objects.of("reports.source"), COPIED)
    refused = editor.post(page(label, "move", holder.pk, "published"))
    assert refused.status_code == 422
    assert b"one two three four" in refused.content


def test_a_text_that_shuts_readers_out_is_not_published_whichever_way_it_came(editor: Client, objects: Objects) -> None:
    campaign = objects.of("campaigns.campaign")
    campaign.texts.update(body='<h3>Skipped</h3><p><a href="https://a.example">click here</a></p>')
    Campaign.objects.filter(pk=campaign.pk).update(state=State.APPROVED)
    shown = editor.get(page("campaigns.campaign", "change", campaign.pk)).content.decode()
    refused = editor.post(page("campaigns.campaign", "move", campaign.pk, "published"))
    assert refused.status_code == 422
    for html in (shown, refused.content.decode()):
        assert "en: The first heading has to be an" in html
        assert "does not say where it leads" in html


@pytest.mark.parametrize("state", ["retracted", "archived"])
def test_what_turns_out_to_be_copied_can_be_taken_back(editor: Client, objects: Objects, state: str) -> None:
    finding = objects.of("reports.finding")
    FindingText.objects.filter(finding=finding).update(statement=COPIED)
    Finding.objects.filter(pk=finding.pk).update(state=State.PUBLISHED)
    keep_source_text(objects.of("reports.source"), COPIED)
    assert editor.post(page("reports.finding", "move", finding.pk, state)).status_code == 302
    finding.refresh_from_db()
    assert finding.state == state


def test_a_public_finding_keeps_its_last_source(editor: Client, objects: Objects) -> None:
    finding = objects.of("reports.finding")
    Finding.objects.filter(pk=finding.pk).update(state=State.PUBLISHED)
    address = page("reports.finding", "change", finding.pk)
    response = editor.post(address, form_values(editor.get(address)) | {"evidence-0-DELETE": "on", "key": "typed"})
    assert response.status_code == 422
    assert b"A source that supports it." in response.content
    assert b'value="typed"' in response.content
    assert finding.evidence.count() == 1


def test_unsafe_html_is_shown_in_the_preview_and_never_stored(editor: Client, petition: Petition) -> None:
    address = page("petitions.petition", "text", petition.pk, "en")
    unsafe = '<p onclick="x()">Read</p><script>steal()</script><a href="javascript:x()">this</a>'
    values = text_values(editor, address) | {"body": unsafe, "change": "minor"}
    preview = editor.post(f"{address}preview/", values)
    assert preview.status_code == 200
    assert b"&lt;script&gt;steal()" in preview.content
    assert b"<script>steal" not in preview.content
    assert editor.post(address, values).status_code == 302
    assert petition.texts.get().body == '<p>Read</p><a rel="noopener">this</a>'


def test_html_that_shuts_readers_out_is_refused_with_the_reason_and_keeps_what_was_typed(
    editor: Client, petition: Petition
) -> None:
    address = page("petitions.petition", "text", petition.pk, "en")
    before = petition.texts.get().body
    typed = '<h3>Why</h3><p><a href="https://x.example/">Click here</a></p>'
    refused = editor.post(address, text_values(editor, address) | {"body": typed, "change": "minor"})
    assert refused.status_code == 422
    told = unescape(refused.content.decode())
    assert "The first heading has to be an <h2>" in told
    assert "“Click here” does not say where it leads" in told
    assert typed in told
    assert petition.texts.get().body == before


def test_what_is_taken_out_of_pasted_html_is_named_when_it_is_saved(editor: Client, petition: Petition) -> None:
    address = page("petitions.petition", "text", petition.pk, "en")
    pasted = '<p class="MsoNormal"><font color="red">Read</font></p>'
    values = text_values(editor, address) | {"body": pasted, "change": "minor"}
    saved = editor.post(address, values, follow=True)
    assert petition.texts.get().body == "<p>Read</p>"
    assert "Not kept, because a text may not hold it: <font>, class." in unescape(saved.content.decode())


def test_a_published_wording_of_a_petition_stays_in_the_log_of_versions(editor: Client, petition: Petition) -> None:
    address = page("petitions.petition", "text", petition.pk, "en")
    first = petition.texts.get().published_version
    assert (
        editor.post(address, text_values(editor, address) | {"title": "Another title", "change": "minor"}).status_code
        == 302
    )
    text = petition.texts.get()
    assert text.published_version
    assert text.published_version.words["title"] == "Another title"
    assert petition.text_versions.count() == 2
    assert first in petition.text_versions.all()


def test_a_translation_is_stale_once_the_original_changes(editor: Client, objects: Objects) -> None:
    campaign = objects.of("campaigns.campaign")
    french = page("campaigns.campaign", "text", campaign.pk, "fr")
    words = {"slug": "", "title": "Campagne", "summary": "Résumé", "body": ""}
    values = {"seen": editor.get(french).context["page"].seen, "source_version": "1", **words}
    assert editor.post(f"{french}state/published/", values).status_code == 302
    text = campaign.texts.get(lang="fr")
    assert (text.slug, text.state, text.source_version) == ("campagne", TextState.PUBLISHED, 1)
    english = page("campaigns.campaign", "text", campaign.pk, "en")
    assert (
        editor.post(
            english, text_values(editor, english) | {"summary": "Other", "change": "update", "reason": "A new law."}
        ).status_code
        == 302
    )
    assert editor.get(french).context["page"].stale
    assert french in editor.get("/desk/").content.decode()
    assert editor.post(french, text_values(editor, french)).status_code == 302
    assert not editor.get(french).context["page"].stale


def test_a_small_correction_leaves_translations_current(editor: Client, objects: Objects) -> None:
    campaign = objects.of("campaigns.campaign")
    english = page("campaigns.campaign", "text", campaign.pk, "en")
    editor.post(english, text_values(editor, english) | {"summary": "Comma.", "change": "minor"})
    assert Campaign.objects.get(pk=campaign.pk).version == 1


def test_a_taken_address_gets_a_proposal(editor: Client, objects: Objects, foreign: Objects) -> None:
    campaign = objects.of("campaigns.campaign")
    english = page("campaigns.campaign", "text", campaign.pk, "en")
    response = editor.post(english, text_values(editor, english) | {"slug": "theirs"})
    assert response.status_code == 422
    assert "theirs-2" in response.content.decode()


def test_the_original_of_something_public_cannot_be_taken_back(editor: Client, petition: Petition) -> None:
    address = page("petitions.petition", "text", petition.pk, "en")
    response = editor.post(f"{address}state/draft/", text_values(editor, address))
    assert response.status_code == 409
    assert petition.texts.get().state == TextState.PUBLISHED


def test_a_stage_that_does_not_follow_is_refused(editor: Client, petition: Petition) -> None:
    address = page("petitions.petition", "stage", petition.pk, "close")
    assert editor.post(address).status_code == 302
    assert editor.post(address).status_code == 409
    assert editor.post(page("petitions.petition", "stage", petition.pk, "open")).status_code == 409


def test_a_published_object_is_not_deleted(editor: Client, petition: Petition) -> None:
    assert editor.post(page("petitions.petition", "delete", petition.pk), {"post": "yes"}).status_code == 403
    assert Petition.objects.filter(pk=petition.pk).exists()


def test_no_edition_takes_a_key_that_is_a_word_of_other_addresses(cast: Cast, objects: Objects) -> None:
    page = f"/desk/reports/reportedition/{objects.of('reports.reportedition').pk}/change/"
    client = cast.client("editor")
    answer = client.post(page, form_values(client.get(page)) | {"key": "demands"})
    assert answer.status_code == 200
    assert "Choose another key: other files of open data" in answer.content.decode()
