"""The parts of a page: which of them an address can mean, and that the page cache keeps no more than those."""

from __future__ import annotations

import pytest
from django.core.paginator import EmptyPage
from django.urls import resolve

from campaigns.pages.parts import part_number, part_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None), ("1", None), ("01", None), ("2", "2"), ("0002", "2"), ("999", "999"), ("1000", "-"), ("0", "-"),
        ("-1", "-"), ("abc", "-"), ("2 ", "-"), ("1e2", "-"), ("٢", "-"), ("²", "-"), ("9" * 5000, "-"), ("\0", "-"),
    ],
)  # fmt: skip
def test_whatever_is_typed_means_one_of_a_thousand_parts_or_none(typed: str, meant: str | None) -> None:
    assert part_number(typed) == meant


@pytest.mark.parametrize("path", ["/en/themes/rivers/", "/en/places/PS/"])
def test_the_cache_keeps_a_page_once_however_its_number_is_written(path: str) -> None:
    declared = resolve(path).func.public_page  # type: ignore[attr-defined]
    assert {declared.canonical_query(query) for query in ("page=7", "page=007&x=1", "y=2&page=7")} == {"page=7"}
    assert {declared.canonical_query(query) for query in ("page=1", "page=", "x=1", "")} == {""}
    assert {declared.canonical_query(f"page={wrong}") for wrong in ("x", "0", "99999", "-7")} == {"page=-"}


def test_findings_have_as_many_parts_as_they_need() -> None:
    assert [part_of(total, 1).paginator.num_pages for total in (0, 1, 100, 101, 2000)] == [1, 1, 1, 2, 20]
    assert (part_of(201, 3).start_index(), part_of(201, 3).end_index()) == (201, 201)
    assert part_of(2000, None).end_index() == 2000
    with pytest.raises(EmptyPage):
        part_of(200, 3)
