"""What a signature is called outside: in exports, in the audit log, in lists that ask for a removal.

    external id = lower-case hexadecimal of AES-256(key, row id[16, big-endian]), 32 digits

One block of AES is a permutation, so that every row has its own name and the name leads back to the row, yet tells
neither its number nor when it was written. The key comes from the petition's seal secret: nothing is stored, and when
the petition is shredded the names mean nothing any more. Source: FIPS 197.
"""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from campaigns.key_derivation import EXTERNAL_ID, derive
from campaigns.keystore import PetitionSecrets

BLOCK = 16
LENGTH = 2 * BLOCK


def external_ids(secrets: PetitionSecrets, row_ids: Iterable[int]) -> list[str]:
    """The names of rows, in their order."""
    # Single blocks of unequal numbers: what makes this mode wrong for texts does not arise.
    encryptor = Cipher(AES(derive(secrets.seal, EXTERNAL_ID)), ECB()).encryptor()  # noqa: S305
    digits = encryptor.update(b"".join([row_id.to_bytes(BLOCK, "big") for row_id in row_ids])).hex()
    return [digits[start : start + LENGTH] for start in range(0, len(digits), LENGTH)]


def external_id(secrets: PetitionSecrets, row_id: int) -> str:
    """The name of one row."""
    return external_ids(secrets, [row_id])[0]


def row_behind_external_id(secrets: PetitionSecrets, name: str) -> int | None:
    """The row that a name leads to; None where it is no name of this petition."""
    try:
        block = bytes.fromhex(name)
    except ValueError:
        return None
    if len(block) != BLOCK:
        return None
    decryptor = Cipher(AES(derive(secrets.seal, EXTERNAL_ID)), ECB()).decryptor()  # noqa: S305
    number = int.from_bytes(decryptor.update(block), "big")
    return number if 0 < number < 2**63 else None
