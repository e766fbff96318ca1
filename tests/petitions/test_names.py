"""Names: any script, nothing that acts on whoever reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.names import InvalidName, parse_name
from campaigns.petitions.digests import letters_and_digits


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Ó Súilleabháin",
        "ليلى الحدّاد",
        "किरण वर्मा",
        "李小龙",
        "Ђорђе",
        "X Æ A-12",
        "O'Brien",
        "St. John",
        "می‌نا",
        "D",
        "李",
    ],
)
def test_names_of_any_script(name: str) -> None:
    assert parse_name(name) == name


@pytest.mark.parametrize(("typed", "name"), [("  Ada  ", "Ada"), ("Ada   B", "Ada B"), ("Jose\u0301", "José")])
def test_names_are_trimmed_and_composed(typed: str, name: str) -> None:
    assert parse_name(typed) == name


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "...", "=1+1", "+31 6", "-Ada", "@ada", " =1", "\u00a0=1", "\tAda", "\rAda", "Ada\nB", "A\x00da",
        "Ada\u202eadA", "\u2066Ada", "A\u200bda", "\ufeffAda", "a" * 101, "http://x", "https:/x", "www.example",
        "\u3164", "\u115f\u1160 \uffa0",
        "see example.com", "EXAMPLE.COM now", "bit.ly/abc", "mailto:/x", "Ada example.org", "\ud800",
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_advice(text: str) -> None:
    with pytest.raises(InvalidName) as refusal:
        parse_name(text)
    assert str(refusal.value)


def test_a_hundred_characters_are_a_name() -> None:
    assert len(parse_name("é" * 100)) == 100


@given(st.text(max_size=120))
def test_a_name_parses_to_itself(text: str) -> None:
    try:
        name = parse_name(text)
    except InvalidName:
        return
    assert parse_name(name) == name
    assert 1 <= len(name) <= 100
    assert letters_and_digits(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ada", "ADA"), ("Ada B.", "ada-b"), ("José", "JOSÉ"), ("ﬁona", "Fiona"), ("محمّد", "محمد"), ("Straße", "STRASSE")],
)
def test_spellings_of_one_person(one: str, other: str) -> None:
    assert letters_and_digits(one) == letters_and_digits(other)


@pytest.mark.parametrize(("one", "other"), [("राम", "रमा"), ("किरण", "करण"), ("Ada", "Adá"), ("Ada 1", "Ada 2")])
def test_people_who_stay_apart(one: str, other: str) -> None:
    assert letters_and_digits(one) != letters_and_digits(other)
