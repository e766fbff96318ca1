"""May this member of staff do this, in this organisation? Every page of the desk asks here and nowhere else.

A role is held in one organisation and gives rights there. What belongs to no organisation (the report, its findings,
demands) may be read and written by whoever has the right in any organisation. What belongs to another organisation
does not exist for the asker: look-ups go through `limited`, so a guessed id answers 404 like one that was never given.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet, prefetch_related_objects

from reports.editorial.organisations import Role
from reports.editorial.staff import User

M = TypeVar("M", bound=Model)
Asker = AbstractBaseUser | AnonymousUser


class Right(Enum):
    """What a role may give."""

    READ = "read"  # the content of the desk, drafts included
    CURATE = "curate"  # write and publish the report, demands, campaigns
    ORGANISE = "organise"  # write, publish, open and close petitions and demonstrations
    SIGNATORIES = "signatories"  # see and export who signed
    MODERATE = "moderate"  # take a signature out of the count, and back in
    AUDIT = "audit"  # read who did what
    ADMINISTER = "administer"  # give and take roles


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.EDITOR: frozenset({Right.READ, Right.CURATE, Right.ORGANISE}),
    Role.ORGANISER: frozenset({Right.READ, Right.ORGANISE, Right.SIGNATORIES}),
    Role.MODERATOR: frozenset({Right.READ, Right.MODERATE}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
    Role.ADMIN: frozenset(Right),
}


def may(asker: Asker, right: Right, organisation_id: int | None = None) -> bool:
    """Whether the asker has a right in this organisation, or, where None is given, in any."""
    if _is_everywhere(asker):
        return True
    held = _held(asker)
    if organisation_id is not None:
        return right in held.get(organisation_id, frozenset())
    return any(right in rights for rights in held.values())


def limited(objects: QuerySet[M], asker: Asker, path: str | None, right: Right | None = None) -> QuerySet[M]:
    """Those objects that exist for the asker; with a right, those it holds for.

    `path` is the look-up from an object to its organisation's id (`campaign__organisation_id`); None means that the
    objects belong to no organisation.
    """
    if _is_everywhere(asker):
        return objects
    if path is None:
        return objects if right is None or may(asker, right) else objects.none()
    return objects.filter(**{f"{path}__in": organisations(asker, right)})


def organisations(asker: Asker, right: Right | None = None) -> list[int]:
    """The ids of the organisations in which the asker works, or has this right. Empty for a superuser, who needs no
    role: ask `may` first."""
    return sorted(organisation for organisation, rights in _held(asker).items() if right is None or right in rights)


def lacks_second_factor(asker: Asker) -> bool:
    """Whether the asker must set up a second factor before seeing or exporting who signed. The demo only offers it."""
    return not settings.DEMO and not (isinstance(asker, User) and is_mfa_enabled(asker))


def _is_everywhere(asker: Asker) -> bool:
    return isinstance(asker, User) and asker.is_active and asker.is_superuser


def _held(asker: Asker) -> dict[int, frozenset[Right]]:
    """Rights by organisation, asked of the database once per request."""
    if not isinstance(asker, User) or not asker.is_active or not asker.is_staff:
        return {}
    people: list[Any] = [asker]
    prefetch_related_objects(people, "memberships")
    held: dict[int, frozenset[Right]] = {}
    for membership in asker.memberships.all():
        rights = RIGHTS[Role(membership.role)]
        held[membership.organisation_id] = held.get(membership.organisation_id, frozenset()) | rights
    return held
