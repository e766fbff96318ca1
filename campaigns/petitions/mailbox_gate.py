"""How many codes one network may try, and how many mails it may ask for, before each takes a proof of work.

Both need no signature, so the limits of signing do not reach them. They are counted apart from it, and only above the
upper limit more is asked: a hall full of people who signed with a code types as many codes. Network and petition decide
alone; whose address was typed is no part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from campaigns.limit_counting import counts
from campaigns.limit_rules import SHARES, AskedForMore, packed, sender
from campaigns.petitions.allowed_networks import is_allowed
from campaigns.petitions.signable import SigningPetition
from campaigns.proof_of_work import FIELD, challenge, passes
from config.client_network import networks_of

KIND: Final = "mailbox"


def admit_request(environ: Mapping[str, Any], petition: SigningPetition, post: Mapping[str, Any]) -> None:
    """Take a try of a code or a request for a mail, and count it. Raises AskedForMore, and DatabaseError.

    Below the limit nothing is asked of the database.
    """
    address = sender(environ)
    if address is None or is_allowed(petition.organisation_id, petition.id, address):
        return
    subject = petition.id.to_bytes(8, "big")
    networks = networks_of(address)
    tried = counts.named(*((KIND, (subject, packed(network))) for network in networks))
    shares = [SHARES[network.prefixlen] for network in networks]
    totals = zip(counts.totals(tried), shares, strict=True)
    flooded = any(total >= settings.LIMIT_HARD * share for total, share in totals)
    if flooded and not passes(str(post.get(FIELD, "")), _proof_subject(petition), hard=True):
        raise AskedForMore(hard=True)
    counts.add(tried)


def request_challenge(petition: SigningPetition) -> str:
    """What the browser works on, as JSON. Raises DatabaseError."""
    return challenge(_proof_subject(petition), hard=True)


def _proof_subject(petition: SigningPetition) -> str:
    return f"mailboxes of petition {petition.id}"
