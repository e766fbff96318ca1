"""What makes HTML that staff wrote hard to use for somebody, told before it is stored.

Web Content Accessibility Guidelines 2.2: headings in order (1.3.1, 2.4.6), links that say where they lead (2.4.4), no
table whose cells have lost their heads (1.3.1), no words in a picture (1.4.5). Meaning by colour alone (1.4.1) cannot
be written: the allow-list holds no colour, and what it takes out is named (`left_out`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from reports.editorial.rich_text import ATTRIBUTES, TAGS, RichTextField
from reports.editorial.texts import TextState

SAYS_NOTHING: Final = {
    *("click here", "click", "here", "link", "this link", "read more", "more", "more info", "learn more"),
    *("cliquez ici", "cliquer ici", "ici", "lien", "ce lien", "lire la suite", "en savoir plus", "plus"),
    *("klik hier", "hier", "link", "deze link", "lees meer", "lees verder", "meer"),
    *("haga clic aquí", "haz clic aquí", "clic aquí", "aquí", "enlace", "este enlace", "leer más", "más"),
    *("اضغط هنا", "انقر هنا", "هنا", "رابط", "هذا الرابط", "اقرأ المزيد", "المزيد"),
}
"""What a link may not be called, for whoever hears the links of a page one by one, in each language of the site."""
HEADINGS: Final = re.compile("h[1-6]")
TOP_HEADING: Final = 2
"""The title of the page is its h1."""
NEVER: Final[dict[str, Callable[[], str]]] = {
    "table": lambda: _("A table loses its rows and heads here. Write a list: in each line the words of the head, too."),
    "img": lambda: _("A picture cannot stand in a text. Say in words what it shows."),
}
OURS: Final = {"rel"}
"""What cleaning itself writes: a text that is opened again holds it."""


def faults_in(html: str) -> list[str]:
    """What has to be changed before this can be stored, in words for an editor; empty if nothing has."""
    return list(dict.fromkeys(_Reading(html).faults))


def left_out(html: str) -> list[str]:
    """What is written in it that the site does not keep: elements as `<div>`, attributes as `style`; each once."""
    return sorted(_Reading(html).refused)


def faults_in_texts(obj: Any) -> list[str]:
    """The same of every text of an object that the public reads or will, each with its language."""
    texts = obj.texts.filter(Q(state=TextState.PUBLISHED) | Q(lang=obj.original_lang)).order_by("lang")
    rich = [column.name for column in texts.model._meta.concrete_fields if isinstance(column, RichTextField)]
    if not rich:
        return []
    return [f"{text.lang}: {fault}" for text in texts for name in rich for fault in faults_in(getattr(text, name))]


class _Reading(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.refused: set[str] = set()
        self._level = TOP_HEADING - 1
        self._named: dict[str, str] = {}  # links and headings that are open, with their words so far
        self.feed(html)
        self.close()
        for tag in [*self._named]:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.refused.add(f"<{tag}>")
        else:
            self.refused |= {name for name, _value in attrs} - ATTRIBUTES.get(tag, set()) - OURS
        if tag == "a" or HEADINGS.fullmatch(tag):
            self.handle_endtag(tag)  # one that was never closed ends where the next begins
            self._named[tag] = ""
        if HEADINGS.fullmatch(tag):
            self._heading(int(tag[1]))
        elif tag in NEVER:
            self.faults.append(NEVER[tag]())

    def handle_data(self, data: str) -> None:
        for tag in self._named:
            self._named[tag] += data

    def handle_endtag(self, tag: str) -> None:
        words = self._named.pop(tag, None)
        if words is None:
            return
        words = " ".join(words.split())
        if tag != "a":
            self.faults += [] if words else [_("A heading is empty. Fill it in or take it out.")]
        elif words.casefold().strip(" .…!:»«›‹>→←") in {*SAYS_NOTHING, ""}:
            told = _("The link “%(words)s” does not say where it leads. Name the page or the document.")
            self.faults.append(told % {"words": words})

    def _heading(self, level: int) -> None:
        if not TOP_HEADING <= level <= TOP_HEADING + 1:
            told = _(
                "Headings in a text are <h2> and below it <h3>; the title of the page is its <h1>. Change the %(tag)s."
            )
            self.faults.append(told % {"tag": f"<h{level}>"})
        elif level > self._level + 1:
            self.faults.append(_("The first heading has to be an <h2>: an <h3> needs one above it."))
        self._level = min(max(level, TOP_HEADING), TOP_HEADING + 1)
