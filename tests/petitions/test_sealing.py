"""Sealed blobs open at their place only, and their length tells little."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from campaigns import key_derivation
from campaigns.key_derivation import data_key, derive
from campaigns.keystore import secrets_of
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import forget_petitions
from campaigns.sealing import CannotOpen, Place, key_version, seal, unseal, unseal_many
from tests.petitions.cast import post

SECRET = bytes(range(32))
places = st.builds(Place, st.uuids(), st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8))
payloads = st.dictionaries(st.text(max_size=8), st.text(max_size=120) | st.booleans() | st.none(), max_size=4)
PLACE = Place(UUID(int=1), bytes(16), bytes(8))


@given(payloads, places, st.integers(1, 255))
def test_what_was_sealed_opens_at_its_place(payload: dict[str, object], place: Place, version: int) -> None:
    assert unseal(SECRET, place, seal(SECRET, version, place, payload)) == payload


@given(places, places)
def test_a_moved_blob_does_not_open(place: Place, elsewhere: Place) -> None:
    blob = seal(SECRET, 1, place, {"name": "Ada"})
    if elsewhere != place:
        with pytest.raises(CannotOpen):
            unseal(SECRET, elsewhere, blob)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(UUID(int=2), PLACE.email_key, PLACE.name_key),
        Place(PLACE.petition, b"\1" + bytes(15), PLACE.name_key),
        Place(PLACE.petition, PLACE.email_key, b"\1" + bytes(7)),
    ],
)
def test_every_part_of_the_place_binds(elsewhere: Place) -> None:
    with pytest.raises(CannotOpen):
        unseal(SECRET, elsewhere, seal(SECRET, 1, PLACE, {}))


@given(st.data())
def test_a_blob_with_any_bit_changed_does_not_open(data: st.DataObject) -> None:
    blob = bytearray(seal(SECRET, 1, PLACE, {"name": "Ada"}))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CannotOpen):
        unseal(SECRET, PLACE, bytes(blob))


@given(st.binary(max_size=200))
def test_anything_else_does_not_open(blob: bytes) -> None:
    with pytest.raises(CannotOpen):
        unseal(SECRET, PLACE, blob)


@given(st.lists(st.tuples(payloads, places, st.integers(1, 3)), max_size=5))
def test_many_are_read_as_one_by_one(sealed: list[tuple[dict[str, object], Place, int]]) -> None:
    here = [(payload, replace(place, petition=PLACE.petition), version) for payload, place, version in sealed]
    blobs = [(place.email_key + place.name_key, seal(SECRET, version, place, said)) for said, place, version in here]
    assert list(unseal_many(SECRET, PLACE.petition, blobs)) == [payload for payload, _place, _version in here]
    if len({keys for keys, _blob in blobs}) == len(blobs) > 1:
        moved = [(blobs[0][0], blobs[1][1])]
        with pytest.raises(CannotOpen):
            list(unseal_many(SECRET, PLACE.petition, moved))


def test_another_secret_does_not_open_it() -> None:
    with pytest.raises(CannotOpen):
        unseal(bytes(32), PLACE, seal(SECRET, 1, PLACE, {}))


@given(st.text(max_size=300))
def test_the_length_goes_by_steps_of_128_bytes(name: str) -> None:
    blob = seal(SECRET, 1, PLACE, {"name": name})
    assert (len(blob) - 1 - 12 - 16) % 128 == 0
    assert blob[0] == 1


def test_the_same_content_is_never_sealed_alike() -> None:
    assert len({seal(SECRET, 1, PLACE, {"name": "Ada"}) for _ in range(100)}) == 100


def test_a_new_key_begins_long_before_random_nonces_would_meet() -> None:
    assert [key_version(seals) for seals in (0, 2**30 - 1, 2**30, 2**31, 2**50)] == [1, 1, 2, 3, 255]


@given(st.text(max_size=300), st.text(max_size=300))
def test_contents_of_one_step_of_length_cannot_be_told_apart_by_it(one: str, other: str) -> None:
    def steps(text: str) -> int:
        return len(json.dumps({"name": text}, ensure_ascii=False, separators=(",", ":")).encode()) // 128

    sizes = [len(seal(SECRET, 1, PLACE, {"name": text})) for text in (one, other)]
    assert (sizes[0] == sizes[1]) == (steps(one) == steps(other))


@pytest.fixture
def many_seals(petition: Petition) -> Iterator[Callable[[], None]]:
    """As if so many posts had come; a sequence is no part of a transaction, so it is set back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM signature_id_seq")
        (last,) = cursor.fetchone()

    def set_to(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('signature_id_seq', %s)", [number])
        forget_petitions()

    yield lambda: set_to(2**30)
    set_to(last + 1000)


def test_after_2_to_the_30_seals_new_rows_are_sealed_under_another_key_and_old_ones_still_open(
    petition: Petition, many_seals: Callable[[], None]
) -> None:
    before = post(petition, "before@example.org")
    many_seals()
    after = post(petition, "after@example.org")
    assert [row.personal.blob[0] for row in (before, after)] == [1, 2]
    secrets = secrets_of(petition.uuid)
    for row, address in ((before, "before@example.org"), (after, "after@example.org")):
        place = Place(petition.uuid, row.personal.email_key, row.personal.name_key)
        assert unseal(secrets.seal, place, row.personal.blob)["email"] == address
        with pytest.raises(CannotOpen):  # the version is bound, too
            unseal(secrets.seal, place, bytes([3 - row.personal.blob[0]]) + row.personal.blob[1:])


LABELS = {name: value for name, value in vars(key_derivation).items() if isinstance(value, bytes)}


@given(st.binary(min_size=32, max_size=32), st.integers(1, 255), st.integers(1, 255))
def test_keys_of_two_purposes_are_never_equal(secret: bytes, one: int, other: int) -> None:
    keys = {name: derive(secret, label) for name, label in LABELS.items()}
    keys |= {f"data {version}": data_key(secret, version) for version in (one, other)}
    assert len(set(keys.values())) == len(keys)
    assert secret not in keys.values()


def test_no_label_is_the_beginning_of_another() -> None:
    # A version byte follows one of them: no label may be what another becomes with it.
    assert len(LABELS) > 6
    found = list(LABELS.values())
    assert not [one for one in found for other in found if one is not other and other.startswith(one)]
