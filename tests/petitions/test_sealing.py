"""Sealed blobs open at their place only, and their length tells little."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.sealing import CannotOpen, Place, key_version, seal, unseal, unseal_many

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
