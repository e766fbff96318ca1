"""The style page: every part of the look in every state, on invented content."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.pages.style_content import content_in
from config.page_cache import public_page

DEMAND_STATES = ["open", "answered", "partly_met", "met", "rejected", "lapsed"]
PETITION_STATES = ["open", "paused", "closed"]
DEMONSTRATION_STATES = ["on", "moved", "postponed", "cancelled", "past"]
SIGNATURE_STATES = ["pending", "confirmed", "held"]
# Names of the colours in tokens.css.
COLOURS = ["paper", "tint", "sheet", "ink", "muted", "rule", "border", "link", "action", "progress", "warning"]
GROUNDS = ["met", "open", "warned"]
SIZES = ["t14", "t15", "t17", "t20", "t24", "t29", "t42"]
SPACES = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]


class SampleForm(forms.Form):
    """The kinds of field that the site has. It is shown, never sent."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send one link there. Only a confirmed signature counts."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=[("BE", "Belgium"), ("CD", "Democratic Republic of the Congo")]
    )
    updates = forms.BooleanField(label=_("Tell me what comes of it. At most one mail a month."), required=False)


class OtherFieldsForm(forms.Form):
    """Fields that fewer pages have."""

    reason = forms.CharField(label=_("Why do you sign?"), required=False, widget=forms.Textarea({"rows": 4}))
    size = forms.IntegerField(label=_("How many of you come?"), help_text=_("Between 1 and 10"))
    role = forms.ChoiceField(
        label=_("I can help as"),
        choices=[("steward", _("a steward")), ("first_aid", _("first aid")), ("none", _("I just come"))],
        widget=forms.RadioSelect,
    )
    code = forms.CharField(label=_("Code from our mail"), help_text=_("Eight letters and digits"))
    locked = forms.CharField(label=_("A field that is not open now"), disabled=True, required=False)


@public_page(60)
def style(request: HttpRequest) -> HttpResponse:
    """Show tokens and components; nothing on it comes from the database."""
    typed = {"name": "Amina", "email": "amina at example.org", "country": "BE"}
    return render(
        request,
        "pages/style.html",
        {
            "sample": content_in(get_language() or "en"),
            "other": content_in("ar" if get_language() != "ar" else "en"),
            "form": SampleForm(auto_id="sign_%s"),
            "form_with_errors": SampleForm({**typed, "country": "??"}, auto_id="wrong_%s"),
            "other_fields": OtherFieldsForm(auto_id="other_%s"),
            "page": Paginator(range(100), 10).get_page(4),
            "demand_states": DEMAND_STATES,
            "petition_states": PETITION_STATES,
            "demonstration_states": DEMONSTRATION_STATES,
            "signature_states": SIGNATURE_STATES,
            "colours": COLOURS,
            "grounds": GROUNDS,
            "sizes": SIZES,
            "spaces": SPACES,
        },
    )
