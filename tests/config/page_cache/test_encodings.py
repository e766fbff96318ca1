"""Which encoding a client gets, and when it is told that it holds the page already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.page_cache.pages import preferred_encoding
from tests.config.page_cache.site import LONG, PAGE, Scene, Visitor


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", "identity"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0,gzip;q=0.000", "identity"),
        ("br ; q=0.5 , gzip ; q=0.8", "gzip"),
        ("br;q=0.001", "br"),
        ("identity, br;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("*;q=0, gzip", "gzip"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("identity;q=0, br;q=0", "identity"),
        ("br;q=2", "identity"),
        ("br;q=, gzip;q=x", "identity"),
        ("br;level=4, gzip", "gzip"),
        (";;,=;q=1,,", "identity"),
        ("gzip," * 1000 + "br", "identity"),
    ],
)
def test_the_encoding_a_client_gets(site: Visitor, header: str | None, encoding: str) -> None:
    reply = site.get(PAGE) if header is None else site.get(PAGE, Accept_Encoding=header)
    assert reply.headers.get("Content-Encoding", "identity") == encoding
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert int(reply.headers["Content-Length"]) == len(reply.body)
    assert reply.text == LONG


@given(st.lists(st.tuples(st.sampled_from(["br", "gzip", "identity", "*", "zstd"]), st.integers(0, 1000)), max_size=6))
def test_a_refused_encoding_is_never_sent(elements: list[tuple[str, int]]) -> None:
    chosen = preferred_encoding(",".join(f"{name};q={weight / 1000:.3f}" for name, weight in elements))
    asked = dict(elements)
    assert chosen == "identity" or asked.get(chosen, asked.get("*", 0)) > 0


def test_each_encoding_has_a_strong_tag_of_its_own(site: Visitor, scene: Scene) -> None:
    replies = [site.get(PAGE, Accept_Encoding=name) for name in ("br", "gzip", "identity")]
    tags = [reply.headers["ETag"] for reply in replies]
    assert len(set(tags)) == 3
    assert all(tag[0] == tag[-1] == '"' for tag in tags)
    assert len(replies[0].body) < len(replies[1].body) < len(replies[2].body)
    assert scene.runs["petition"] == 1


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"a",W/{} , "b"', "*"])
def test_a_client_that_holds_the_page_is_told_so(site: Visitor, form: str) -> None:
    full = site.get(PAGE, Accept_Encoding="br")
    reply = site.get(PAGE, Accept_Encoding="br", If_None_Match=form.format(full.headers["ETag"]))
    assert (reply.code, reply.body) == (304, b"")
    assert reply.headers == {name: full.headers[name] for name in ("Cache-Control", "ETag", "Vary")}


def test_the_tag_of_another_encoding_or_text_is_no_match(site: Visitor, scene: Scene) -> None:
    tag = site.get(PAGE, Accept_Encoding="gzip").headers["ETag"]
    assert site.get(PAGE, Accept_Encoding="br", If_None_Match=tag).code == 200
    assert site.get(PAGE, Accept_Encoding="gzip", If_None_Match=tag.replace('"', "")).code == 200
    scene.text = LONG + "edited"
    site.cache.clear()
    assert site.get(PAGE, Accept_Encoding="gzip", If_None_Match=tag).code == 200


def test_a_small_page_is_not_compressed(site: Visitor, scene: Scene) -> None:
    scene.text = "[1, 2, 3, 4, 5]" * 12
    reply = site.get(PAGE, Accept_Encoding="br, gzip")
    assert "Content-Encoding" not in reply.headers
    assert reply.text == scene.text
    assert site.get(PAGE, If_None_Match=reply.headers["ETag"]).code == 304


def test_what_a_view_encoded_itself_is_left_alone(site: Visitor, scene: Scene) -> None:
    scene.headers = {"Content-Encoding": "zstd"}
    reply = site.get(PAGE, Accept_Encoding="br")
    assert (reply.headers["Content-Encoding"], len(reply.body)) == ("zstd", len(LONG))
