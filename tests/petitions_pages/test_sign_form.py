"""What may be typed: names of any script, addresses as they are, and for all else a reason with everything kept."""

from __future__ import annotations

import re
from html import unescape

import pytest

from campaigns.petitions.behind_token import opened
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import load
from tests.petitions.cast import rows
from tests.petitions_pages.cast import PAGE, sign
from tests.petitions_pages.visitor import Reply, Visitor

NAMES = [
    ("A", "A"),
    ("  Ada   Lovelace ", "Ada Lovelace"),
    ("x" * 100, "x" * 100),
    ("أمينة بنت الحسن", "أمينة بنت الحسن"),
    ("山田 太郎", "山田 太郎"),
    ("김\u3000철수", "김 철수"),
    ("נועה־לי", "נועה־לי"),
    ("अनन्या शर्मा", "अनन्या शर्मा"),
    ("Nguyễn Thị Minh Khai", "Nguyễn Thị Minh Khai"),
    ("Ama\u0308lie", "Amälie"),
    ("Þórdís Ææ-O’Neill", "Þórdís Ææ-O’Neill"),
    ("𠮷野家 𝒜da", "𠮷野家 𝒜da"),
    ("علی\u200cرضا", "علی\u200cرضا"),  # a joiner that Persian spells with
    ("Dr. J.R. Smith-Jones III", "Dr. J.R. Smith-Jones III"),
    ("<b>Bobby'); DROP TABLE--", "<b>Bobby'); DROP TABLE--"),
]
WRONG_NAMES = [
    "",
    "   ",
    "x" * 101,
    "y" * 60_000,
    "=1+1",
    "+1",
    "-Ada",
    "@ada",
    "\t=1",
    "\rAda",
    "Ada\nBcc: all",
    "Ada\u0007",
    "Ada\u0085",
    "\u202eadA",
    "Ada\u202d",
    "Ada\u2066x\u2069",
    "Ada\u2028Lovelace",
    "\u200b",
    "\u200d",
    "\U000e0041da",
    "...",
    "see http://evil.example",
    "HTTPS://evil",
    "www.evil.example",
    "evil.example/x",
    "buy at evil.com",
]
ADDRESSES = [
    "ada@example.org",
    " ada+petitions@example.org ",
    "a@b.co",
    "O'Neill@example.org",
    "أمينة@مثال.موقع",
    "ada@bücher.example",
    "x" * 64 + "@example.org",
]
WRONG_ADDRESSES = [
    "",
    "ada",
    "ada@",
    "@example.org",
    "ada@localhost",
    "ada@example",
    "ada@exam ple.org",
    "a da@example.org",
    "ada@example.org, eve@example.org",
    "ada@example.org\nBcc: eve@example.org",
    "ada\u202e@example.org",
    "ada@-example.org",
    "ada@example..org",
    "ada@127.0.0.1",
    ".ada@example.org",
    "x" * 65 + "@example.org",
    "ada@" + "e" * 250 + ".org",
    "<ada@example.org>",
    "z" * 60_000 + "@example.org",
]


def said(petition: Petition) -> dict[str, str]:
    row = rows(petition).get()
    return dict(opened(row, load(petition)).said)


def refused(reply: Reply, field: str) -> str:
    """The reason beside a field, once it is clear that the form was refused as it should be."""
    assert reply.status == 422
    assert reply["Cache-Control"] == "no-store"
    html = reply.text
    assert "You have not signed yet" in html
    assert f'href="#sign_{field}"' in html, "the summary leads to the field"
    control = re.search(rf'<(?:input|select)[^>]*id="sign_{field}"[^>]*>', html)
    assert control
    assert 'aria-invalid="true"' in control[0]
    assert f'aria-describedby="sign_{field}_error"' in control[0]
    reason = re.search(rf'id="sign_{field}_error">(.*?)</p>', html, re.DOTALL)
    assert reason
    return unescape(re.sub(r"<[^>]+>", "", reason[1]).strip())


def value(reply: Reply, field: str) -> str:
    found = re.search(rf'<input[^>]*name="{field}"[^>]*>', reply.text, re.DOTALL)
    assert found
    kept = re.search(r'value="([^"]*)"', found[0], re.DOTALL)
    return unescape(kept[1]) if kept else ""


@pytest.mark.parametrize(("name", "stored"), NAMES)
def test_names_of_every_script_are_taken(visitor: Visitor, petition: Petition, name: str, stored: str) -> None:
    assert sign(visitor, petition, name=name).status == 303
    assert said(petition)["name"] == stored


@pytest.mark.parametrize("name", WRONG_NAMES, ids=[ascii(name[:20]) for name in WRONG_NAMES])
def test_what_is_no_name_is_refused_and_stays_as_typed(visitor: Visitor, petition: Petition, name: str) -> None:
    reply = sign(visitor, petition, name=name)
    assert refused(reply, "name")
    assert value(reply, "name") == name
    assert value(reply, "email") == "ada@example.org"
    assert '<option value="GB" selected>' in reply.text
    assert not rows(petition).exists()


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_are_taken_as_typed(visitor: Visitor, petition: Petition, address: str) -> None:
    assert sign(visitor, petition, email=address).status == 303
    assert said(petition)["email"] == address.strip()


@pytest.mark.parametrize("address", WRONG_ADDRESSES, ids=[ascii(address[:20]) for address in WRONG_ADDRESSES])
def test_what_is_no_address_is_refused_and_stays_as_typed(visitor: Visitor, petition: Petition, address: str) -> None:
    reply = sign(visitor, petition, email=address)
    assert refused(reply, "email")
    assert value(reply, "email") == address.strip()
    assert value(reply, "name") == "Ada Lovelace"
    assert not rows(petition).exists()


@pytest.mark.parametrize(
    ("country", "stored"), [("BE", "BE"), ("XK", "XK"), ("ZZ", "ZZ"), (" be ", "BE"), ("PS", "PS")]
)
def test_countries_of_the_list_are_taken(visitor: Visitor, petition: Petition, country: str, stored: str) -> None:
    assert sign(visitor, petition, country=country).status == 303
    assert rows(petition).get().country == stored


@pytest.mark.parametrize("country", ["", "XX", "EU", "UK", "X-EU", "B", "BEL", "Belgium", "ΒΕ", "BE;--", "x" * 50_000])
def test_what_is_no_country_is_refused(visitor: Visitor, petition: Petition, country: str) -> None:
    reply = sign(visitor, petition, country=country)
    assert refused(reply, "country")
    assert value(reply, "name") == "Ada Lovelace"
    assert not rows(petition).exists()


def test_reasons_say_what_to_do(visitor: Visitor, petition: Petition) -> None:
    assert refused(sign(visitor, petition, name=""), "name") == "Enter your name."
    assert "“=”" in refused(sign(visitor, petition, name="=1"), "name")
    assert "name@example.org" in refused(sign(visitor, petition, email="ada"), "email")


def test_all_that_is_wrong_is_said_at_once(visitor: Visitor, petition: Petition) -> None:
    reply = visitor.post("/en/petitions/water/sign/", {})
    summary = reply.text.partition('role="alert"')[2].partition("</div>")[0]
    assert re.findall(r'href="#sign_(\w+)"', summary) == ["name", "email", "country"]
    assert "autofocus" in reply.text


def test_what_was_typed_is_shown_as_text(visitor: Visitor, petition: Petition) -> None:
    reply = sign(visitor, petition, name='"><script>alert(1)</script>', email='"><img src=x>')
    assert reply.status == 422
    assert "<script>alert" not in reply.text
    assert "<img" not in reply.text


def test_too_many_fields_and_twice_the_same_are_no_error_of_ours(visitor: Visitor, petition: Petition) -> None:
    path = "/en/petitions/water/sign/"
    assert visitor.post(path, b"&".join(b"f%d=1" % number for number in range(5000))).status == 400
    assert visitor.post(path, b"name=Ada&name=%3D1&email=&country=").status == 422
    assert visitor.post(path, b"&&&===;;").status == 422
    assert visitor.post(path, b"name=Ada", "application/x-www-form-urlencoded; charset=utf-16").status == 422


@pytest.mark.parametrize(
    ("lang", "names"), [("en", ["Åland Islands", "Albania"]), ("fr", ["Égypte", "Émirats arabes unis"])]
)
def test_countries_stand_in_the_order_of_their_names(
    visitor: Visitor, petition: Petition, lang: str, names: list[str]
) -> None:
    options = re.findall(r'<option value="(\w*)"[^>]*>([^<]*)', visitor.get(PAGE.replace("/en/", f"/{lang}/")).text)
    assert [code for code, _name in options[:2]] == ["", "ZZ"]
    assert len(options) == 252
    shown = [name for _code, name in options]
    first = shown.index(names[0])
    assert shown[first : first + 2] == names
