"""What a visitor gets at the address of a public object: one rule for every kind.

What the public may see is shown; once it was archived or retracted, its page says so first. Another spelling, a slug of
another language or an earlier one leads on (301). What was removed answers 410, without its words. Anything else is one
and the same 404: nobody can tell a draft or an embargo from what there never was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reports.editorial.publishing import PublishableQuerySet, State
from reports.editorial.texts import Text, TextState

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

T = TypeVar("T")


class Standing(Enum):
    """How what was asked for stands to the public. `RETRACTED` is shown too, with a notice, and spread no further."""

    SHOWN = auto()
    RETRACTED = auto()
    MOVED = auto()
    GONE = auto()
    MISSING = auto()


@dataclass(frozen=True)
class OfferedChoice:
    """Something that there is, as a link."""

    name: StrOrPromise
    url: str
    lang: str = ""


@dataclass(frozen=True)
class Instead:
    """The words of a page in the place of one that there is not. `look` stands before what `offered` gives for a
    language; `nothing` stands there if that is nothing."""

    title: StrOrPromise
    heading: StrOrPromise
    happened: StrOrPromise
    look: StrOrPromise
    offered: Callable[[str], list[OfferedChoice]]
    nothing: StrOrPromise = ""
    hint: StrOrPromise = ""


def offered(text: Text, url: str) -> OfferedChoice:
    """An object by the title of its text."""
    return OfferedChoice(text.title, url, text.lang if text.foreign else "")  # type: ignore[attr-defined]


def removed_under(objects: PublishableQuerySet, slug: str) -> bool:
    """Whether one of these bears the slug, or bore it once, and was taken off the site."""
    named = Q(texts__slug=slug, texts__state=TextState.PUBLISHED)
    return objects.gone().filter(named | Q(former_slugs__slug=slug) if _keeps_slugs(objects) else named).exists()


def _keeps_slugs(objects: PublishableQuerySet) -> bool:
    return any(relation.name == "former_slugs" for relation in objects.model._meta.related_objects)


def home(_lang: str) -> list[OfferedChoice]:
    """The one way on from what belonged to no list."""
    return [OfferedChoice(_("Home"), reverse("pages:home"))]


REMOVED = Instead(
    title=_("Removed"),
    heading=_("This page had to be removed"),
    happened=_("It was public once. We are not allowed to show it any more, and its address will not be used again."),
    look=_("Other themes and campaigns are still there:"),
    offered=home,
)


COMPARE_NUMBER = _(
    "Compare the number with the one you were given. The letters I, L and O are never used: they are read as 1 and 0."
)


@dataclass(frozen=True)
class Kind(Generic[T]):
    """One kind of public object. A name is what stands for it in an address: a slug or a uid.

    `find` gives what the public may see under a name in a language, also under an earlier name or that of another
    language; `name_in` the name it has there now; `spell` the right spelling of a name, None where none looks like it.
    """

    find: Callable[..., T | None]
    name_in: Callable[[T, str], str]
    state_of: Callable[[T], str]
    was_removed: Callable[[str, str], bool]
    missing: Instead
    gone: Instead = REMOVED
    spell: Callable[[str], str | None] = str


@dataclass(frozen=True)
class Sought(Generic[T]):
    """What came of a name: the object where there is one to show, and its right name."""

    standing: Standing
    found: T | None = None
    name: str = ""


def seek(kind: Kind[T], name: str, lang: str, *more: Any) -> Sought[T]:
    """How the object of this name stands; `more` goes to `find`."""
    spelled = kind.spell(name)
    if spelled is None:
        return Sought(Standing.MISSING)
    if spelled != name:
        return Sought(Standing.MOVED, None, spelled)
    found = kind.find(name, lang, *more)
    if found is None:
        return Sought(Standing.GONE if kind.was_removed(name, lang) else Standing.MISSING)
    if (right := kind.name_in(found, lang)) != name:
        return Sought(Standing.MOVED, found, right)
    retracted = kind.state_of(found) == State.RETRACTED
    return Sought(Standing.RETRACTED if retracted else Standing.SHOWN, found, name)


def answer(
    request: HttpRequest,
    kind: Kind[T],
    name: str,
    route: str,
    page: Callable[[T], HttpResponse],
    *more: Any,
    retracted: bool = True,
) -> HttpResponse:
    """What `page` makes of the object, or the answer that stands in for it; `more` follows the name in the address.

    `retracted` is False for what bears no notice that comes later, as a file that somebody keeps.
    """
    sought = seek(kind, name, get_language() or "en", *more)
    if sought.standing == Standing.MOVED:
        response = HttpResponsePermanentRedirect(reverse(route, args=[sought.name, *more]))
        # A browser may keep a 301 for ever (RFC 9110, section 15.4.2), and a slug can come back to where it was.
        response.headers["Cache-Control"] = "max-age=60"
        return response
    if sought.found is None or (sought.standing == Standing.RETRACTED and not retracted):
        return nothing_there(request, kind, sought.standing)
    return page(sought.found)


def no_such(request: HttpRequest, kind: Kind[Any], name: str) -> HttpResponse:
    """The answer where nothing was found under a name."""
    gone = kind.was_removed(name, get_language() or "en")
    return nothing_there(request, kind, Standing.GONE if gone else Standing.MISSING)


def nothing_there(request: HttpRequest, kind: Kind[Any], standing: Standing) -> HttpResponse:
    """410 or 404, readable, with what there is instead."""
    gone = standing == Standing.GONE
    instead = kind.gone if gone else kind.missing
    context = {"gone": gone, "instead": instead, "choices": instead.offered(get_language() or "en")}
    return render(request, "not_there.html", context, status=410 if gone else 404)
