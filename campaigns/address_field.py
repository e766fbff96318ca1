"""The form field for an e-mail address; see `campaigns.addresses`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.addresses import LONGEST, Address, AddressError, parse_address


class AddressField(forms.CharField):
    """Gives an `Address`, or None where nothing was typed and nothing had to be."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "email", "maxlength": LONGEST, "dir": "ltr", "spellcheck": "false"}
        kwargs = {"label": _("E-mail"), "widget": forms.EmailInput(attrs), **kwargs}
        kwargs.setdefault("error_messages", {"required": _("Enter your e-mail address.")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Address | None:
        """Raises ValidationError with what to do about it."""
        typed: str = super().clean(value)
        try:
            return parse_address(typed) if typed else None
        except AddressError as problem:
            raise ValidationError(problem.args[0]) from None
