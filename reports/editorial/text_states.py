"""Where the text of one language stands, and where it may go: draft, in review, published."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from reports.editorial.publishing import PUBLIC, IllegalTransition, Publishable
from reports.editorial.texts import Text, TextState

TEXT_TRANSITIONS: dict[TextState, set[TextState]] = {
    TextState.DRAFT: {TextState.REVIEW, TextState.PUBLISHED},
    TextState.REVIEW: {TextState.DRAFT, TextState.PUBLISHED},
    TextState.PUBLISHED: {TextState.DRAFT},
}


def read_with(holder: Any) -> list[Publishable]:
    """The objects on whose pages its words are read: itself, or those that `read_with` of its model names."""
    if hasattr(holder, "read_with"):
        return list(holder.read_with())
    return [holder] if isinstance(holder, Publishable) else []


def is_public(holder: Any) -> bool:
    """Whether it is in a public state; what has no state of its own is not."""
    return isinstance(holder, Publishable) and holder.state in PUBLIC


def is_stale(text: Text, holder: Any) -> bool:
    """Whether the original has changed since this translation was made from it."""
    known = isinstance(holder, Publishable) and text.lang != holder.original_lang
    return known and text.source_version < holder.version


def check_text_move(text: Text, holder: Any, target: TextState) -> None:
    """Raises IllegalTransition, in words for an editor, where a text may not go to a state."""
    if target not in TEXT_TRANSITIONS[TextState(text.state)]:
        raise IllegalTransition(_("%(state)s cannot follow here.") % {"state": target.label})
    if target == TextState.PUBLISHED and text.machine and text.needs_review:
        raise IllegalTransition(
            _("A machine made this text. Have a person read it first, then take off the mark that it needs review.")
        )
    original = text.lang == holder.original_lang
    if target == TextState.DRAFT and original and any(is_public(one) for one in [*read_with(holder), holder]):
        raise IllegalTransition(_("This is the original text of something public. Retract that first."))


def next_version(holder: models.Model) -> int:
    """Count one more version of the original text: translations of the one before are stale from now on."""
    if not isinstance(holder, Publishable):
        return 1
    type(holder)._default_manager.filter(pk=holder.pk).update(version=models.F("version") + 1)
    holder.refresh_from_db(fields=["version"])
    return holder.version
