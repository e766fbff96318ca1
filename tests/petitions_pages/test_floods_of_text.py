"""What takes the square of the length of what was typed is never given much, though a form may hold 64 kB."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from campaigns.petitions import asking
from campaigns.petitions.petitions import Petition
from tests.petitions.cast import make_petition, rows
from tests.petitions_pages.cast import sign
from tests.petitions_pages.visitor import Visitor

MARKS = "a" + "\u0345" * 5000 + "\u0316" * 5000
MOST = 4000


class Links:
    """The pattern of links, which notes how much it was given."""

    def __init__(self) -> None:
        self.pattern, self.given = asking._LINK, [0]

    def sub(self, to: str, text: str) -> str:
        self.given.append(len(text))
        return self.pattern.sub(to, text)


@pytest.mark.parametrize("field", ["name", "email", "place", "comment"])
@pytest.mark.parametrize("flood", [MARKS, f"{MARKS}@example.org", "www.a:" * 2000])
def test_a_flood_is_refused_before_it_costs_anything(
    visitor: Visitor, db: None, monkeypatch: pytest.MonkeyPatch, field: str, flood: str
) -> None:
    petition = make_petition(ask_place="city", ask_comment=True)
    reply = sign(visitor, petition)  # whatever is read once is read
    given, links, plain = [0], Links(), unicodedata.normalize

    def normalize(form: Any, text: str) -> str:
        given.append(len(text))
        return plain(form, text)

    monkeypatch.setattr(unicodedata, "normalize", normalize)
    monkeypatch.setattr(asking, "_LINK", links)
    reply = sign(visitor, petition, **{field: flood})
    assert reply.status == 422
    assert f'id="sign_{field}_error"' in reply.text
    assert max(given) <= MOST
    assert max(links.given) <= 2 * asking.LONGEST_COMMENT
    assert rows(petition).count() == 1


@pytest.mark.parametrize("name", ["\u1f27\u0345", "한국어 이름", "Nguyễn Thị Ánh"])
def test_a_name_may_come_taken_apart_and_is_put_together(visitor: Visitor, petition: Petition, name: str) -> None:
    apart = unicodedata.normalize("NFD", name)
    assert sign(visitor, petition, name=apart).status == 303
    assert sign(visitor, petition, name=f"  {name}   ").status == 303
    assert rows(petition).get().posts == 2
