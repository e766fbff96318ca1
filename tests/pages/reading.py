"""Reading a page as its visitors do: by its headings, its blocks and their languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "circle", "source"}


class Outline(HTMLParser):
    """Headings in order, and every stretch of text with the language that holds for it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str, str]] = []
        self._open: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attrs)
        lang, direction = self._open[-1][1:] if self._open else ("", "")
        self._open.append((tag, given.get("lang") or lang, given.get("dir") or direction))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text or not self._open or self._open[-1][0] in {"title", "script"}:
            return
        self.texts.append((text, *self._open[-1][1:]))
        if any(re.fullmatch("h[1-6]", tag) for tag, _, _ in self._open):
            tag, before = self.headings[-1]
            self.headings[-1] = (tag, f"{before} {text}".strip())

    def language_of(self, part: str) -> tuple[str, str]:
        """Language and direction of the first text that holds `part`."""
        return next((lang, direction) for text, lang, direction in self.texts if part in text)

    def titles(self, level: str = "h2") -> list[str]:
        """The headings of one level inside the page, without those of the foot."""
        foot = {"Upstander", "About this site", "Languages"}
        return [text for tag, text in self.headings if tag == level and text not in foot]


def get(client: Client, path: str, status: int = 200) -> tuple[Any, str, Outline]:
    """A page with its text. It has one h1, sets no cookie and tells no other site where the reader was."""
    response = client.get(path)
    assert response.status_code == status, (response.status_code, response.headers.get("Location"))
    html = response.content.decode()
    outline = Outline(html)
    assert len([1 for tag, _ in outline.headings if tag == "h1"]) == 1
    assert not response.cookies
    assert "Set-Cookie" not in response.headers
    assert response.headers["Referrer-Policy"] == "no-referrer"
    return response, html, outline


def in_order(html: str, *parts: str) -> bool:
    """Whether the parts stand in the page, one after the other."""
    at = 0
    for part in parts:
        at = html.find(part, at)
        if at < 0:
            raise AssertionError(f"{part!r} does not stand where it should")
    return True
