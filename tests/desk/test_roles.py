"""Every page of every model at the desk, asked for by every role: own, foreign, and guessed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from campaigns.petitions.models import Petition
from reports.editorial.audit import Act, AuditEntry
from tests.desk.conftest import Cast
from tests.desk.making import Objects

ROLES = ("editor", "organiser", "moderator", "auditor", "admin", "outsider", "superuser", "nobody")

Answers = dict[str, tuple[int, ...]]

# What each kind of model answers to each role, in the order of ROLES.
#   read: list and page; add: the form for a new one; write: a POST to its page, which is refused before it is read
#   (403) or comes back as a form (409, since the post carries no fingerprint).
SHARED: Answers = {
    "read": (200, 200, 200, 200, 200, 200, 200, 403),
    "add": (200, 403, 403, 403, 200, 403, 200, 403),
    "write": (409, 403, 403, 403, 409, 403, 409, 403),
}
CAMPAIGN: Answers = {
    "read": (200, 200, 200, 200, 200, 404, 200, 404),
    "add": (200, 403, 403, 403, 200, 403, 200, 403),
    "write": (409, 403, 403, 403, 409, 404, 409, 404),
}
PETITION: Answers = {
    "read": (200, 200, 200, 200, 200, 404, 200, 404),
    "add": (200, 200, 403, 403, 200, 200, 200, 403),
    "write": (409, 409, 403, 403, 409, 404, 409, 404),
}
CONSENT: Answers = PETITION | {"write": (403, 403, 403, 403, 403, 404, 403, 404)}
SIGNATURE: Answers = {
    "read": (403, 200, 200, 403, 200, 404, 200, 404),
    "add": (403,) * 8,
    "write": (403, 403, 403, 403, 403, 404, 403, 404),
}
FLOOD: Answers = {
    "read": (200, 200, 200, 200, 200, 404, 200, 404),
    "add": (403,) * 8,
    "write": (403, 403, 403, 403, 403, 404, 403, 404),
}
ALIAS: Answers = {
    "read": (200, 200, 200, 200, 200, 200, 200, 403),
    "add": (403, 403, 403, 403, 200, 403, 200, 403),
    "write": (403, 403, 403, 403, 409, 403, 409, 403),
}
ORGANISATION: Answers = {
    "read": (200, 200, 200, 200, 200, 404, 200, 404),
    "add": (403, 403, 403, 403, 403, 403, 200, 403),
    "write": (403, 403, 403, 403, 409, 404, 409, 404),
}
MEMBERSHIP: Answers = {
    "read": (403, 403, 403, 403, 200, 404, 200, 404),
    "add": (403, 403, 403, 403, 200, 403, 200, 403),
    "write": (403, 403, 403, 403, 403, 404, 403, 404),
}
ACCOUNT: Answers = {
    "read": (404, 404, 404, 404, 200, 404, 200, 404),
    "add": (403, 403, 403, 403, 403, 403, 200, 403),
    "write": (404, 404, 404, 404, 403, 404, 409, 404),
}
FACTOR: Answers = {
    "read": (403, 403, 403, 403, 403, 403, 200, 403),
    "add": (403,) * 8,
    "write": (403,) * 8,
}
AUDIT: Answers = {
    "read": (404, 404, 404, 200, 200, 404, 200, 404),
    "add": (403,) * 8,
    "write": (404, 404, 404, 403, 403, 404, 403, 404),
}
# Reached from what they belong to, never added by themselves.
SHARED_PART: Answers = SHARED | {"add": (403,) * 8}
PETITION_PART: Answers = PETITION | {"add": (403,) * 8}

IMPORT: Answers = SHARED | {"write": (403,) * 8}

KINDS: dict[str, Answers] = {
    "reports.importrun": IMPORT,
    "reports.publisher": SHARED,
    "reports.reportedition": SHARED,
    "reports.theme": SHARED,
    "reports.themeinedition": SHARED,
    "reports.themelink": SHARED,
    "reports.themechange": SHARED,
    "reports.finding": SHARED,
    "reports.findingplace": SHARED_PART,
    "reports.source": SHARED,
    "reports.instrument": SHARED,
    "reports.instrumentlink": SHARED_PART,
    "reports.place": SHARED,
    "reports.person": SHARED,
    "reports.voice": SHARED,
    "campaigns.addressee": SHARED,
    "campaigns.demand": SHARED,
    "campaigns.demandevent": SHARED_PART,
    "campaigns.demandstatement": SHARED_PART,
    "campaigns.aliasrule": ALIAS,
    "campaigns.campaign": CAMPAIGN,
    "petitions.petition": PETITION,
    "petitions.petitionupdate": PETITION_PART,
    "petitions.consenttext": CONSENT,
    "petitions.signature": SIGNATURE,
    "petitions.floodincident": FLOOD,
    "petitions.allowednetwork": PETITION,
    "demonstrations.demonstration": PETITION,
    "editorial.organisation": ORGANISATION,
    "editorial.membership": MEMBERSHIP,
    "editorial.user": ACCOUNT,
    "editorial.auditentry": AUDIT,
    "mfa.authenticator": FACTOR,
}
# The list of a model answers by the right alone: what is not the asker's is simply not in it.
LISTS = {label: tuple(403 if code in {403, 404} else code for code in kind["read"]) for label, kind in KINDS.items()}
for _label in ("campaigns.campaign", "petitions.petition", "petitions.petitionupdate", "petitions.consenttext"):
    LISTS[_label] = (200, 200, 200, 200, 200, 200, 200, 403)
LISTS["demonstrations.demonstration"] = LISTS["editorial.organisation"] = (200, 200, 200, 200, 200, 200, 200, 403)
LISTS["petitions.floodincident"] = LISTS["petitions.allowednetwork"] = LISTS["editorial.organisation"]
LISTS["petitions.signature"] = (403, 200, 200, 403, 200, 200, 200, 403)

pytestmark = pytest.mark.django_db


def page(label: str, name: str, *args: Any) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{name}", args=args)


def test_every_model_of_the_desk_stands_in_the_table() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == set(KINDS)


@pytest.mark.parametrize("number", range(len(ROLES)), ids=ROLES)
def test_every_page_answers_every_role_as_the_table_says(cast: Cast, objects: Objects, number: int) -> None:
    client = cast.client(ROLES[number])
    wrong: dict[str, tuple[int, int]] = {}
    for label, kind in KINDS.items():
        pk = objects.of(label).pk
        asked = {
            "list": (client.get(page(label, "changelist")).status_code, LISTS[label][number]),
            "add": (client.get(page(label, "add")).status_code, kind["add"][number]),
            "page": (client.get(page(label, "change", pk)).status_code, kind["read"][number]),
            "history": (client.get(page(label, "history", pk)).status_code, kind["read"][number]),
            "write": (client.post(page(label, "change", pk), {}).status_code, kind["write"][number]),
        }
        wrong |= {f"{label} {name}": codes for name, codes in asked.items() if codes[0] != codes[1]}
    assert wrong == {}


BOUND = [label for label, kind in KINDS.items() if kind["read"][5] == 404]
ACTS: dict[str, list[Any]] = {
    "petitions.petition": [
        "export",
        ("move", "archived"),
        ("stage", "close"),
        ("text", "en"),
        ("text_to", "en", "draft"),
    ],
    "campaigns.campaign": [("move", "archived"), ("text", "en"), ("text_preview", "en")],
    "demonstrations.demonstration": [("move", "in_review"), ("text", "en")],
    "petitions.signature": ["take_out", "take_in", "count_held"],
    "petitions.petitionupdate": [("text", "en")],
}


@pytest.mark.parametrize("role", ["editor", "organiser", "moderator", "auditor", "admin", "nobody"])
def test_a_foreign_id_answers_404_whatever_is_asked(cast: Cast, foreign: Objects, role: str) -> None:
    client = cast.client(role)
    answers = {}
    for label in BOUND:
        pk = foreign.of(label).pk
        names: list[Any] = ["change", "delete", "history", *ACTS.get(label, [])]
        for name in names:
            parts = name if isinstance(name, tuple) else (name,)
            url = page(label, parts[0], pk, *parts[1:])
            if parts[0] in {"change", "delete", "history", "export", "text"}:
                answers[f"GET {url}"] = client.get(url).status_code
            if parts[0] != "history":
                answers[f"POST {url}"] = client.post(url, {"purpose": "to deliver it"}).status_code
    assert {url: code for url, code in answers.items() if code != 404} == {}


def test_a_foreign_id_looks_like_one_that_was_never_given(cast: Cast, foreign: Objects) -> None:
    client = cast.client("editor")
    address = page("petitions.petition", "change", foreign.of("petitions.petition").pk)
    guessed, never = client.get(address), client.get(page("petitions.petition", "change", 10**6))
    there = guessed.content.decode().replace(address, page("petitions.petition", "change", 10**6))
    assert (guessed.status_code, there) == (never.status_code, never.content.decode())


def test_a_guess_is_written_to_the_log_of_whom_it_was_aimed_at(cast: Cast, foreign: Objects) -> None:
    petition = foreign.of("petitions.petition")
    cast.client("editor").get(page("petitions.petition", "change", petition.pk))
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor_email, entry.object_type) == (
        Act.REFUSED,
        "editor@example.org",
        "petitions.petition",
    )
    assert (entry.object_id, entry.organisation_id) == (str(petition.pk), cast.theirs.pk)


def test_a_missing_right_is_written_to_the_log(cast: Cast, petition: Petition) -> None:
    cast.client("auditor").post(page("petitions.petition", "stage", petition.pk, "close"))
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor_email, entry.organisation_id) == (Act.REFUSED, "auditor@example.org", cast.ours.pk)
    petition.refresh_from_db()
    assert petition.stage == "open"


def test_lists_and_choices_hold_nothing_of_others(cast: Cast, foreign: Objects) -> None:
    client = cast.client("editor")
    for label in ("campaigns.campaign", "petitions.petition", "demonstrations.demonstration"):
        assert b"theirs" not in client.get(page(label, "changelist")).content.lower()
    asked = {"app_label": "petitions", "model_name": "petition", "field_name": "campaign", "term": "campaign"}
    found = client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [row["text"] for row in found] == ["Campaign of ours"]


def test_nothing_can_be_moved_into_foreign_hands(cast: Cast, objects: Objects, foreign: Objects) -> None:
    client = cast.client("editor")
    values = {"key": "new", "campaign": foreign.of("campaigns.campaign").pk, "linger": "normal", "original_lang": "en"}
    values |= {"updates-TOTAL_FORMS": 0, "updates-INITIAL_FORMS": 0}
    response = client.post(page("petitions.petition", "add"), values)
    assert response.status_code == 200
    assert "campaign" in response.context["adminform"].form.errors
    assert not Petition.objects.filter(key="new").exists()


def test_editors_find_no_way_to_signatories(cast: Cast, petition: Petition) -> None:
    client = cast.client("editor")
    assert b"export" not in client.get(page("petitions.petition", "change", petition.pk)).content
    assert client.get(page("petitions.petition", "export", petition.pk)).status_code == 404
    assert client.get(page("petitions.signature", "changelist")).status_code == 403


def test_moderators_see_no_person(cast: Cast, objects: Objects) -> None:
    signature = objects.of("petitions.signature")
    content = cast.client("moderator").get(page("petitions.signature", "change", signature.pk)).content
    assert b"ada@example.org" not in content
    organiser = cast.client("organiser").get(page("petitions.signature", "change", signature.pk)).content
    assert b"ada@example.org" in organiser
    looked = AuditEntry.objects.get(act=Act.LOOKED)
    assert "ada" not in f"{looked.label}{looked.detail}".lower()


def test_the_secret_of_a_second_factor_is_never_shown(cast: Cast, objects: Objects) -> None:
    factor = objects.of("mfa.authenticator")
    assert b"hidden-seed" not in cast.client("superuser").get(page("mfa.authenticator", "change", factor.pk)).content


def test_the_desk_asks_visitors_to_sign_in(objects: Objects) -> None:
    for label in KINDS:
        response = Client().get(page(label, "change", objects.of(label).pk))
        assert response.status_code == 302, label
        assert "login" in response["Location"], label


def test_signed_in_but_no_staff_is_refused_not_sent_round(cast: Cast) -> None:
    user = cast.people["nobody"]
    user.is_staff = False
    user.save()
    response = cast.client("nobody").get("/desk/", follow=True)
    assert response.status_code == 403
