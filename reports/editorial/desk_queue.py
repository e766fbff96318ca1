"""The first page of the desk: what waits, for whoever asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from reports.editorial.desk_access import DeskAdmin
from reports.editorial.desk_publishing import PublishableAdmin
from reports.editorial.desk_texts import HasTextsAdmin
from reports.editorial.publishing import Publishable, State
from reports.editorial.texts import TextState

MOST = 8  # entries of one kind in one queue


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: what it is, its words, where it is worked on, when it is released."""

    kind: str
    words: str
    url: str
    release_at: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """Things that wait for the same act."""

    title: str
    waiting: list[Waiting]


def queues(request: HttpRequest, admins: Iterable[DeskAdmin]) -> list[Queue]:
    """The queues that are not empty, of what the asker may write."""
    writable = [found for found in admins if found.has_change_permission(request)]
    publishable = [found for found in writable if isinstance(found, PublishableAdmin)]
    texts = [found for found in writable if isinstance(found, HasTextsAdmin)]
    found = [
        Queue(_("Waiting for review"), _in_state(request, publishable, State.IN_REVIEW)),
        Queue(_("Texts waiting for review"), [row for one in texts for row in _texts_in_review(request, one)]),
        Queue(_("Approved, not yet published"), _in_state(request, publishable, State.APPROVED)),
        Queue(_("Scheduled"), _in_state(request, publishable, State.SCHEDULED)),
        Queue(_("Translations behind their original"), [row for one in texts for row in _stale(request, one)]),
        Queue(_("Drafts"), _in_state(request, publishable, State.DRAFT)),
    ]
    return [queue for queue in found if queue.waiting]


def _in_state(request: HttpRequest, admins: list[PublishableAdmin], state: State) -> list[Waiting]:
    return [
        Waiting(str(one.opts.verbose_name), one.words_of(obj), one.address("change", obj.pk), _release(obj, state))
        for one in admins
        for obj in one.get_queryset(request).filter(state=state).order_by("release_at", "pk")[:MOST]
    ]


def _release(obj: Publishable, state: State) -> datetime | None:
    return obj.release_at if state == State.SCHEDULED else None


def _texts_in_review(request: HttpRequest, one: HasTextsAdmin) -> list[Waiting]:
    objects = one.get_queryset(request).filter(texts__state=TextState.REVIEW).distinct().order_by("pk")
    return [
        _text(one, obj, text) for obj in objects[:MOST] for text in obj.texts.all() if text.state == TextState.REVIEW
    ]


def _stale(request: HttpRequest, one: HasTextsAdmin) -> list[Waiting]:
    if not issubclass(one.model, Publishable):
        return []
    objects = one.get_queryset(request).filter(texts__source_version__lt=F("version"))
    return [
        _text(one, obj, text)
        for obj in objects.distinct().order_by("pk")[:MOST]
        for text in obj.texts.all()
        if text.lang != obj.original_lang and text.source_version < obj.version
    ]


def _text(one: HasTextsAdmin, obj: Any, text: Any) -> Waiting:
    kind = f"{one.opts.verbose_name}, {text.get_lang_display()}"
    return Waiting(kind, one.words_of(obj), one.address("text", obj.pk, text.lang))
