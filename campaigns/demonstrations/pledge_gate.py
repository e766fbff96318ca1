"""Whether a pledge may be taken as it is, or is asked for more: decided by network and demonstration alone.

A pledge with an address has a mail to answer before it counts, so up to the upper limit that is enough. One without
counts at once and has to bring a proof of work. See `campaigns.limit_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaigns.limit_rules import AskedForMore, Pressure, count_post, posts_from, pressure, sender
from campaigns.proof_of_work import FIELD, challenge, passes
from config.client_network import networks_of


def admit_pledge(environ: Mapping[str, Any], demonstration_id: int, post: Mapping[str, Any], *, by_mail: bool) -> None:
    """Take the post, and count it. Raises AskedForMore where it brings too little, and DatabaseError.

    Without pressure nothing is asked of the database.
    """
    address = sender(environ)
    networks = () if address is None else networks_of(address)
    subject = b"demonstration" + demonstration_id.to_bytes(8, "big")
    posts = posts_from(networks, subject)
    found, _crowded = pressure(posts)
    hard = found == Pressure.HARD
    enough = found == Pressure.NONE or (by_mail and not hard)
    if not enough and not passes(str(post.get(FIELD, "")), _proof_subject(demonstration_id), hard=hard):
        raise AskedForMore(hard=hard)
    count_post(posts)


def pledge_challenge(demonstration_id: int, *, hard: bool) -> str:
    """What the browser works on, as JSON. Raises DatabaseError."""
    return challenge(_proof_subject(demonstration_id), hard=hard)


def _proof_subject(demonstration_id: int) -> str:
    return f"demonstration {demonstration_id}"
