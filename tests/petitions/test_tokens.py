"""Links of mails: strict to read, bound to purpose, petition, row and key."""

from __future__ import annotations

import base64
import hmac
import struct
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from campaigns.tokens import Purpose, make, parse, refuse, verify
from config.keys import TokenKeyRing

UUID_1 = UUID("6f2b8c1e-0d4a-4a55-9e8b-6b1a52f0c111")
SEED = bytes(range(16))
uuids, seeds = st.uuids(), st.binary(min_size=16, max_size=16)
petition_ids, row_ids = st.integers(1, 2**31 - 1), st.integers(1, 2**63 - 1)


@given(st.sampled_from(Purpose), petition_ids, uuids, row_ids, seeds)
def test_a_token_leads_back_to_its_row(
    purpose: Purpose, petition_id: int, uuid: UUID, row_id: int, seed: bytes
) -> None:
    text = make(purpose, petition_id, uuid, row_id, seed)
    parsed = parse(text)
    assert len(text) == 39
    assert parsed is not None
    assert (parsed.petition_id, parsed.row_id) == (petition_id, row_id)
    assert verify(parsed, purpose, uuid, seed)
    for other in set(Purpose) - {purpose}:
        assert not verify(parsed, other, uuid, seed)


@given(st.integers(0, 38), st.characters())
def test_a_token_with_one_character_changed_proves_nothing(at: int, char: str) -> None:
    text = make(Purpose.CONFIRM, 7, UUID_1, 9, SEED)
    changed = text[:at] + char + text[at + 1 :]
    parsed = parse(changed)
    if changed != text and parsed is not None and parsed.petition_id == 7:  # of another petition there is no such row
        assert not verify(parsed, Purpose.CONFIRM, UUID_1, SEED)


@given(st.text(max_size=60))
def test_anything_else_is_no_token(text: str) -> None:
    parsed = parse(text)
    assert parsed is None or not verify(parsed, Purpose.CONFIRM, UUID_1, SEED)


@given(
    st.text(st.characters(), max_size=60)
    | st.text(st.sampled_from("A-_\0\ud800é٣="), min_size=38, max_size=40)
    | st.integers(100, 10_000).map("A".__mul__)
)
def test_no_text_makes_reading_fail_and_what_is_read_has_one_spelling(text: str) -> None:
    parsed = parse(text)
    if parsed is not None:
        raw = struct.pack(">BIQ", parsed.key_id, parsed.petition_id, parsed.row_id) + parsed.mac
        assert base64.urlsafe_b64encode(raw).decode().rstrip("=") == text


def test_an_unknown_row_is_compared_against_a_seed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    digest = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append(len(b)) or digest(a, b))  # type: ignore[func-returns-value]
    parsed = parse(make(Purpose.CONFIRM, 7, UUID_1, 9, SEED))
    assert parsed is not None
    refuse(parsed, Purpose.CONFIRM)
    assert compared == [16]
    verify(parsed, Purpose.CONFIRM, UUID_1, SEED)
    assert compared == [16, 16]


@pytest.mark.parametrize(
    "change", [lambda t: t + "=", lambda t: t[:-1], lambda t: t + "A", lambda t: f" {t}", str.upper]
)
def test_a_token_is_read_strictly(change: object) -> None:
    text = make(Purpose.CONFIRM, 7, UUID_1, 9, SEED)
    assert parse(change(text)) is None or change is str.upper  # type: ignore[operator]


def test_there_is_one_spelling_of_a_token() -> None:
    """39 characters hold two bits more than 29 bytes: only the spelling with zeros there is read."""
    text = make(Purpose.CONFIRM, 7, UUID_1, 9, SEED)
    raw = base64.urlsafe_b64decode(text + "=")
    same = [
        text[:-1] + last
        for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        if base64.urlsafe_b64decode(text[:-1] + last + "=") == raw
    ]
    assert len(same) == 4
    assert [spelling for spelling in same if parse(spelling)] == [text]


def test_numbers_that_no_column_holds_are_refused() -> None:
    beyond = base64.urlsafe_b64encode(bytes([1]) + b"\xff" * 12 + bytes(16)).decode().rstrip("=")
    assert len(beyond) == 39
    assert parse(beyond) is None


@pytest.mark.parametrize(
    ("uuid", "row", "seed"),
    [(UUID(int=1), 9, SEED), (UUID_1, 10, SEED), (UUID_1, 9, bytes(16))],
)
def test_petition_row_and_seed_all_bind(uuid: UUID, row: int, seed: bytes) -> None:
    parsed = parse(make(Purpose.WITHDRAW, 7, uuid, row, seed))
    assert parsed is not None
    assert not verify(replace(parsed, row_id=9), Purpose.WITHDRAW, UUID_1, SEED)


def test_keys_change_without_breaking_old_links(settings: Settings) -> None:
    first, second = b"1" * 32, b"2" * 32
    settings.TOKEN_KEYS = TokenKeyRing(active=1, keys={1: first})
    old = parse(make(Purpose.CONFIRM, 7, UUID_1, 9, SEED))
    assert old is not None

    settings.TOKEN_KEYS = TokenKeyRing(active=2, keys={1: first, 2: second})
    new = parse(make(Purpose.CONFIRM, 7, UUID_1, 9, SEED))
    assert new is not None
    assert (old.key_id, new.key_id) == (1, 2)
    assert verify(old, Purpose.CONFIRM, UUID_1, SEED)
    assert verify(new, Purpose.CONFIRM, UUID_1, SEED)

    settings.TOKEN_KEYS = TokenKeyRing(active=2, keys={2: second}, gone=frozenset({1}))
    assert not verify(old, Purpose.CONFIRM, UUID_1, SEED)


def test_a_key_that_is_gone_is_not_a_key_of_zeros(settings: Settings) -> None:
    settings.TOKEN_KEYS = TokenKeyRing(active=1, keys={1: bytes(32)})
    forged = parse(make(Purpose.CONFIRM, 7, UUID_1, 9, SEED))
    assert forged is not None
    assert not verify(replace(forged, key_id=9), Purpose.CONFIRM, UUID_1, SEED)
