"""The life of a petition and of its texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from campaigns.petitions.consent import FIRST_WORDING, ConsentText, publish_first_wording
from campaigns.petitions.ending import close_due
from campaigns.petitions.models import LedgerHead
from campaigns.petitions.petitions import (
    Petition,
    PetitionText,
    PetitionTextVersion,
    Stage,
    canonical_words,
    publish_text,
)
from reports.editorial.models import Organisation
from reports.editorial.publishing import IllegalTransition
from reports.editorial.texts import TextState
from tests.petitions.cast import make_petition, make_text


def new_petition() -> Petition:
    campaign = make_petition("first").campaign
    return Petition.objects.create(key="second", campaign=campaign)


def published(petition: Petition) -> PetitionTextVersion:
    version = petition.texts.get().published_version
    assert version is not None
    return version


def test_a_petition_opens_with_secrets_and_a_log(db: None, keystore: Path) -> None:
    petition = new_petition()
    make_text(petition, "en")
    assert not (keystore / f"{petition.uuid}.json").exists()
    petition.open()
    assert (petition.stage, petition.stage_now) == (Stage.OPEN, Stage.OPEN)
    assert petition.opened_at is not None
    assert (keystore / f"{petition.uuid}.json").exists()
    assert LedgerHead.objects.get(petition=petition).size == 0


def test_resuming_changes_neither_secrets_nor_the_day_it_opened(petition: Petition, keystore: Path) -> None:
    opened = petition.opened_at
    content = (keystore / f"{petition.uuid}.json").read_bytes()
    petition.pause()
    petition.open()
    assert petition.opened_at == opened
    assert (keystore / f"{petition.uuid}.json").read_bytes() == content


def test_a_petition_without_a_text_does_not_open(db: None, keystore: Path) -> None:
    petition = new_petition()
    make_text(petition, "fr")
    with pytest.raises(IllegalTransition, match="original language"):
        petition.open()
    assert petition.stage == Stage.PAUSED
    assert not (keystore / f"{petition.uuid}.json").exists()


@pytest.mark.parametrize(
    ("stage", "act"),
    [
        (Stage.OPEN, Petition.open),
        (Stage.PAUSED, Petition.pause),
        (Stage.CLOSED, Petition.open),
        (Stage.CLOSED, Petition.pause),
        (Stage.CLOSED, Petition.close),
    ],
)
def test_what_does_not_follow_is_refused(db: None, stage: Stage, act: Callable[[Petition], None]) -> None:
    petition = make_petition(stage=stage)
    before = Petition.objects.filter(pk=petition.pk).values().get()
    with pytest.raises(IllegalTransition) as refusal:
        act(petition)
    assert str(refusal.value)
    assert Petition.objects.filter(pk=petition.pk).values().get() == before


def test_two_people_at_the_desk_do_not_overwrite_each_other(petition: Petition) -> None:
    seen_by_another = Petition.objects.get(pk=petition.pk)
    petition.close()
    with pytest.raises(IllegalTransition):
        seen_by_another.pause()
    assert seen_by_another.stage == Stage.CLOSED


def test_a_petition_that_never_opened_is_not_closed(db: None) -> None:
    with pytest.raises(IllegalTransition, match="never opened"):
        new_petition().close()


def test_the_end_comes_by_the_clock_and_is_then_written_down(petition: Petition) -> None:
    end = timezone.now() + timedelta(days=1)
    Petition.objects.update(closes_at=end)
    petition.refresh_from_db()
    assert petition.stage_now == Stage.OPEN
    assert close_due(timezone.now()) == 0
    assert close_due(end) == 1
    assert close_due(end) == 0
    petition.refresh_from_db()
    assert (petition.stage, petition.closed_at) == (Stage.CLOSED, end)


def test_a_petition_past_its_end_does_not_open_again(petition: Petition) -> None:
    petition.pause()
    Petition.objects.update(opened_at=petition.opened_at, closes_at=timezone.now())
    petition.refresh_from_db()
    assert petition.stage_now == Stage.CLOSED
    with pytest.raises(IllegalTransition, match="end"):
        petition.open()


def test_a_wording_is_known_by_the_bytes_of_rfc_8785(petition: Petition) -> None:
    version = published(petition)
    expected = (
        '{"addressee":"The city","body":"<p>We drink it.</p>","demands":["Clean it."],'
        '"language":"en","title":"Clean water now"}'
    )
    assert bytes(version.content).decode() == expected
    assert version.sha256 == hashlib.sha256(expected.encode()).hexdigest()
    assert version.words["demands"] == ["Clean it."]


def test_canonical_json_escapes_as_the_rfc_asks() -> None:
    text = PetitionText(lang="en", title='\u20ac$\u000f\u000aA\'B"\\"/', demands=["\u0007", "é\u007f😂"])
    words = canonical_words(text).decode()
    assert '"title":"€$\\u000f\\nA\'B\\"\\\\\\"/"' in words
    assert '"demands":["\\u0007","é\u007f😂"]' in words
    assert json.loads(words)["language"] == "en"


def test_a_text_is_signed_as_it_was_published_whatever_is_drafted_since(petition: Petition) -> None:
    text = petition.texts.get()
    first = published(petition)
    text.title = "Draft"
    text.save()
    assert published(petition).words["title"] == "Clean water now"
    second = publish_text(text)
    assert (second.words["title"], text.state) == ("Draft", TextState.PUBLISHED)
    text.title = "Clean water now"
    assert publish_text(text) == first, "an earlier wording keeps its version"
    assert PetitionText.objects.get().published_version == first
    assert PetitionTextVersion.objects.count() == 2


def test_unsafe_html_is_not_what_people_sign(petition: Petition) -> None:
    text = petition.texts.get()
    text.body = "<p>We drink it.</p><script>alert(1)</script>"
    assert publish_text(text).words["body"] == "<p>We drink it.</p>"


def test_texts_have_one_address_each(petition: Petition) -> None:
    other = make_petition("other")
    make_text(other, "fr", slug="water")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_text(petition, "fr", slug="water")


def test_a_public_text_needs_a_wording_to_sign(petition: Petition) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PetitionText.objects.update(published_version=None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE petition_text_version SET content = 'x'",
        "DELETE FROM petition_text_version",
        "UPDATE consent_text SET text = 'x'",
        "DELETE FROM consent_text",
        "UPDATE petition SET uuid = gen_random_uuid()",
        "UPDATE petition SET alias_domains = '{}'",
        "UPDATE petition SET opened_at = now() - interval '1 day'",
        "DELETE FROM petition",
        "UPDATE petition SET stage = 'closed'",
        "UPDATE petition SET stage = 'won'",
        "UPDATE petition SET goal = 0",
        "UPDATE petition SET closes_at = opened_at",
    ],
)
def test_the_database_holds_what_was_promised(petition: Petition, statement: str) -> None:
    publish_first_wording(Organisation.objects.get())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)


def test_a_closed_petition_is_not_reopened_in_the_database_either(petition: Petition) -> None:
    petition.close()
    with pytest.raises(DatabaseError), transaction.atomic():
        Petition.objects.update(stage=Stage.OPEN, closed_at=None)


def test_an_organisation_can_ask_for_consent_in_every_language(petition: Petition) -> None:
    friends = Organisation.objects.get()
    publish_first_wording(friends)
    publish_first_wording(friends)
    assert set(ConsentText.objects.values_list("lang", flat=True)) == set(FIRST_WORDING)
    assert ConsentText.objects.count() == len(FIRST_WORDING)
    assert all("Friends of the River" in text.text for text in ConsentText.objects.all())
