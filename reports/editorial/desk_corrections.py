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
    record_correction,
)
from reports.editorial.desk_saving import Refused
from reports.editorial.rewording import Pairs, is_shown, pages_of, said, tell_of_rewording
from reports.editorial.texts import TextState

CHANGE, REASON = "change", "reason"


def is_read_by_the_public(holder: Any, text: Any) -> bool:
    """Whether the words that are stored are on the site now."""
    return text.pk is not None and text.state == TextState.PUBLISHED and is_shown(holder)


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


def tell(holder: Any, lang: str, change: Change, pairs: Pairs) -> None:
    """Record what a change was. Raises Refused where no word of it is another."""
    was, now = said(pairs)
    if was == now:
        raise Refused(
            [_("The words are the same as before, so there is nothing to correct. Call it a slip of the pen.")]
        )
    tell_of_rewording(holder, lang, change, was, now)


def tell_of_retraction(holder: Any, reason: str) -> None:
    """Record that we no longer stand by something, with its words as they are."""
    text = holder.texts.filter(lang=holder.original_lang).first()
    with override(holder.original_lang):
        why = " ".join(reason.split())[:LONGEST_REASON] or _("We no longer stand by this.")
        was = str(text) if text is not None else str(holder)
    version = int(holder.version)
    for shown in pages_of(holder):
        if shown != holder:  # it goes from there, and what stood there is told
            with override(holder.original_lang):
                taken_out = Change(CorrectionKind.CORRECTION, why), was, _("(taken out)")
            record_correction(shown, holder.original_lang, *taken_out, (shown.version, shown.version))
    record_correction(holder, holder.original_lang, Change(CorrectionKind.RETRACTION, why), was, "", (version, version))
