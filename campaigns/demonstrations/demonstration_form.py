"""The form in which staff write a demonstration: wall time and zone, checked together, with the choice that a doubled
time needs. What is public already must stay complete."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from campaigns.demonstrations.access import FACTS
from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.readiness import missing_for_publication, wrong_times
from reports.editorial.publishing import PUBLIC


class DemonstrationForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """Every problem is told at the field that has it; nothing is stored before all are gone."""

    class Meta:
        model = Demonstration
        fields: ClassVar[list[str]] = [
            "key",
            "campaign",
            "kind",
            "status",
            "starts",
            "starts_fold",
            "ends",
            "ends_fold",
            "zone",
            "place",
            *FACTS,
            "organiser",
            "contact",
            "day_of_action",
            "original_lang",
        ]

    def _post_clean(self) -> None:
        """The rules that need several fields, on the row as it would be stored."""
        super()._post_clean()  # type: ignore[misc]  # Django's own step, which the stubs leave out
        if self.errors:
            return
        if self.instance.state in PUBLIC:
            missing = missing_for_publication(self.instance)
            problems = [(name, message) for name, messages in missing.items() for message in messages]
        else:
            problems = wrong_times(self.instance)
        for name, message in problems:
            self.add_error(name if name in self.fields else None, message)
