"""Rules about mail domains that an installation adds to the built-in ones: which names lead into one mailbox.

They count from the next petition that opens: each petition keeps the rules it opened with, because another rule would
let the same person sign again, or make two people one. Rows take precedence over `campaigns.addresses`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.addresses import DEFAULT_ALIASES, AddressError, ascii_domain, tag_rule

LONGEST: Final = 253
DOMAIN: Final = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"  # A-labels; what a domain is stands in `ascii_domain`


class AliasRule(models.Model):
    """What is known about one mail domain."""

    domain = models.CharField(_("mail domain"), max_length=LONGEST, unique=True)
    same_as = models.CharField(
        _("delivers into the mailboxes of"),
        max_length=LONGEST,
        blank=True,
        help_text=_("Another domain of the same provider, or nothing. Wrong, it makes two people one."),
    )
    ignores_dots = models.BooleanField(
        _("dots do not matter"), default=False, help_text=_("a.da@ and ada@ are one mailbox, as at Gmail.")
    )
    ignores_plus = models.BooleanField(
        _("what follows a plus does not matter"), default=False, help_text=_("ada+petition@ and ada@ are one mailbox.")
    )

    class Meta:
        db_table = "alias_rule"
        verbose_name = pgettext_lazy("rule about a mail domain", "mail domain")
        verbose_name_plural = pgettext_lazy("rule about a mail domain", "mail domains")
        constraints = [
            models.CheckConstraint(condition=Q(domain__regex=DOMAIN), name="alias_rule_domain"),
            models.CheckConstraint(condition=Q(same_as="") | Q(same_as__regex=DOMAIN), name="alias_rule_same_as"),
            models.CheckConstraint(
                condition=~Q(domain=F("same_as")),
                name="alias_rule_another",
                violation_error_message=_("A domain cannot be its own alias. Leave the second domain empty."),
            ),
            models.CheckConstraint(
                condition=Q(same_as="") | Q(ignores_dots=False, ignores_plus=False),
                name="alias_rule_where",
                violation_error_message=_("Say what does not matter beside the domain that owns the mailboxes."),
            ),
        ]

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        """Domains in the one form in which they are compared."""
        problems = {}
        for field in ("domain", "same_as"):
            typed = getattr(self, field).strip().lstrip("@")
            if field == "same_as" and not typed:
                self.same_as = ""
                continue
            try:
                setattr(self, field, ascii_domain(typed))
            except AddressError as problem:
                problems[field] = ValidationError(problem.args[0])
        if problems:
            raise ValidationError(problems)


def rules_now() -> dict[str, str]:
    """The built-in rules and ours, as a petition keeps them; see `campaigns.addresses.canonical`."""
    rules = dict(DEFAULT_ALIASES)
    for rule in AliasRule.objects.order_by("domain"):
        rules.pop(rule.domain, None)
        if rule.same_as:
            rules[rule.domain] = rule.same_as
        rules[tag_rule(rule.domain)] = " ".join(_ignored(rule))
    return {key: value if key.startswith("@") else _end(key, rules) for key, value in rules.items()}


def _ignored(rule: AliasRule) -> list[str]:
    return [word for word, ignored in (("dots", rule.ignores_dots), ("plus", rule.ignores_plus)) if ignored]


def _end(domain: str, rules: Mapping[str, str]) -> str:
    """Where a chain of aliases ends; in a circle, at its first domain by the alphabet, whoever asks."""
    passed = [domain]
    while (following := rules.get(passed[-1])) is not None:
        if following in passed:
            return min(passed[passed.index(following) :])
        passed.append(following)
    return passed[-1]
