"""The form of one text: the words of a row in one language, whatever room they belong to."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from reports.editorial.accessible_html import faults_in, left_out
from reports.editorial.rich_text import TAGS, RichTextField
from reports.editorial.slugs import MAX_LENGTH, SlugField
from reports.editorial.texts import Text

ABOUT_TRANSLATION = ["machine", "needs_review"]
LONG = 120  # characters; longer fields get room for several lines
LONGEST_LINE = 300


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        super().__init__(**{**kwargs, "widget": forms.Textarea(attrs={"rows": 5})})

    def prepare_value(self, value: Any) -> Any:
        """As typed, or the list in lines."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines that are not empty."""
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        """Something has to be there where it must, and none is a page long."""
        super().validate(value)
        if any(len(line) > LONGEST_LINE for line in value):
            raise ValidationError(_("Keep each line under %(count)d characters.") % {"count": LONGEST_LINE})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lists differ."""
        return bool(list(initial or []) != self.to_python(data))


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of a text. A slug that is left empty is made from the title; one that is taken gets a proposal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "The last part of the page's address. Left empty, it is made of the title."
            )

    def left_out(self) -> list[str]:
        """The names of what was typed into rich texts and is not kept, as `<div>` or `style`."""
        model = self._meta.model
        rich = [field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField)]
        return sorted(
            {name for field in rich if field in self.fields for name in left_out(str(self[field].data or ""))}
        )

    def clean_slug(self) -> str:
        """The slug as typed, or one made of the title. Where it is taken, says which one is free."""
        wanted = self.cleaned_data["slug"] or slug_from(self.data.get("title", ""))
        if not wanted:
            raise ValidationError(_("Fill in an address."))
        wanted = unicodedata.normalize("NFC", wanted).lower()
        taken = set(self._others().filter(slug__startswith=wanted[:60]).values_list("slug", flat=True))
        if wanted in taken:
            proposal = next(slug for slug in _numbered(wanted) if slug not in taken)
            raise ValidationError(
                _("Another page has the address “%(slug)s” already. “%(proposal)s” is free.")
                % {"slug": wanted, "proposal": proposal}
            )
        return wanted

    def _others(self) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self._meta.model._default_manager.filter(lang=self.instance.lang)
        return rows.exclude(pk=self.instance.pk)

    def _get_validation_exclusions(self) -> set[str]:
        """Rules that name the language hold too, although the form does not ask for it."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # the stubs lack it
        return excluded - {"lang"}


def _numbered(slug: str) -> Iterable[str]:
    return (f"{slug}-{number}" for number in range(2, 10_000))


def slug_from(title: str) -> str:
    """A slug of the letters and digits of a title, whatever its script."""
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in unicodedata.normalize("NFC", title))
    words, slug = "".join(kept).lower().split(), ""
    for word in words:
        if len(slug) + len(word) >= MAX_LENGTH:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug


def text_form(model: type[Text], parent: str, lang: str, original: bool) -> type[TextForm]:
    """The form class for a model's texts in one language."""
    about = [] if original else ABOUT_TRANSLATION
    fields = [*words_of_model(model, parent), *about]
    callback = functools.partial(_field, lang=lang)
    return cast(
        type[TextForm], forms.modelform_factory(model, form=TextForm, fields=fields, formfield_callback=callback)
    )


def words_of_model(model: type[Text], parent: str) -> list[str]:
    """The fields of a text that hold words."""
    base = {field.name for field in Text._meta.get_fields()} | {parent, "id"}
    return [field.name for field in model._meta.concrete_fields if field.editable and field.name not in base]


def _field(field: models.Field[Any, Any], lang: str, **kwargs: Any) -> forms.Field | None:
    """A form field that is written in the text's own language and direction."""
    if isinstance(field, models.JSONField):
        made: forms.Field | None = LinesField(
            label=capfirst(field.verbose_name), required=not field.blank, help_text=_("One on each line.")
        )
    else:
        made = field.formfield(**kwargs)
    if made is None or isinstance(field, models.BooleanField):
        return made
    if _is_long(field) and not isinstance(made, LinesField):
        made.widget = forms.Textarea(attrs={"rows": 10 if isinstance(field, RichTextField) else 4})
        made.widget.is_required = made.required
    if isinstance(field, RichTextField):
        made.help_text = rich_text_note()
        made.validators.append(_refuse_hard_to_use)
    made.widget.attrs |= {"lang": lang, "dir": "rtl" if get_language_info(lang)["bidi"] else "ltr", "class": "wide"}
    if field.max_length and "maxlength" not in made.widget.attrs:
        made.widget.attrs["maxlength"] = field.max_length
    return made


def _refuse_hard_to_use(html: str) -> None:
    """See `accessible_html`."""
    faults = faults_in(html)
    if faults:
        raise ValidationError(faults)


def _is_long(field: models.Field[Any, Any]) -> bool:
    if isinstance(field, SlugField):
        return False
    return isinstance(field, models.TextField) or (field.max_length or 0) > LONG


def rich_text_note() -> str:
    """Which HTML a rich text may hold."""
    tags = " ".join(f"<{tag}>" for tag in sorted(TAGS))
    kept = _("May hold this HTML: %(tags)s. Everything else is taken out when it is saved; the preview shows what.")
    foreign = _("Words in another language stand in %(tag)s, so that they are read out in it.")
    return " ".join([kept % {"tags": tags}, foreign % {"tag": '<span lang="…">'}])
