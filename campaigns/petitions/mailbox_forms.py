"""The forms of whoever waits for our mail, or has it: the code in it, or a new one. They ask the database nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.address_field import AddressField
from campaigns.addresses import LONGEST as LONGEST_ADDRESS
from campaigns.petitions.mailed_codes import read_code
from campaigns.typed_codes import LONGEST_TYPED
from reports.editorial.slugs import MAX_LENGTH as LONGEST_SLUG

WRONG_OR_USED_UP = _("Wrong or used up: this address and this code do not, or no longer, belong together.")


class CodeForm(forms.Form):
    """The address that was signed with, the code of our mail, and the wording beside the ticked box, if any."""

    email = AddressField(label=_("E-mail address you signed with"))
    code = forms.CharField(
        label=_("Code in our mail"),
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "dir": "ltr",
                "maxlength": LONGEST_TYPED,
            }
        ),
        error_messages={"required": _("Enter the eight letters and digits from our mail.")},
    )
    updates = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    def __init__(self, data: Mapping[str, Any] | None = None, *, typed: Mapping[str, str] | None = None) -> None:
        """`data` is checked; `typed` is only shown."""
        most = {"email": LONGEST_ADDRESS, "code": LONGEST_TYPED}
        shown = {name: typed.get(name, "")[:length] for name, length in most.items()} if typed else {}
        super().__init__(data, initial=shown, auto_id="code_%s")

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that somebody fills in, in order."""
        return [self["email"], self["code"]]

    def clean_code(self) -> str:
        """See `campaigns.petitions.mailed_codes.read_code`."""
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise ValidationError(_("A code has eight letters and digits. Compare it with our mail."))
        return code


class NewMailForm(forms.Form):
    """The petition, by its slug, and the address."""

    petition = forms.CharField(
        label=_("Petition"),
        max_length=LONGEST_SLUG,
        error_messages={"required": _("Choose the petition that you signed.")},
    )
    email = AddressField(label=_("E-mail address you signed with"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, slug: str = "") -> None:
        super().__init__(data, initial={"petition": slug}, auto_id="mail_%s")
