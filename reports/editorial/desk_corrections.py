"""What the desk asks of whoever changes words that the public can read: a slip of the pen, or a correction, and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.editorial.corrections import (
    LONGEST_REASON,
    MINOR,
    TOLD,
    Change,
    CorrectionKind,
    plain_words,
    record_correction,
    where_they_differ,
)
from reports.editorial.desk_saving import Refused
from reports.editorial.publishing import Publishable
from reports.editorial.text_states import read_with
from reports.editorial.texts import TextState

CHANGE, REASON = "change", "reason"


def is_read_by_the_public(holder: Any, text: Any) -> bool:
    """Whether the words that are stored are on the site now."""
    published = text.pk is not None and text.state == TextState.PUBLISHED
    if not published or (isinstance(holder, Publishable) and not _is_visible(holder)):
        return False
    return bool(_pages_of(holder))


def _pages_of(holder: Any) -> list[Publishable]:
    """What the public reads its words with: the objects on whose pages a correction of them stands."""
    return [one for one in read_with(holder) if _is_visible(one)]


def _is_visible(obj: Publishable) -> bool:
    return bool(type(obj)._default_manager.visible().filter(pk=obj.pk).exists())


def change_typed(request: HttpRequest) -> Change:
    """What was said of the change. Raises Refused where nothing was, or no reason given."""
    change = Change(request.POST.get(CHANGE, ""), " ".join(request.POST.get(REASON, "").split()))
    if change.kind not in {MINOR, *TOLD}:
        raise Refused(
            [_("The public can read this text. Say below whether your change is a slip of the pen or a correction.")]
        )
    if not change.is_minor and not change.reason:
        raise Refused([_("Give the reason for the change: it stands beside the text for everybody to read.")])
    if len(change.reason) > LONGEST_REASON:
        raise Refused([_("Keep the reason under %(count)d characters.") % {"count": LONGEST_REASON}])
    return change


def tell(holder: Any, lang: str, change: Change, pairs: list[tuple[Any, Any]], versions: tuple[int, int]) -> None:
    """Record what a change was, from pairs of the old and the new value of each field. Raises Refused."""
    was, now = where_they_differ(
        *("\n".join(filter(None, map(plain_words, side))) for side in zip(*pairs, strict=True))
    )
    if was == now:
        raise Refused(
            [_("The words are the same as before, so there is nothing to correct. Call it a slip of the pen.")]
        )
    with override(lang):
        now = now or _("(taken out)")
    for shown in _pages_of(holder):
        own = versions if shown == holder else (shown.version, shown.version)
        record_correction(shown, lang, change, was or "–", now, own)


def tell_of_retraction(holder: Any, reason: str) -> None:
    """Record that we no longer stand by something, with its words as they are."""
    text = holder.texts.filter(lang=holder.original_lang).first()
    with override(holder.original_lang):
        why = " ".join(reason.split())[:LONGEST_REASON] or _("We no longer stand by this.")
        was = str(text) if text is not None else str(holder)
    version = int(holder.version)
    for shown in _pages_of(holder):
        if shown != holder:  # it goes from there, and what stood there is told
            with override(holder.original_lang):
                taken_out = Change(CorrectionKind.CORRECTION, why), was, _("(taken out)")
            record_correction(shown, holder.original_lang, *taken_out, (shown.version, shown.version))
    record_correction(holder, holder.original_lang, Change(CorrectionKind.RETRACTION, why), was, "", (version, version))
