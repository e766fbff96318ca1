"""The forms to sign and to correct. They read and normalise what was typed, and ask neither database nor network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns import names
from campaigns.address_field import AddressField
from campaigns.addresses import LONGEST as LONGEST_ADDRESS
from campaigns.petitions.country_select import CountryField
from campaigns.petitions.signing import Submission


class FixedFields(dict[str, forms.Field]):
    """The fields of a form that changes none of them. Django copies every field for every form in case one does;
    for a form that thousands send a minute, that costs more than checking them."""

    def __deepcopy__(self, memo: object) -> FixedFields:
        return FixedFields(self)


class PersonForm(forms.Form):
    """Name and country. Refused values stay in the form as they were typed."""

    name = forms.CharField(
        label=_("Name"),
        strip=False,  # a control character at the edge is to be refused, not to be lost
        widget=forms.TextInput(
            {"autocomplete": "name", "autocapitalize": "words", "maxlength": names.LONGEST, "dir": "auto"}
        ),
        error_messages={"required": _("Enter your name.")},
    )
    country = CountryField(
        label=_("Country"),
        widget=CountryField.widget({"autocomplete": "country"}),
        error_messages={"required": _("Choose your country, or say that you would rather not.")},
    )
    shown_names: ClassVar[tuple[str, ...]] = ("name", "country")

    def __init__(self, data: Mapping[str, Any] | None = None, *, typed: Mapping[str, Any] | None = None) -> None:
        """`data` is checked; `typed` is only shown."""
        super().__init__(data, initial=dict(typed or {}), auto_id="sign_%s")

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that somebody fills in, in order."""
        return [self[name] for name in self.shown_names]

    def clean_name(self) -> str:
        """See `campaigns.names.parse_name`."""
        try:
            return names.parse_name(self.cleaned_data["name"])
        except names.InvalidName as problem:
            raise ValidationError(problem.args[0]) from None


class SignForm(PersonForm):
    """Name, e-mail and country, and the wording that was shown."""

    email = AddressField()
    # A wish, which our page does not ask for: consent is taken where the mailbox is proven.
    updates = forms.BooleanField(required=False)
    # The SHA-256 of the wording. The template writes it, not the form: it is nothing that is typed.
    text = forms.CharField(required=False)
    shown_names = ("name", "email", "country")
    field_order = ("name", "email", "country", "updates", "text")

    def submission(self, lang: str) -> Submission:
        """What a valid form says, for `sign`. `lang` is the page's, and that of the mail."""
        said = self.cleaned_data
        return Submission(said["name"], said["email"], said["country"], lang, said["text"], said["updates"])


SignForm.base_fields = FixedFields(SignForm.base_fields)


class OwnForm(PersonForm):
    """What the owner of a proven mailbox says of a signature, and which wording the ticked box stood beside."""

    signature = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    updates = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


def typed_in(post: Mapping[str, str]) -> dict[str, str]:
    """What somebody typed so far, to be shown again elsewhere and to be checked nowhere."""
    longest = {"name": names.LONGEST, "email": LONGEST_ADDRESS, "country": 2}
    return {field: post.get(field, "")[:most] for field, most in longest.items()}


def whole_number(text: str | None) -> int | None:
    """An id in a form; None for anything that is none."""
    return int(text) if text and len(text) < 19 and text.isascii() and text.isdigit() else None
