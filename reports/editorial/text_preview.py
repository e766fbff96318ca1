"""What a text would look like once it is stored, and what would be taken out of it, shown as plain text."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.safestring import SafeString, mark_safe

from reports.editorial.accessible_html import left_out
from reports.editorial.rich_text import RichTextField, clean_html
from reports.editorial.text_form import LinesField


@dataclass(frozen=True)
class Part:
    """One field as a reader will see it. `html` or `lines`; `removed` is the typed HTML where cleaning changes
    it, `left_out` the names of what goes."""

    label: str
    html: SafeString | None = None
    lines: tuple[str, ...] = ()
    removed: str = ""
    left_out: tuple[str, ...] = ()


def preview_of(form: forms.ModelForm) -> list[Part]:  # type: ignore[type-arg]
    """The words of a form that was typed into, whether or not they could be saved."""
    return [_part(form, name) for name in form.fields if name not in {"slug", "machine", "needs_review"}]


def _part(form: forms.ModelForm, name: str) -> Part:  # type: ignore[type-arg]
    label, typed = str(form.fields[name].label), str(form[name].data or "")
    if isinstance(form._meta.model._meta.get_field(name), RichTextField):
        clean = clean_html(typed)
        removed = typed if _loses(typed, clean) else ""
        return Part(label, html=mark_safe(clean), removed=removed, left_out=tuple(left_out(typed)))  # noqa: S308
    field = form.fields[name]
    lines = field.to_python(typed) if isinstance(field, LinesField) else typed.splitlines()
    return Part(label, lines=tuple(lines))


def _loses(typed: str, clean: str) -> bool:
    """Whether cleaning takes more away than the way the same HTML is written."""
    return "".join(typed.replace("\r", "").split()) != "".join(clean.replace(' rel="noopener"', "").split())
