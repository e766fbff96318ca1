"""Whether a post may be taken as it is, or is asked for more: decided in memory, by network and petition alone.

What was typed is no part of the decision, so nothing about an address can be learnt from it. Under pressure a post
brings a proof of work, or takes the way of the typed code; what is taken then belongs to an incident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaigns.limit_rules import AskedForMore, Posts, Pressure, count_post, packed, posts_from, pressure, sender
from campaigns.petitions.allowed_networks import is_allowed
from campaigns.petitions.confirm_rates import is_unconfirmed
from campaigns.petitions.flood_incidents import ADMITTED, Admission, FloodKind, incident_of, note
from campaigns.petitions.signable import SigningPetition
from campaigns.proof_of_work import FIELD, challenge, passes
from config.client_network import Network, networks_of

WAY_FIELD = "way"
BY_CODE = "code"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands with a petition. `network` is the largest one that it is counted under, if it is under
    any; `posts` is where it will count."""

    petition_id: int
    network: Network | None = field(repr=False)
    posts: Posts = field(repr=False)
    pressure: Pressure
    kind: FloodKind

    @property
    def incident_id(self) -> int:
        """The incident that this post belongs to. Raises DatabaseError."""
        where = packed(self.network) if self.network is not None and self.kind == FloodKind.NETWORK else b""
        return incident_of(self.petition_id, self.kind, where)


def standing(environ: Mapping[str, Any], petition: SigningPetition) -> Standing:
    """Where the sender of a request stands: what is asked of its network, or else of everybody. Asks nobody."""
    address = sender(environ)
    if address is None or is_allowed(petition.organisation_id, petition.id, address):
        networks: tuple[Network, ...] = ()
    else:
        networks = networks_of(address)
    posts = posts_from(networks, subject_of(petition.id))
    found, crowded = pressure(posts)
    kind = FloodKind.NETWORK
    if found == Pressure.NONE and is_unconfirmed(petition.id):
        found, kind = Pressure.SOFT, FloodKind.UNCONFIRMED
    elif found == Pressure.NONE and crowded:
        found, kind = Pressure.SOFT, FloodKind.CROWD
    return Standing(petition.id, networks[-1] if networks else None, posts, found, kind)


def admit(here: Standing, post: Mapping[str, Any]) -> Admission:
    """Take the post, and count it. Raises AskedForMore where it brings too little, and DatabaseError.

    Without pressure nothing is asked of the database.
    """
    admission = ADMITTED if here.pressure == Pressure.NONE else _admit_under_pressure(here, post)
    count_post(here.posts)
    return admission


def new_challenge(petition_id: int, *, hard: bool) -> str:
    """What the browser works on, as JSON. Raises DatabaseError."""
    return challenge(_proof_subject(petition_id), hard=hard)


def subject_of(petition_id: int) -> bytes:
    """A petition among the things that are counted."""
    return b"petition" + petition_id.to_bytes(8, "big")


def _admit_under_pressure(here: Standing, post: Mapping[str, Any]) -> Admission:
    hard = here.pressure == Pressure.HARD
    incident = here.incident_id
    if passes(str(post.get(FIELD, "")), _proof_subject(here.petition_id), hard=hard):
        note(incident, "by_proof")
        return Admission(incident)
    if not hard and post.get(WAY_FIELD) == BY_CODE:
        note(incident, "by_code")
        return Admission(incident, code_only=True)
    note(incident, "asked")
    raise AskedForMore(hard=hard)


def _proof_subject(petition_id: int) -> str:
    return f"petition {petition_id}"
