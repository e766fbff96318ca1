"""The audit log only grows, holds every act, and nothing about signers."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from campaigns.petitions.models import Petition
from reports.editorial.audit import Act, AuditEntry, record
from tests.desk.conftest import Cast, form_values
from tests.desk.making import Objects
from tests.desk.test_roles import page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE editorial_auditentry SET actor_email = 'nobody@example.org'",
        "DELETE FROM editorial_auditentry",
        "TRUNCATE editorial_auditentry",
    ],
)
def test_the_log_only_grows(objects: Objects, statement: str) -> None:
    before = AuditEntry.objects.count()
    assert before
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is deferred would hold the table
        cursor.execute("ALTER TABLE editorial_auditentry ENABLE TRIGGER never_emptied")
        with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
            cursor.execute(statement)
    assert AuditEntry.objects.count() == before


def test_an_entry_outlives_its_account(cast: Cast, petition: Petition) -> None:
    cast.client("editor").post(page("petitions.petition", "stage", petition.pk, "pause"))
    cast.people["editor"].delete()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor_email, entry.label) == (Act.STAGED, "editor@example.org", "Petition of ours")


def test_a_change_names_its_fields(cast: Cast, petition: Petition) -> None:
    client = cast.client("editor")
    address = page("petitions.petition", "change", petition.pk)
    values = form_values(client.get(address)) | {"goal": "500"}
    assert client.post(address, values).status_code == 302
    entry = AuditEntry.objects.latest("pk")
    assert entry.act == Act.CHANGED
    assert entry.detail["changes"] == [{"changed": {"fields": ["Goal"]}}]
    assert b"Goal" in client.get(page("petitions.petition", "history", petition.pk)).content


def test_roles_given_and_taken_are_written_down(cast: Cast) -> None:
    client = cast.client("admin")
    values = {"organisation": cast.ours.pk, "email": "New@example.org", "role": "organiser"}
    assert client.post(page("editorial.membership", "add"), values).status_code == 302
    given = AuditEntry.objects.latest("pk")
    assert (given.act, given.object_type, given.organisation_id) == (Act.ADDED, "editorial.membership", cast.ours.pk)
    assert client.post(page("editorial.membership", "delete", given.object_id), {"post": "yes"}).status_code == 302
    assert AuditEntry.objects.latest("pk").act == Act.DELETED


def test_nobody_gives_roles_elsewhere(cast: Cast) -> None:
    values = {"organisation": cast.theirs.pk, "email": "admin@example.org", "role": "admin"}
    response = cast.client("admin").post(page("editorial.membership", "add"), values)
    assert "organisation" in response.context["adminform"].form.errors


def test_auditors_read_their_own_organisations_log(cast: Cast, objects: Objects, foreign: Objects) -> None:
    content = cast.client("auditor").get(page("editorial.auditentry", "changelist")).content
    assert b"member-ours@example.org" in content
    assert b"member-theirs@example.org" not in content


def test_the_log_names_kinds_in_the_reader_s_language_and_acts_of_no_account(cast: Cast, objects: Objects) -> None:
    record(AnonymousUser(), Act.ERASED, Petition, object_id=7, label="each-veto", organisation_id=cast.ours.pk)
    client = cast.client("auditor")
    log = page("editorial.auditentry", "changelist")
    content = client.get(log, headers={"accept-language": "fr"}).content.decode()
    assert "pétition each-veto" in content
    assert "le site ou son exploitant" in content
    assert "petitions.petition 7" not in content
    only = client.get(log, {"kind": "editorial.membership"}, headers={"accept-language": "fr"}).content.decode()
    assert "each-veto" not in only
    assert "each-veto" in client.get(log, {"kind": "petitions.petition"}).content.decode()
