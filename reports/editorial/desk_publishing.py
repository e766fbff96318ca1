"""Publishing states at the desk: shown on an object's page and moved by buttons, along the machine's arrows only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from reports.editorial.audit import Act, entries_of
from reports.editorial.corrections import LONGEST_REASON
from reports.editorial.desk_corrections import REASON, tell_of_retraction
from reports.editorial.desk_saving import COMPLETE, NothingLost, Refused
from reports.editorial.embargoes import NotAnother, agree_to_lift, ask_to_lift, asked_for
from reports.editorial.publishing import PUBLIC, IllegalTransition, Publishable, State, is_held, next_states
from reports.editorial.staff import User

AGREED = "agreed"
WROTE = [Act.ADDED, Act.CHANGED, Act.WROTE]

# What a button says that leads to a state.
STEPS = {
    State.DRAFT: gettext_lazy("Back to draft"),
    State.IN_REVIEW: gettext_lazy("Ask for review"),
    State.APPROVED: gettext_lazy("Approve"),
    State.SCHEDULED: gettext_lazy("Schedule"),
    State.PUBLISHED: gettext_lazy("Publish"),
    State.ARCHIVED: gettext_lazy("Archive"),
    State.RETRACTED: gettext_lazy("Retract"),
    State.REMOVED: gettext_lazy("Remove for good"),
}
FORWARD = {State.IN_REVIEW, State.APPROVED, State.PUBLISHED}
# The look's chip for each state; see `docs/look.md`.
CHIPS = {
    State.PUBLISHED: "chip-met",
    State.SCHEDULED: "chip-open",
    State.IN_REVIEW: "chip-open",
    State.APPROVED: "chip-open",
    State.RETRACTED: "chip-warning",
    State.REMOVED: "chip-warning",
}


@dataclass(frozen=True)
class Step:
    """A button: what it says, where it posts to, whether it is the way on."""

    label: str
    url: str
    forward: bool
    longest_reason: int = 0
    """Above zero: it asks for a reason, of so many characters at most, that the public will read."""


@dataclass(frozen=True)
class Loss:
    """Things that come to their end with a move: a sentence that says so and how many they are, and each by name.

    `ids` tell each from everything else, also from what is of another kind.
    """

    says: str
    ids: tuple[str, ...]
    names: tuple[str, ...]


def chip(text: object, kind: str) -> SafeString:
    """A small mark with an icon, so that colour never stands alone."""
    return format_html('<span class="chip {}">{}</span>', kind, text)


class Refusals(NothingLost):
    """Answers of the desk that say no, with a way back."""

    def refuse(
        self, request: HttpRequest, obj: models.Model, lines: list[str], status: int, **detail: Any
    ) -> HttpResponse:
        """A page that says why not; the try is written to the audit log."""
        self.record(request, Act.REFUSED, obj, **detail)
        context = {
            **self.admin_site.each_context(request),
            "title": _("That did not happen"),
            "opts": self.opts,
            "original": obj,
            "words": self.words_of(obj),
            "lines": lines,
        }
        return TemplateResponse(request, "admin/refused.html", context, status=status)

    def back_to(self, obj: models.Model) -> HttpResponseRedirect:
        """To the object's page."""
        return HttpResponseRedirect(self.address("change", obj.pk))

    def address(self, page: str, *parts: Any) -> str:
        """An address of this model's pages."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=parts)

    def view(self, name: str, route: str, function: Any) -> URLPattern:
        """A page of our own beside Django's."""
        full_name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return cast(URLPattern, path(route, self.admin_site.admin_view(function), name=full_name))


class PublishableAdmin(Refusals):
    """Pages of something that is published."""

    change_form_template = "admin/publishable.html"
    list_filter: ClassVar[Any] = ["state"]

    def get_urls(self) -> list[URLPattern]:
        """One address for each move, so that no view asks which button was pressed."""
        return [
            self.view("move", "<path:object_id>/to/<slug:state>/", require_POST(self.move)),
            self.view("ask_lift", "<path:object_id>/embargo/ask/", require_POST(self.ask_lift)),
            self.view("agree_lift", "<path:object_id>/embargo/agree/", require_POST(self.agree_lift)),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_chip(self, obj: Publishable) -> SafeString:
        """The state, for lists."""
        return chip(obj.get_state_display(), CHIPS.get(State(obj.state), "chip-plain"))

    def steps(self, obj: Publishable) -> list[Step]:
        """Where the object may go from here."""
        return [
            Step(
                str(STEPS[to]),
                self.address("move", obj.pk, to.value),
                to in FORWARD,
                LONGEST_REASON if to == State.RETRACTED else 0,
            )
            for to in next_states(obj)
        ]

    def move(self, request: HttpRequest, object_id: str, state: str) -> HttpResponse:
        """POST: bring the object to a state. 409 where that does not follow, 422 where something is missing."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        if state not in State.values:
            raise Http404
        left, target = obj.state, State(state)
        losses = self.losses(obj, target) if target in next_states(obj) else []
        if losses and request.POST.get(AGREED) != _key(losses):
            return self._ask_first(request, obj, target, losses)
        try:
            with transaction.atomic():
                self._move(request, obj, target)
                self.record(request, Act.MOVED, obj, left=left, to=target)
        except IllegalTransition as problem:
            return self.refuse(request, obj, [str(problem)], 409, left=left, to=target)
        except Refused as problem:
            return self.refuse(request, obj, problem.lines, 422, left=left, to=target)
        except IntegrityError as problem:
            return self.refuse(request, obj, self.broken_rule(problem).lines, 422, left=left, to=target)
        messages.success(request, _("%(name)s: %(state)s.") % {"name": self.words_of(obj), "state": target.label})
        return self.back_to(obj)

    def losses(self, obj: Any, target: State) -> list[Loss]:
        """What else would come to its end by a move, to be told before it. What other rooms hang on it, they add."""
        return []

    def _ask_first(self, request: HttpRequest, obj: Publishable, target: State, losses: list[Loss]) -> HttpResponse:
        """What the move ends besides, and a button that agrees to exactly that."""
        context = {
            **self.admin_site.each_context(request),
            "title": STEPS[target],
            "opts": self.opts,
            "original": obj,
            "words": self.words_of(obj),
            "losses": losses,
            "agreed": _key(losses),
            "reason": request.POST.get(REASON, "")[:LONGEST_REASON],
        }
        return TemplateResponse(request, "admin/ends_with_it.html", context)

    def ask_lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: ask that an embargo end early; somebody else has to agree."""
        obj = self._held(request, object_id)
        ask_to_lift(obj, cast(User, request.user))
        self.record(request, Act.MOVED, obj, embargo="asked")
        return self.back_to(obj)

    def agree_lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: agree to what somebody else asked; the embargo ends now. 422 to whoever asked."""
        obj = self._held(request, object_id)
        try:
            with transaction.atomic():
                agree_to_lift(obj, cast(User, request.user))
                self.record(request, Act.MOVED, obj, embargo="lifted")
        except NotAnother:
            lines = [_("Lifting an embargo takes two people: one asks, another agrees. Nothing was changed.")]
            return self.refuse(request, obj, lines, 422, embargo="refused")
        return self.back_to(obj)

    def _held(self, request: HttpRequest, object_id: str) -> Any:
        """The object, where the asker may change it and it is under an embargo. Raises Http404, PermissionDenied."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        if not is_held(obj):
            raise Http404
        return obj

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Raises Refused where one person alone would end an embargo early, or hide what the public has read."""
        stored = type(obj)._default_manager.filter(pk=obj.pk).first() if change else None
        if stored is not None and stored.state in PUBLIC and not is_held(stored) and is_held(obj):
            raise Refused(
                [_("The public can read this already: no embargo begins any more. Retract it if it does not hold.")]
            )
        if stored is not None and is_held(stored) and (obj.release_at is None or obj.release_at < stored.release_at):
            raise Refused(
                [_("This is under an embargo. Another person has to agree before it ends early: ask beside the form.")]
            )
        super().save_model(request, obj, form, change)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django's field; that of a release time names the zone in which it is typed."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "release_at" and field is not None:
            field.help_text = _("In the time of %(zone)s, which is yours at this desk.") % {
                "zone": timezone.get_current_timezone_name()
            }
        return field

    def _move(self, request: HttpRequest, obj: Publishable, target: State) -> None:
        if target == State.APPROVED and settings.SECOND_EYES and wrote_last(request, obj):
            raise Refused([_("Somebody else has to approve this: you wrote it last.")])
        if target == State.SCHEDULED and (obj.release_at is None or obj.release_at <= timezone.now()):
            raise Refused([_("Give it a release time that is still to come, and save. Then schedule it.")])
        if target == State.PUBLISHED and obj.release_at is not None and obj.release_at > timezone.now():
            raise Refused([_("This is under an embargo. Schedule it: it shows by itself when the embargo ends.")])
        self.move_object(obj, target)
        if target == State.RETRACTED and hasattr(obj, "texts"):
            tell_of_retraction(obj, request.POST.get(REASON, ""))
        if target in COMPLETE and (missing := self.missing(obj)):
            raise Refused([_("It cannot be published yet. This is missing:"), *missing])
        self.hold_rules(obj)

    def move_object(self, obj: Publishable, target: State) -> None:
        """The move itself. Raises IllegalTransition, or Refused."""
        obj.move_to(target)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """The state and the ways on from it, beside the form."""
        obj = kwargs.get("obj")
        if obj is not None:
            context["state_chip"] = self.state_chip(obj)
            context["missing"] = self.missing(obj) if obj.state not in PUBLIC else []
            context["zone"] = timezone.get_current_timezone_name()
            context["lift"] = self._lift(request, obj)
            context["steps"] = self.steps(obj) if self.has_change_permission(request, obj) else []
        return super().render_change_form(request, context, *args, **kwargs)

    def _lift(self, request: HttpRequest, obj: Publishable) -> dict[str, Any] | None:
        """What can be done about an embargo in force: ask, agree to what another asked, or wait."""
        if not is_held(obj) or not self.has_change_permission(request, obj):
            return None
        asked = asked_for(obj)
        if asked is None:
            return {"ask": self.address("ask_lift", obj.pk)}
        agree = "" if asked.asked_by == request.user.pk else self.address("agree_lift", obj.pk)
        return {"asked": asked, "agree": agree}


def _key(losses: list[Loss]) -> str:
    """What was agreed to: other things are asked for anew."""
    return " ".join(one for loss in losses for one in loss.ids)


def wrote_last(request: HttpRequest, obj: models.Model) -> bool:
    """Whether the asker is the one who last changed the object or a text of it."""
    last = entries_of(obj).filter(act__in=WROTE).first()
    return last is not None and last.actor_id == request.user.pk
