"""A page of the desk for each language of an object: the original beside the form, its state, what makes it stale.

Every object with texts gets, below its own address: `text/<lang>/` (GET shows the form, POST saves), the same with
`state/<state>/` (POST saves and moves the text to a state) and with `preview/` (POST shows what would be stored and
stores nothing). Texts are saved under the lock of the object, and a text that somebody else changed meanwhile is never
overwritten: see `reports.editorial.desk_saving`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reports.editorial.audit import Act
from reports.editorial.corrections import LONGEST_REASON, MINOR, TOLD, Change
from reports.editorial.desk_corrections import CHANGE, REASON, change_typed, is_read_by_the_public, tell
from reports.editorial.desk_publishing import Refusals, chip, wrote_last
from reports.editorial.desk_saving import (
    SEEN,
    Difference,
    Fingerprint,
    Refusal,
    Refused,
    conflict,
    differences,
)
from reports.editorial.publishing import IllegalTransition
from reports.editorial.text_form import TextForm, text_form, words_of_model
from reports.editorial.text_preview import Part, preview_of
from reports.editorial.text_states import TEXT_TRANSITIONS, check_text_move, is_stale, next_version
from reports.editorial.texts import Text, TextState

TEXT_STEPS = {
    TextState.DRAFT: gettext_lazy("Save and take back to draft"),
    TextState.REVIEW: gettext_lazy("Save and ask for review"),
    TextState.PUBLISHED: gettext_lazy("Save and publish"),
}
TEXT_CHIPS = {TextState.PUBLISHED: "chip-met", TextState.REVIEW: "chip-open"}


@dataclass(frozen=True)
class LanguageRow:
    """One language in the list on an object's page."""

    lang: str
    name: str
    dir: str
    url: str
    chip: SafeString
    original: bool
    stale: bool
    machine: bool
    needs_review: bool


@dataclass
class TextPage:
    """What the page of one language shows and works on."""

    holder: Any
    text: Any
    original: Any
    form: TextForm
    seen: str
    refusal: Refusal | None = None
    differences: list[Difference] = field(default_factory=list)
    preview: list[Part] = field(default_factory=list)

    @property
    def is_original(self) -> bool:
        """Whether this is the language that the others are translated from."""
        return bool(self.text.lang == self.holder.original_lang)

    @property
    def stale(self) -> bool:
        """Whether the original has changed since."""
        return self.text.pk is not None and is_stale(self.text, self.holder)


class HasTextsAdmin(Refusals):
    """Pages of something with a text in each language."""

    change_form_template = "admin/with_texts.html"

    def get_urls(self) -> list[URLPattern]:
        """One address for each act on a text."""
        one = "<path:object_id>/text/<slug:lang>/"
        return [
            self.view("text", one, self.text_view),
            self.view("text_to", f"{one}state/<slug:state>/", require_POST(self.move_text)),
            self.view("text_preview", f"{one}preview/", require_POST(self.preview_text)),
            *super().get_urls(),
        ]

    # --- The object's own pages -------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the texts, which name the object."""
        return super().get_queryset(request).prefetch_related("texts")

    def words_of(self, obj: Any) -> str:
        """Its text in the language of the desk, else the original, else any; its key where there is none."""
        texts = {text.lang: text for text in obj.texts.all()}
        wanted = [get_language() or "", obj.original_lang, *texts]
        found = next((texts[lang] for lang in wanted if lang in texts), None)
        return Truncator(str(found or obj)).chars(120)

    @admin.display(description=gettext_lazy("text"))
    def words(self, obj: Any) -> str:
        """The same, for lists."""
        return self.words_of(obj)

    @admin.display(description=gettext_lazy("published in"))
    def languages(self, obj: Any) -> str:
        """The languages the public can read it in."""
        published = {text.lang for text in obj.texts.all() if text.state == TextState.PUBLISHED}
        return " ".join(lang for lang, _name in settings.LANGUAGES if lang in published) or "–"

    def language_rows(self, obj: Any) -> list[LanguageRow]:
        """One row for each language of the site, the original first."""
        texts = {text.lang: text for text in obj.texts.all()}
        languages = sorted((lang for lang, _name in settings.LANGUAGES), key=lambda lang: lang != obj.original_lang)
        return [self._language_row(obj, lang, texts.get(lang)) for lang in languages]

    def _language_row(self, obj: Any, lang: str, text: Any | None) -> LanguageRow:
        info = get_language_info(lang)
        return LanguageRow(
            lang=lang,
            name=info["name_local"],
            dir="rtl" if info["bidi"] else "ltr",
            url=self.address("text", obj.pk, lang),
            chip=text_chip(text),
            original=lang == obj.original_lang,
            stale=text is not None and is_stale(text, obj),
            machine=text is not None and text.machine,
            needs_review=text is not None and text.needs_review,
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """The languages, beside the form."""
        if kwargs.get("obj") is not None:
            context["language_rows"] = self.language_rows(kwargs["obj"])
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """A new object has no words yet: on to the page of its original text."""
        if "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, _("Saved. Now write its text."))
        return HttpResponseRedirect(self.address("text", obj.pk, obj.original_lang))

    # --- The pages of a text ----------------------------------------------------------------------------------------

    def text_view(self, request: HttpRequest, object_id: str, lang: str) -> HttpResponse:
        """GET: the form. POST: save the words; the state stays."""
        if request.method == "POST":
            return self._save(request, object_id, lang, None)
        return self._show(request, self._page(request, object_id, lang))

    def move_text(self, request: HttpRequest, object_id: str, lang: str, state: str) -> HttpResponse:
        """POST: save the words and bring the text to a state."""
        if state not in TextState.values:
            raise Http404
        return self._save(request, object_id, lang, TextState(state))

    def preview_text(self, request: HttpRequest, object_id: str, lang: str) -> HttpResponse:
        """POST: show what would be stored, and store nothing."""
        page = self._page(request, object_id, lang)
        self._check_writing(request, page)
        page.seen = request.POST.get(SEEN, "")
        page.preview = preview_of(page.form)
        return self._show(request, page)

    def publish_words(self, text: Any) -> None:
        """Store a text whose words the public will read. A model that keeps what was published overrides this."""
        text.save()

    def texts_model(self) -> tuple[type[Text], str]:
        """The model of this one's texts, and the name of its reference to the object."""
        relation: Any = self.model._meta.get_field("texts")
        return cast(type[Text], relation.related_model), relation.field.name

    def _page(self, request: HttpRequest, object_id: str, lang: str) -> TextPage:
        """What the page works on. Raises Http404, PermissionDenied."""
        holder = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, holder):
            raise PermissionDenied
        if lang not in dict(settings.LANGUAGES):
            raise Http404
        model, parent = self.texts_model()
        rows: models.QuerySet[Any] = model._default_manager.filter(**{parent: holder})
        text = rows.filter(lang=lang).first() or model(**{parent: holder, "lang": lang})
        seen = Fingerprint()
        seen.add(rows.filter(lang=lang))
        made = text_form(model, parent, lang, original=lang == holder.original_lang)
        form = made(request.POST if request.method == "POST" else None, instance=text, label_suffix="")
        return TextPage(holder, text, rows.filter(lang=holder.original_lang).first(), form, str(seen))

    def _check_writing(self, request: HttpRequest, page: TextPage) -> None:
        if not self.has_change_permission(request, page.holder):
            raise PermissionDenied

    def _save(self, request: HttpRequest, object_id: str, lang: str, target: TextState | None) -> HttpResponse:
        """Save, and move where asked to; or come back with the typed words and the reason."""
        page = self._page(request, object_id, lang)
        self._check_writing(request, page)
        try:
            with transaction.atomic():
                saved = self._save_locked(request, object_id, lang, target)
        except IllegalTransition as problem:
            self.record(request, Act.REFUSED, page.holder, lang=lang, left=page.text.state, to=target)
            return self._refuse(request, page, Refusal(409, [str(problem)]))
        except Refused as problem:
            return self._refuse(request, page, Refusal(422, problem.lines))
        except IntegrityError as problem:
            return self._refuse(request, page, self.broken_rule(problem))
        if saved.refusal:
            return self._refuse(request, saved, saved.refusal)
        messages.success(request, _("%(language)s: saved.") % {"language": get_language_info(lang)["name_local"]})
        if out := saved.form.left_out():
            messages.warning(
                request, _("Not kept, because a text may not hold it: %(names)s.") % {"names": ", ".join(out)}
            )
        return HttpResponseRedirect(self.address("text", saved.holder.pk, lang))

    def _save_locked(self, request: HttpRequest, object_id: str, lang: str, target: TextState | None) -> TextPage:
        """Save under the object's lock; the page bears a refusal where nothing was saved."""
        self.model._base_manager.select_for_update(no_key=True).filter(pk=unquote(object_id)).first()
        page = self._page(request, object_id, lang)
        if request.POST.get(SEEN) != page.seen:
            page.refusal = conflict(page.holder)
            page.differences = differences(page.form)
        elif not page.form.is_valid():
            page.refusal = Refusal(422, [])
        else:
            self._store(request, page, target)
        return page

    def _store(self, request: HttpRequest, page: TextPage, target: TextState | None) -> None:
        text, left = page.form.instance, page.text.state
        if target == TextState.PUBLISHED and _needs_other_eyes(request, page):
            raise Refused([_("Somebody else has to publish this: you wrote it last.")])
        if target is not None:
            check_text_move(text, page.holder, target)
        changed = page.form.changed_data
        words = [name for name in words_of_model(*self.texts_model()) if name in changed and name != "slug"]
        change = self._change(request, page, words, target)
        self._count_version(request, page, bool(words) and not (change and change.is_minor))
        text.state = target or text.state
        if text.state == TextState.PUBLISHED:
            self.publish_words(text)
        else:
            text.save()
        self.hold_rules(page.holder)
        if change and not change.is_minor:
            text.refresh_from_db(fields=words)  # HTML is cleaned on the way in
            pairs = [(page.form.initial.get(name), getattr(text, name)) for name in words]
            tell(page.holder, text.lang, change, pairs)
        self.record(request, Act.WROTE, page.holder, lang=text.lang, fields=changed, left=left, to=text.state)

    def _change(
        self, request: HttpRequest, page: TextPage, words: list[str], target: TextState | None
    ) -> Change | None:
        """What was said of a change to words that stay public; None where the public does not read them."""
        stays = (target or page.text.state) == TextState.PUBLISHED
        if not words or not stays or not is_read_by_the_public(page.holder, page.text):
            return None
        return change_typed(request)

    def _count_version(self, request: HttpRequest, page: TextPage, ages_translations: bool) -> None:
        """Which version of the original this text is, or was made from."""
        if not page.is_original:
            page.text.source_version = _version_shown(request, page)
        elif page.text.pk and ages_translations:
            page.text.source_version = next_version(page.holder)

    def _refuse(self, request: HttpRequest, page: TextPage, refusal: Refusal) -> HttpResponse:
        page.refusal = refusal
        if not refusal.conflict:
            page.seen = request.POST.get(SEEN, "")
            for line in refusal.lines:
                page.form.add_error(None, line)
        return self._show(request, page, status=refusal.status)

    def _show(self, request: HttpRequest, page: TextPage, status: int = 200) -> HttpResponse:
        writing = self.has_change_permission(request, page.holder)
        if not writing:
            for form_field in page.form.fields.values():
                form_field.disabled = True
        context = {
            **self.admin_site.each_context(request),
            "title": self.words_of(page.holder),
            "opts": self.opts,
            "original": page.holder,
            "words": self.words_of(page.holder),
            "page": page,
            "this": self._language_row(page.holder, page.text.lang, page.text if page.text.pk else None),
            "language_rows": self.language_rows(page.holder),
            "source": _words_shown(page),
            "writing": writing,
            "steps": self._text_steps(page),
            "is_public": writing and is_read_by_the_public(page.holder, page.text),
            "changes": [(MINOR, _("A slip of the pen: the meaning stays, and translations stay current")), *_told()],
            "change": request.POST.get(CHANGE, ""),
            "reason": request.POST.get(REASON, ""),
            "longest_reason": LONGEST_REASON,
        }
        return TemplateResponse(request, "admin/text.html", context, status=status)

    def _text_steps(self, page: TextPage) -> list[tuple[str, str, bool]]:
        """Buttons that save and move: label, address, whether it is the way on."""
        text = page.text
        steps = [state for state in TextState if state in TEXT_TRANSITIONS[TextState(text.state)]]
        address = [self.address("text_to", page.holder.pk, text.lang, state.value) for state in steps]
        return [
            (str(TEXT_STEPS[state]), url, state == TextState.PUBLISHED)
            for state, url in zip(steps, address, strict=True)
        ]


def _told() -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in TOLD]


def text_chip(text: Text | None) -> SafeString:
    """The state of a text, or that there is none."""
    if text is None or text.pk is None:
        return chip(_("missing"), "chip-quiet")
    return chip(text.get_state_display(), TEXT_CHIPS.get(TextState(text.state), "chip-plain"))


def _needs_other_eyes(request: HttpRequest, page: TextPage) -> bool:
    return settings.SECOND_EYES and (page.form.has_changed() or wrote_last(request, page.holder))


def _version_shown(request: HttpRequest, page: TextPage) -> int:
    """The version of the original that stood beside the form: what came later is not in this translation."""
    newest = int(getattr(page.holder, "version", 1))
    shown = request.POST.get("source_version", "")
    return min(int(shown), newest) if shown.isascii() and shown.isdigit() and len(shown) < 10 else newest


def _words_shown(page: TextPage) -> list[tuple[str, Any]]:
    """The original's fields with their labels, in the order of the form."""
    if page.original is None:
        return []
    names = [name for name in page.form.fields if hasattr(page.original, name) and name not in {"machine", "slug"}]
    names = [name for name in names if name != "needs_review"]
    return [(str(page.form.fields[name].label), getattr(page.original, name)) for name in names]
