"""Headers that a mail provider reads and takes out again: leave our links alone, and report by this name.

Sources: the providers' manuals on SMTP headers (Brevo X-Mailin-custom; Mailgun X-Mailgun-*; Mailjet X-MJ-* and
X-Mailjet-*; Postmark X-PM-*; SendGrid X-SMTPAPI; SparkPost X-MSYS-API).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def provider_headers(provider: str, reference: str) -> Mapping[str, str]:
    """What to add to a mail that leaves through a provider; nothing where none is named."""
    by_provider: dict[str, dict[str, Any]] = {
        "brevo": {"X-Mailin-custom": reference},
        "mailgun": {"X-Mailgun-Variables": {"reference": reference}, "X-Mailgun-Track": "no"},
        "mailjet": {"X-MJ-CustomID": reference, "X-Mailjet-TrackOpen": "0", "X-Mailjet-TrackClick": "0"},
        "postmark": {"X-PM-Metadata-reference": reference, "X-PM-TrackOpens": "false", "X-PM-TrackLinks": "None"},
        "sendgrid": {
            "X-SMTPAPI": {
                "unique_args": {"reference": reference},
                "filters": {name: {"settings": {"enable": 0}} for name in ("clicktrack", "opentrack")},
            }
        },
        "sparkpost": {
            "X-MSYS-API": {
                "metadata": {"reference": reference},
                "options": {"open_tracking": False, "click_tracking": False},
            }
        },
    }
    found = by_provider.get(provider, {})
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}
