"""An entry of the audit log in the reader's language: by whom, on what, with which states, fields and purposes."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext as _

from reports.editorial.audit import AuditEntry
from reports.editorial.publishing import State
from reports.editorial.texts import TextState


def who(entry: AuditEntry) -> str:
    """The address of the account; what acts by itself, or at the operator's command, has none."""
    return entry.actor_email or _("the site or its operator")


def what(entry: AuditEntry) -> str:
    """Kind and name of the object, or its number where the entry kept no name."""
    return " ".join(part for part in (kind(entry.object_type), entry.label or entry.object_id) if part)


def kind(object_type: str) -> str:
    """What objects of a kind are called; a word of the log itself where there is no such kind (any more)."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def in_words(entry: AuditEntry) -> str:
    """One line; empty where act and object say it all."""
    detail: dict[str, Any] = dict(entry.detail)
    parts = [_changes(detail.pop("changes", None)), _move(detail)]
    parts += [f"{_label(name)}: {_value(value)}" for name, value in detail.items() if value not in (None, "", [])]
    return "; ".join(part for part in parts if part)


def _changes(message: Any) -> str:
    """Django's own description of a form's changes, which it can word in any language."""
    return str(LogEntry(change_message=json.dumps(message)).get_change_message()) if message else ""


def _move(detail: dict[str, Any]) -> str:
    left, to = detail.pop("left", None), detail.pop("to", None)
    return f"{_state(left)} → {_state(to)}" if to else ""


def _state(value: Any) -> str:
    labels = dict(TextState.choices) | dict(State.choices)
    return str(labels.get(value, value or "–"))


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _label(name: str) -> str:
    labels = {
        "lang": _("language"),
        "fields": _("fields"),
        "purpose": _("purpose"),
        "cut_off": _("up to"),
        "page": _("page"),
        "step": _("step"),
        "method": _("method"),
        "petition": _("petition"),
        "signatures": _("signatures"),
        "unconfirmed": _("unconfirmed"),
        "pledges": _("pledges"),
        "by": _("by"),
    }
    return labels.get(name, name)
