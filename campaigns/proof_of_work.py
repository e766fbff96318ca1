"""Proof of work in the format of ALTCHA (altcha.org, version 2): a browser works a second or two before it posts.

A challenge is signed under the key of the day and names what it is for and until when it holds. Each is taken once,
whichever process it comes to: taking it raises a counter of the day, and only the first to raise it passes. With the
day's key the challenges end too, so none outlives the counters that remember it.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
import time
from base64 import b64decode
from dataclasses import dataclass
from typing import Any, Final

from altcha import Payload, create_challenge, verify_solution
from django.conf import settings

from campaigns.limits import day_hash, day_key, raise_counter

ALGORITHM: Final = "PBKDF2/SHA-256"
PREFIX: Final = "00"  # one key in 256 begins so
LIFE_SECONDS: Final = 20 * 60
HARDER: Final = 4  # above the upper limit
LONGEST: Final = 4000  # characters; our own are about 700
KIND: Final = "proof"
FIELD: Final = "proof"  # of a form


@dataclass(frozen=True, slots=True)
class Proof:
    """A solution that holds, and has not been taken yet. `once` names its challenge."""

    once: bytes


def challenge(subject: str, *, hard: bool = False) -> str:
    """A new challenge as JSON, for a page that nobody keeps. Raises DatabaseError where the day's key is unknown."""
    made = create_challenge(
        ALGORITHM,
        settings.PROOF_COST * (HARDER if hard else 1),
        key_prefix=PREFIX,
        expires_at=int(time.time()) + LIFE_SECONDS,
        data={"for": subject, "hard": hard},
        hmac_secret=_secret(),
    )
    return json.dumps(made.to_dict(), separators=(",", ":"))


def passes(text: str, subject: str, *, hard: bool = False) -> bool:
    """Whether the field of a form holds a proof for this subject, which is used up by asking. Raises DatabaseError."""
    proof = read_proof(text, subject, hard=hard)
    return proof is not None and take(proof)


def read_proof(text: str, subject: str, *, hard: bool = False) -> Proof | None:
    """The proof in a form's field, if it holds for this subject and is hard enough; None for anything else.

    Asks the database nothing but the day's key. Raises DatabaseError.
    """
    payload = _payload(text)
    if payload is None or not _is_ours(payload.challenge.parameters.data, subject, hard):
        return None
    if not verify_solution(payload, _secret()).verified:
        return None
    return Proof(hashlib.sha256(str(payload.challenge.signature).encode()).digest())


def take(proof: Proof) -> bool:
    """Use it up; False if it was used before, by anybody. One statement. Raises DatabaseError."""
    return raise_counter(KIND, day_hash(b"proof", proof.once)) == 1


def _payload(text: str) -> Payload | None:
    if not text or len(text) > LONGEST:
        return None
    try:
        payload = Payload.from_dict(json.loads(b64decode(text, validate=True)))
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        return None
    named = payload.challenge.parameters
    return payload if named.algorithm == ALGORITHM and isinstance(named.cost, int) else None


def _is_ours(data: Any, subject: str, hard: bool) -> bool:
    """Whether the challenge was made for this, before anything is computed. Its signature vouches for it afterwards."""
    return isinstance(data, dict) and data.get("for") == subject and (data.get("hard") is True or not hard)


def _secret() -> bytes:
    return hmac.digest(day_key().key, b"upstander/v1/proof-of-work", "sha256")
