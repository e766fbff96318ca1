"""The forms to sign and to correct. They read and normalise what was typed, and ask neither database nor network.

Which fields there are is the petition's to say: see `campaigns.petitions.asking`. Each kind of form is made once.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns import address_suggestions, names
from campaigns.address_field import AddressField
from campaigns.addresses import LONGEST as LONGEST_ADDRESS
from campaigns.addresses import AddressError, parse_address
from campaigns.petitions.asking import (
    LONGEST_CITY,
    LONGEST_COMMENT,
    LONGEST_POSTCODE,
    AskedPlace,
    Asks,
    InvalidAnswer,
    parse_comment,
    parse_place,
)
from campaigns.petitions.country_select import COUNTRIES, CountryField
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
        return [self[name] for name in self.shown_names if name in self.fields]

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
    shown_names = ("name", "email", "country", "place", "comment")
    field_order = (*shown_names, "updates", "text")
    asks: ClassVar[Asks] = Asks()

    def clean_place(self) -> str:
        """See `campaigns.petitions.asking.parse_place`."""
        try:
            return parse_place(self.cleaned_data["place"], self.asks.place)
        except InvalidAnswer as problem:
            raise ValidationError(problem.args[0]) from None

    def clean_comment(self) -> str:
        """See `campaigns.petitions.asking.parse_comment`."""
        try:
            return parse_comment(self.cleaned_data["comment"])
        except InvalidAnswer as problem:
            raise ValidationError(problem.args[0]) from None

    @property
    def suggestion(self) -> str | None:
        """The address that was probably meant, for a form that is shown again. It never keeps anybody from signing."""
        return address_suggestions.suggestion(self.data.get("email", "")[:LONGEST_ADDRESS]) if self.is_bound else None

    @property
    def question(self) -> list[str]:
        """What stands before and after a suggestion."""
        return (gettext("Did you mean %(address)s?") % {"address": "\0"}).split("\0")

    @property
    def domains(self) -> str:
        """What the page's script needs to suggest one."""
        return address_suggestions.as_json()

    def submission(self, lang: str) -> Submission:
        """What a valid form says, for `sign`. `lang` is the page's, and that of the mail."""
        said = self.cleaned_data
        return Submission(
            said.get("name", ""),
            said["email"],
            said["country"],
            lang,
            said["text"],
            said["updates"],
            said.get("place", ""),
            said.get("comment", ""),
        )


def read_at_once(post: Mapping[str, str], asks: Asks, lang: str) -> Submission | None:
    """What `sign_form(asks)` reads in a post in which everything is right, without making a form; else None.

    A form is made to say what is wrong. At a peak nearly every post is right, and the form would cost more than its
    rules, which are the same here: see the functions that its `clean` methods call.
    """
    country = post.get("country", "").strip().upper()
    if country not in COUNTRIES or "updates" in post:
        return None
    try:
        return Submission(
            names.parse_name(post.get("name", "")) if asks.name else "",
            parse_address(post.get("email", "")),
            country,
            lang,
            post.get("text", "").strip(),
            place=parse_place(post.get("place", ""), asks.place) if asks.place else "",
            comment=parse_comment(post.get("comment", "")) if asks.comment else "",
        )
    except (names.InvalidName, AddressError, InvalidAnswer):
        return None


@functools.cache
def sign_form(asks: Asks) -> type[SignForm]:
    """The form of a petition that asks these things."""
    fields: dict[str, Any] = {"asks": asks}
    if not asks.name:
        fields["name"] = None  # how Django takes a field out of a form
    if asks.place:
        fields["place"] = _place_field(asks.place)
    if asks.comment:
        fields["comment"] = _comment_field()
    return _fixed(type("SignForm", (SignForm,), fields))


def _fixed(form: type[SignForm]) -> type[SignForm]:
    form.base_fields = FixedFields(form.base_fields)
    return form


def _place_field(asked: AskedPlace) -> forms.CharField:
    postcode = asked == AskedPlace.POSTCODE
    return forms.CharField(
        label=_("Postcode") if postcode else _("City"),
        required=False,
        strip=False,
        widget=forms.TextInput(
            {
                "autocomplete": "postal-code" if postcode else "address-level2",
                "maxlength": LONGEST_POSTCODE if postcode else LONGEST_CITY,
                "dir": "auto",
            }
        ),
    )


def _comment_field() -> forms.CharField:
    return forms.CharField(
        label=_("Comment"),
        help_text=_("Only the organisers read it. Links are left out."),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 3, "maxlength": LONGEST_COMMENT, "dir": "auto", "autocomplete": "off"}),
    )


class OwnForm(PersonForm):
    """What the owner of a proven mailbox says of a signature, and which wording the ticked box stood beside."""

    signature = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    updates = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


@functools.cache
def own_form(asks: Asks) -> type[OwnForm]:
    """The form to correct a signature of a petition that asks these things: in safe mode there is no name."""
    return OwnForm if asks.name else type("OwnForm", (OwnForm,), {"name": None})


def typed_in(post: Mapping[str, str]) -> dict[str, str]:
    """What somebody typed so far, to be shown again elsewhere and to be checked nowhere."""
    longest = {
        "name": names.LONGEST,
        "email": LONGEST_ADDRESS,
        "country": 2,
        "place": LONGEST_CITY,
        "comment": LONGEST_COMMENT,
    }
    return {field: post.get(field, "")[:most] for field, most in longest.items()}


def whole_number(text: str | None) -> int | None:
    """An id in a form; None for anything that is none."""
    return int(text) if text and len(text) < 19 and text.isascii() and text.isdigit() else None
