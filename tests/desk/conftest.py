"""The fixed cast of the desk: one person for each role in one organisation, one organiser of another, a superuser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from campaigns.petitions.models import Petition
from campaigns.petitions.signable import forget_petitions
from reports.editorial.models import Membership, Organisation, User
from reports.editorial.organisations import Role
from tests.desk.making import Objects, make_objects

ROLES = ("editor", "organiser", "moderator", "auditor", "admin", "outsider", "superuser", "nobody")


@pytest.fixture(autouse=True)
def keystore(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.KEYSTORE = tmp_path / "keystore"
    forget_petitions()
    yield settings.KEYSTORE
    forget_petitions()


@dataclass
class Cast:
    """The people, and a signed-in client for each."""

    ours: Organisation
    theirs: Organisation
    people: dict[str, User]

    def client(self, role: str) -> Client:
        client = Client()
        client.force_login(self.people[role])
        return client


def give_second_factor(user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    ours = Organisation.objects.create(key="ours", name="Ours")
    theirs = Organisation.objects.create(key="theirs", name="Theirs")
    people = {}
    for role in ROLES:
        user = User.objects.create_user(f"{role}@example.org", name=role, is_superuser=role == "superuser")
        people[role] = user
        if role in Role.values:
            Membership.objects.create(user=user, organisation=ours, role=role)
        elif role == "outsider":
            Membership.objects.create(user=user, organisation=theirs, role=Role.ORGANISER)
        give_second_factor(user)
    return Cast(ours, theirs, people)


@pytest.fixture
def objects(cast: Cast) -> Objects:
    return make_objects(cast.ours)


@pytest.fixture
def foreign(cast: Cast, objects: Objects) -> Objects:
    return make_objects(cast.theirs, share=objects)


@pytest.fixture
def petition(objects: Objects) -> Petition:
    found = objects.of("petitions.petition")
    assert isinstance(found, Petition)
    return found


def form_values(response: Any) -> dict[str, Any]:
    """What a browser would post: every control of the page's form, as it is filled."""
    context = response.context
    values: dict[str, Any] = {"seen": context["seen"]}
    form = context["adminform"].form
    forms = [form, *(one for fs in context["inline_admin_formsets"] for one in fs.formset.forms)]
    for formset in context["inline_admin_formsets"]:
        forms.append(formset.formset.management_form)
    for one in forms:
        for field in one:
            value = field.value()
            if value is None or value is False:
                continue
            prepared = field.field.prepare_value(value)
            if isinstance(prepared, list | tuple):
                values[field.html_name] = [str(getattr(part, "pk", part)) for part in prepared]
            else:
                shown = (
                    field.field.widget.format_value(prepared) if hasattr(field.field.widget, "format_value") else None
                )
                values[field.html_name] = shown[0] if isinstance(shown, list) and shown else (shown or prepared)
    return values
