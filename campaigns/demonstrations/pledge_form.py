"""The forms of "I am coming". They read and normalise what was typed, and ask neither database nor network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns import names
from campaigns.address_field import AddressField
from campaigns.addresses import LONGEST as LONGEST_ADDRESS
from campaigns.demonstrations.pledges import LARGEST_PARTY
from campaigns.demonstrations.pledging import Party
from campaigns.typed_codes import LONGEST_TYPED

LONGEST_SIZE = 6
WRONG_SIZE = _("Enter a whole number from 1 to 10, yourself included.")


class PartyForm(forms.Form):
    """How many come, and a nickname for whoever wants one. Refused values stay in the form as they were typed."""

    # A text field: a number field of a browser hides what it cannot read, and then there is nothing to correct.
    size = forms.IntegerField(
        label=_("How many of you?"),
        help_text=_("From 1 to 10, yourself included."),
        min_value=1,
        max_value=LARGEST_PARTY,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": LONGEST_SIZE}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WRONG_SIZE),
    )
    nickname = forms.CharField(
        label=_("Nickname"),
        required=False,
        strip=False,  # a control character at the edge is to be refused, not to be lost
        widget=forms.TextInput({"autocomplete": "off", "maxlength": names.LONGEST, "dir": "auto"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, typed: Mapping[str, Any] | None = None) -> None:
        """`data` is checked; `typed` is only shown."""
        super().__init__(data, initial={"size": 1, **(typed or {})}, auto_id="pledge_%s")

    def clean_nickname(self) -> str:
        """Nothing, or what `campaigns.names.parse_name` takes."""
        typed: str = self.cleaned_data["nickname"]
        if not typed.strip():
            return ""
        try:
            return names.parse_name(typed)
        except names.InvalidName as problem:
            raise ValidationError(problem.args[0]) from None


class PledgeForm(PartyForm):
    """The same, and an address for whoever wants the way back by mail instead of a code."""

    email = AddressField(required=False, help_text=_("Without it we show you a code, once."))

    def party(self, lang: str) -> Party:
        """What a valid form says. `lang` is the page's."""
        said = self.cleaned_data
        return Party(said["size"], lang, said["nickname"], said["email"])


class CodeForm(forms.Form):
    """The code that was told once."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=LONGEST_TYPED,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={
            "required": _("Enter the code that you wrote down."),
            "max_length": _("This is longer than any code of ours. Compare it with what you wrote down."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="own_%s")


def typed_in(post: Mapping[str, str]) -> dict[str, str]:
    """What somebody typed so far, to be shown again elsewhere and to be checked nowhere."""
    longest = {"size": LONGEST_SIZE, "nickname": names.LONGEST, "email": LONGEST_ADDRESS}
    return {field: post[field][:most] for field, most in longest.items() if field in post}
