"""What is asked before signatories are exported."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ExportForm(forms.Form):
    """Why, and for which program."""

    purpose = forms.CharField(
        label=_("What the list is for"),
        min_length=10,
        max_length=300,
        help_text=_("Written to the audit log with your name. Name no signatory here."),
    )
    bom = forms.BooleanField(
        label=_("For Excel (begins with a byte order mark)"),
        required=False,
    )
