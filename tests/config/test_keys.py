"""The rings an operator writes down."""

import base64

import pytest

from config import keys

ONE, TWO = (base64.b64encode(bytes([n] * 32)).decode() for n in (1, 2))


def test_new_files_use_the_last_key_of_the_ring() -> None:
    ring = keys.parse_ring(f"1:{ONE}, 7:{TWO}")
    assert ring.active == 7
    assert ring.keys == {1: keys.parse_key(ONE), 7: keys.parse_key(TWO)}


def test_token_ring_tells_active_verifying_and_gone() -> None:
    ring = keys.parse_token_ring(f"1:gone,2:verify:{ONE},3:active:{TWO}")
    assert (ring.active, sorted(ring.keys), ring.gone) == (3, [2, 3], frozenset({1}))


@pytest.mark.parametrize("text", ["", "1", "1:", "x:y", f"256:{ONE}", f"1:{ONE},", f"1:{ONE[:-4]}"])
def test_wrong_rings_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(ValueError, match="key") as refusal:
        keys.parse_ring(text)
    assert ONE not in str(refusal.value)


def test_keys_never_show_in_a_representation() -> None:
    assert ONE not in repr(keys.parse_ring(f"1:{ONE}"))
    assert "\\x" not in repr(keys.parse_ring(f"1:{ONE}"))
