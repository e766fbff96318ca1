"""What visitors type, and where they go."""

from __future__ import annotations

from typing import Any

from django.db import connection

from campaigns.petitions.petitions import Petition
from campaigns.petitions.printed import Printed, printed_by_id
from campaigns.petitions.signatures import Signature
from tests.petitions.cast import link
from tests.petitions_pages.visitor import Reply, Visitor

PAGE = "/en/petitions/water/"
SIGN = "/en/petitions/water/sign/"
CHECK_MAIL = "/en/petitions/water/check-your-mail/"
ADA = {"name": "Ada Lovelace", "email": "ada@example.org", "country": "GB"}


def printed(petition: Petition, lang: str = "en") -> Printed:
    found = printed_by_id(petition.pk, lang)
    assert found is not None
    return found


def typed(petition: Petition, **changes: Any) -> dict[str, Any]:
    """What the form of the page sends, with Ada's data but for the changes."""
    return {**ADA, "text": printed(petition).sha256, **changes}


def sign(visitor: Visitor, petition: Petition, **changes: Any) -> Reply:
    return visitor.post(SIGN, typed(petition, **changes))


def signed(visitor: Visitor, petition: Petition, **changes: Any) -> Signature:
    """The newest row, once the form was taken."""
    reply = sign(visitor, petition, **changes)
    assert reply.status == 303, reply.text
    return Signature.objects.filter(petition=petition).latest("pk")


def confirm_url(row: Signature, lang: str = "en") -> str:
    return f"/{lang}/confirm/{link(row)}/"


def end_own_connection() -> None:
    """What a crash or an administrator does to the connection that the test and its requests use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
