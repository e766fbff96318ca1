"""Signing: one statement, the same work for everybody, nothing that a repeat could change."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import sealing
from campaigns.keystore import secrets_of
from campaigns.petitions import signable as signable_petitions
from campaigns.petitions.behind_token import opened
from campaigns.petitions.confirming import confirm
from campaigns.petitions.petitions import Petition, Stage, publish_text
from campaigns.petitions.signable import forget_petitions, load, open_petition
from campaigns.petitions.signatures import OVERFLOW_NAME_KEY, Signature, State
from campaigns.petitions.signing import NotOpen, NotSaved, Submission, UnknownText, sign
from campaigns.sealing import CannotOpen, Place
from reports.editorial.publishing import State as Publishing
from tests.petitions.cast import ADA, at_once, link, make_petition, make_text, post, rows, submission


def stored(petition: Petition) -> dict[Any, dict[str, Any]]:
    return {row["pk"]: row for row in rows(petition).values("pk", *[f.name for f in Signature._meta.fields])}


def statements(petition: Petition, address: str = ADA, name: str = "Ada") -> list[str]:
    signable = load(petition)
    with CaptureQueriesContext(connection) as captured:
        sign(signable, submission(signable, address, name))
    return [query["sql"].split("(")[0].strip() for query in captured.captured_queries]


def test_a_new_signature_waits_for_its_mail(petition: Petition) -> None:
    row = post(petition, country="IN", lang="en", updates=True)
    assert (row.state, row.slot, row.posts, row.country, row.lang) == (State.PENDING, None, 1, "IN", "en")
    assert row.mail_due_at is not None
    assert opened(row, load(petition)).said == {"name": "Ada", "email": ADA, "updates": True}
    assert row.consent_text_id is None, "what is ticked in the form is no consent yet"


def test_new_repeated_and_seventh_are_one_statement_each(petition: Petition) -> None:
    one = ["INSERT INTO signature AS s"]
    assert statements(petition) == one
    assert statements(petition) == one
    for number in range(5):
        assert statements(petition, name=f"Somebody {number}") == one
    assert rows(petition).count() == 6
    assert statements(petition, name="The seventh") == one
    assert statements(petition, name="The eighth") == one
    assert rows(petition).count() == 7


def test_a_petition_is_found_without_a_statement_for_two_seconds(petition: Petition) -> None:
    assert open_petition("water", "en") == load(petition)
    with CaptureQueriesContext(connection) as captured:
        found = open_petition("water", "en")
    assert found is not None
    assert captured.captured_queries == []


def test_everybody_past_six_shares_one_row_that_holds_nothing(petition: Petition) -> None:
    for number in range(6):
        post(petition, name=f"Somebody {number}")
    post(petition, name="The seventh")
    row = post(petition, name="The eighth")
    assert (row.name_key, row.blob, row.posts) == (OVERFLOW_NAME_KEY, None, 2)
    assert row.mail_due_at is not None
    again = post(petition, name="Somebody 3")
    assert again.name_key != OVERFLOW_NAME_KEY, "who waits already is found again"
    assert rows(petition).filter(posts=2).count() == 2


def test_a_repeat_changes_only_posts_and_mail_due_at(petition: Petition) -> None:
    row = post(petition, country="NL", updates=False)
    rows(petition).update(mail_due_at=None)
    before = stored(petition)[row.pk]
    post(petition, address="  ADA@example.org ", name="aDa", country="US", lang="ar", updates=True)
    after = stored(petition)[row.pk]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"posts", "mail_due_at"}
    assert after["posts"] == 2
    assert timedelta(seconds=100) < after["mail_due_at"] - timezone.now() <= timedelta(seconds=120)


def test_a_repeat_does_not_delay_the_mail(petition: Petition) -> None:
    due = post(petition).mail_due_at
    assert post(petition).mail_due_at == due


@pytest.mark.parametrize("state", [State.CONFIRMED, State.HELD, State.REMOVED])
def test_a_repeat_after_confirming_changes_no_more(petition: Petition, state: State) -> None:
    row = post(petition)
    slot = 1 if state in (State.CONFIRMED, State.REMOVED) else None
    rows(petition).update(state=state, slot=slot, mail_due_at=None, confirmed_at=timezone.now())
    before = stored(petition)[row.pk]
    assert statements(petition) == ["INSERT INTO signature AS s"]
    after = stored(petition)[row.pk]
    assert {name for name in before if before[name] != after[name]} == {"posts", "mail_due_at"}


@pytest.mark.parametrize(("hours", "renewed"), [(13 * 24 + 23, False), (14 * 24, True)])
def test_who_signs_again_when_the_time_to_confirm_is_over_begins_anew(
    petition: Petition, hours: int, renewed: bool
) -> None:
    """The clock deletes such a row within the hour; until then nobody must be mailed its dead links."""
    row = post(petition, country="NL")
    old = timezone.now() - timedelta(hours=hours, minutes=1)
    rows(petition).update(created_at=old, mail_due_at=None, code_only=True)
    again = post(petition, name="ADA", country="ET")
    assert (link(again) != link(row), again.pk != row.pk) == (renewed, renewed)
    assert (again.posts, again.country, again.code_only) == ((1, "ET", False) if renewed else (2, "NL", True))
    assert again.mail_due_at is not None
    assert (again.mail_due_at <= timezone.now()) == renewed
    found = confirm(link(again))
    assert found is not None
    assert found.status == "confirmed"
    assert rows(petition).count() == 1
    assert (confirm(link(row)) is None) == renewed


def test_posts_are_counted_to_a_thousand(petition: Petition) -> None:
    row = post(petition)
    rows(petition).update(posts=1000)
    assert post(petition).posts == 1000
    assert rows(petition).get().pk == row.pk


@pytest.mark.parametrize("address", ["A.D.A@gmail.com", "ada+water@gmail.com", "ADA@googlemail.com", " ada@gmail.com "])
def test_spellings_of_a_mailbox_are_one_person(petition: Petition, address: str) -> None:
    first = post(petition, "ada@gmail.com")
    assert post(petition, address).pk == first.pk


def test_a_plus_address_elsewhere_is_another_mailbox_and_kept_as_typed(petition: Petition) -> None:
    post(petition, "ada@example.org")
    row = post(petition, "Ada+Water@example.org")
    assert rows(petition).count() == 2
    assert opened(row, load(petition)).said["email"] == "Ada+Water@example.org"


def test_alias_domains_are_those_the_petition_opened_with(db: None) -> None:
    petition = make_petition(alias_domains={"old.example": "new.example"})
    first = post(petition, "ada@old.example")
    assert post(petition, "ada@new.example").pk == first.pk
    assert post(petition, "ada@googlemail.com").pk != post(petition, "ada@gmail.com").pk


def test_petitions_cannot_be_joined(db: None) -> None:
    one, other = post(make_petition("one")), post(make_petition("other"))
    assert one.email_key != other.email_key
    assert one.name_key != other.name_key


def test_a_blob_moved_to_another_row_does_not_open(petition: Petition) -> None:
    ada, bob = post(petition, ADA), post(petition, "bob@example.org", "Bob")
    secrets = secrets_of(petition.uuid)
    with pytest.raises(CannotOpen):
        sealing.unseal(
            secrets.seal, Place(petition.uuid, bob.personal.email_key, bob.personal.name_key), ada.personal.blob
        )


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.CLOSED])
def test_only_an_open_petition_is_signed(db: None, stage: Stage) -> None:
    petition = make_petition(stage=stage)
    with pytest.raises(NotOpen) as refusal:
        post(petition)
    assert refusal.value.stage == stage
    assert rows(petition).count() == 0


def test_the_end_comes_by_the_clock(petition: Petition) -> None:
    petition.closes_at = timezone.now() + timedelta(milliseconds=200)
    petition.save()
    signable = load(petition)
    sign(signable, submission(signable))
    while signable.stage_now == Stage.OPEN:
        assert timezone.now() < petition.closes_at + timedelta(seconds=5)
    with pytest.raises(NotOpen) as refusal:
        sign(signable, submission(signable))
    assert refusal.value.stage == Stage.CLOSED


def test_who_signs_an_older_wording_signs_that_one(petition: Petition) -> None:
    old = next(iter(load(petition).texts))
    text = petition.texts.get()
    text.title = "Clean water by May"
    publish_text(text)
    signable = load(petition)
    assert len(signable.texts) == 2
    sign(signable, Submission("Ada", submission(signable).address, "NL", "en", old))
    assert rows(petition).get().text.words["title"] == "Clean water now"


def test_a_wording_that_never_was_is_refused(petition: Petition) -> None:
    make_text(make_petition("other"), "fr", title="Autre")
    signable = load(petition)
    for sha256 in ("", "0" * 64, next(iter(load(Petition.objects.get(key="other")).texts))[:-1]):
        with pytest.raises(UnknownText):
            sign(signable, Submission("Ada", submission(signable).address, "NL", "en", sha256))
    assert rows(petition).count() == 0


@pytest.mark.parametrize("state", [Publishing.DRAFT, Publishing.IN_REVIEW, Publishing.APPROVED, Publishing.REMOVED])
def test_a_petition_that_is_not_public_is_not_found(petition: Petition, state: Publishing) -> None:
    assert open_petition("water", "en") is not None
    Petition.objects.update(state=state)
    forget_petitions()
    assert open_petition("water", "en") is None


@pytest.mark.parametrize("state", [Publishing.ARCHIVED, Publishing.RETRACTED])
def test_a_petition_that_is_only_read_is_not_signed(petition: Petition, state: Publishing) -> None:
    Petition.objects.update(state=state)
    found = open_petition("water", "en")
    assert found is not None
    assert found.stage_now == Stage.CLOSED
    with pytest.raises(NotOpen):
        sign(found, submission(found))
    assert rows(petition).count() == 0


def test_the_original_s_address_serves_a_language_without_a_text(petition: Petition) -> None:
    make_text(petition, "fr", slug="eau")
    nowhere = [("eau", "nl", False), ("x", "en", False), ("wat\0er", "en", False), ("w" * 5000, "en", False)]
    for slug, lang, found in [("water", "nl", True), ("eau", "fr", True), *nowhere]:
        assert (open_petition(slug, lang) is not None) == found, (slug, lang)


def test_a_text_in_the_language_wins_over_another_petition_s_original(db: None) -> None:
    original = make_petition("one", lang="en")
    other = make_petition("two", lang="en")
    make_text(other, "nl", slug="one")
    found = open_petition("one", "nl")
    assert found is not None
    assert found.id == other.pk
    english = open_petition("one", "en")
    assert english is not None
    assert english.id == original.pk


def lose_the_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()

    def terminate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

    at_once(terminate)


def test_a_petition_is_remembered_while_the_database_is_away(
    live_petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signable_petitions, "FRESH_SECONDS", 0)
    known = open_petition("water", "en")
    lose_the_connection()
    assert open_petition("water", "en") == known
    forget_petitions()
    with pytest.raises(NotSaved):
        open_petition("water", "en")
    connections.close_all()
    assert open_petition("water", "en") == known


def test_when_the_database_is_gone_nothing_is_said_and_the_next_post_is_saved(live_petition: Petition) -> None:
    signable = load(live_petition)
    lose_the_connection()
    with pytest.raises(NotSaved) as refusal:
        sign(signable, submission(signable))
    assert ADA not in str(refusal.value)
    connections.close_all()
    assert post(live_petition).posts == 1


def test_fifty_posts_of_one_person_at_once_are_one_row(live_petition: Petition) -> None:
    signable = load(live_petition)
    spellings = [(ADA, "Ada"), ("ADA@EXAMPLE.ORG", "ada"), (" ada@Example.org ", "A d a")]

    def act(number: int) -> None:
        sign(signable, submission(signable, *spellings[number % 3]))

    at_once(*[partial(act, number) for number in range(50)])
    row = rows(live_petition).get()
    assert row.posts == 50
