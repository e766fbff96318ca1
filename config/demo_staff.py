"""The demo's organisation and the people who work for it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction

from reports.editorial.models import Membership, Organisation
from reports.editorial.organisations import Role

ORGANISATION = {"key": "demo", "name": "Upstander Demo Network"}
PEOPLE = {Role.EDITOR: "editor@example.org", Role.ORGANISER: "organiser@example.org"}


@dataclass(frozen=True)
class Login:
    """A login to be shown once: only a hash of the password is kept."""

    role: str
    email: str
    password: str


@transaction.atomic
def create_missing() -> list[Login]:
    """Make the accounts that do not exist yet; what comes back can never be shown again."""
    organisation, _ = Organisation.objects.get_or_create(key=ORGANISATION["key"], defaults=ORGANISATION)
    users = get_user_model().objects
    logins = []
    for role, email in PEOPLE.items():
        if users.filter(email=email).exists():
            continue
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        user = users.create_user(email, password, name=role.label.capitalize())
        Membership.objects.create(user=user, organisation=organisation, role=role)
        logins.append(Login(role.value, email, password))
    return logins
