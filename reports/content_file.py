"""Reading a content file: JSON checked wholly, against the columns it will fill, before anything is written.

Every problem is named with its JSON path, the value that stands there and what to do; reading goes on after each, so
that one run lists them all. The rules of a value (length, choices, form) are those of its model field.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint

from reports.content_values import KEY, Refused, checked_value

LARGEST: Final = 10 * 1024 * 1024
SHOWN: Final = 60
GUESSES: Final = 100
LANGUAGES: Final = tuple(code for code, _ in settings.LANGUAGES)


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do about it."""

    path: str
    value: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}: {self.value}: {self.advice}" if self.value else f"{self.path}: {self.advice}"


class ContentFileError(Exception):
    """The file cannot be loaded; `problems` holds every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass
class Entry:
    """One JSON object of the file. What is asked for is checked; `finish` names the keys that nobody asked for."""

    path: str
    data: dict[str, Any]
    problems: list[Problem]
    asked: dict[str, None] = field(default_factory=dict)
    judged: dict[tuple[str, ...], str] = field(default_factory=dict)
    """What the database's rules say of values; shared by the entries of one file."""

    def report(self, name: str, advice: str, value: object = None) -> None:
        """Note a problem with one key of this object, or with the object itself if `name` is empty."""
        self.problems.append(Problem(self.at(name), "" if value is None else _shown(value), advice))

    def at(self, name: str) -> str:
        """JSON path of a key of this object."""
        return f"{self.path}.{name}" if self.path and name else self.path or name

    def has(self, name: str) -> bool:
        """Whether the key is there; asking for it makes it a known one."""
        self.asked[name] = None
        return name in self.data

    def value(self, name: str, form: type | tuple[type, ...], what: str) -> Any:
        """The value of a key that must be there and be of one JSON type; None after a reported problem."""
        if not self.has(name):
            self.report(name, f"is missing: add {what}")
        elif not isinstance(self.data[name], form) or (isinstance(self.data[name], bool) and form is not bool):
            self.report(name, f"must be {what}", self.data[name])
        else:
            return self.data[name]
        return None

    def key(self, name: str = "key", longest: int = 80) -> str:
        """A stable name in small Latin letters, digits and hyphens; empty after a reported problem."""
        text = self.value(name, str, "a key in small letters, digits and hyphens")
        if text is None:
            return ""
        if not KEY.fullmatch(text) or len(text) > longest:
            self.report(name, f"must be small letters a-z, digits and single hyphens, at most {longest}", text)
            return ""
        return str(text)

    def columns(self, model: type[Any], *required: str, optional: Collection[str] = ()) -> dict[str, Any]:
        """Values for columns of a model, by the rules of its fields. An optional key that is absent is left out."""
        values = {}
        for name in (*required, *optional):
            if not self.has(name):
                if name in required:
                    self.report(name, "is missing: add it")
                continue
            try:
                values[name] = checked_value(model._meta.get_field(name), self.data[name])
            except Refused as refusal:
                self.report(name, str(refusal), self.data[name])
        return values

    def rules(self, model: type[Any], columns: dict[str, Any], name: str = "") -> None:
        """Report the database's rules for a row that these columns would break; one query for each rule and values."""
        for rule in model._meta.constraints:
            if isinstance(rule, CheckConstraint) and (advice := self._broken(rule, model, columns)):
                self.report(name, advice)

    def _broken(self, rule: CheckConstraint, model: type[Any], columns: dict[str, Any]) -> str:
        """What a rule has against these columns. Rows that are alike in what it looks at are judged once."""
        alike = (
            rule.name,
            *(str(columns.get(column, ...)) for column in _columns_of_rule(model._meta.label, rule.name)),
        )
        if alike not in self.judged:
            try:
                rule.validate(model, model(**columns))
                self.judged[alike] = ""
            except ValidationError as error:
                self.judged[alike] = " ".join(error.messages)
        return self.judged[alike]

    def child(self, name: str) -> Entry:
        """The object below a key; an empty one after a reported problem."""
        data = self.value(name, dict, "an object")
        return Entry(self.at(name), data or {}, self.problems if data is not None else [], judged=self.judged)

    def children(self, name: str, *, least: int = 0) -> list[Entry]:
        """The objects of the list below a key, which must be there, even if empty."""
        values = self.value(name, list, "a list of objects")
        if values is not None and len(values) < least:
            self.report(name, f"needs at least {least} entry")
        entries = []
        for index, value in enumerate(values or []):
            path = f"{self.at(name)}[{index}]"
            if isinstance(value, dict):
                entries.append(Entry(path, value, self.problems, judged=self.judged))
            else:
                self.problems.append(Problem(path, _shown(value), "must be an object"))
        return entries

    def reference(self, name: str, known: Collection[str], what: str, *, nullable: bool = False) -> str | None:
        """The key of something that this file or the database holds; None for null or after a reported problem."""
        if nullable and self.has(name) and self.data[name] is None:
            return None
        value = self.value(name, str, f"the key of {what}")
        return self._known(name, value, known, what) if value is not None else None

    def references(self, name: str, known: Collection[str], what: str, *, least: int = 0) -> list[str]:
        """Keys of things that are known, each once, in the order of the file."""
        values = self.value(name, list, f"a list of keys of {what}")
        if values is not None and len(values) < least:
            self.report(name, f"needs at least {least} key of {what}")
        found: list[str] = []
        for index, value in enumerate(values or []):
            at = f"{name}[{index}]"
            if value in found:
                self.report(at, "stands there twice: leave one out", value)
            elif self._known(at, value, known, what):
                found.append(value)
        return found

    def texts(
        self, model: type[Any], *required: str, optional: Collection[str] = (), original: str, name: str = "texts"
    ) -> dict[str, dict[str, Any]]:
        """The words of an object per language; those in the original language must be there."""
        below = self.child(name)
        words = {}
        for lang in below.data:
            entry = below.child(lang)
            if lang in LANGUAGES:
                words[lang] = entry.columns(model, *required, optional=optional)
                entry.finish()
            else:
                below.report(lang, f"is no language of this site: use {', '.join(LANGUAGES)}")
        if original not in words and isinstance(self.data.get(name), dict):
            self.report(name, f'holds no text in the original language: add "{original}"')
        return words

    def finish(self) -> None:
        """Report the keys that this kind of object does not have."""
        for name in self.data:
            if name not in self.asked:
                close = get_close_matches(name, self.asked, 1)
                meant = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(self.asked)}"
                self.report(name, f"is an unknown key: remove it; {meant}")

    def _known(self, name: str, value: object, known: Collection[str], what: str) -> str | None:
        if isinstance(value, str) and value in known:
            return value
        few = len(self.problems) < GUESSES  # to look for what was meant takes time
        close = get_close_matches(str(value), known, 1) if few else []
        meant = f'did you mean "{close[0]}"?' if close else "it is neither in this file nor loaded before"
        self.report(name, f"is not the key of {what}: {meant}", value)
        return None


@cache
def _columns_of_rule(label: str, name: str) -> list[str]:
    """The columns that a rule of the model with this label looks at."""
    rule: Any = next(rule for rule in apps.get_model(label)._meta.constraints if rule.name == name)
    return sorted(rule.condition.referenced_base_fields)


def each_once(entries: list[tuple[Entry, str]], name: str = "key") -> None:
    """Report every entry whose key another one before it has."""
    seen: dict[str, str] = {}
    for entry, key in entries:
        if key and key in seen:
            entry.report(name, f"is used twice: {seen[key]} has it already", key)
        seen.setdefault(key, entry.path)


def read_content(path: Path, form: str) -> Entry:
    """The file as its outermost object, whose `format` must be `form`. Raises ContentFileError."""
    try:
        if path.stat().st_size > LARGEST:
            raise ContentFileError([Problem(path.name, "", f"is larger than {LARGEST >> 20} MB: split it")])
        return read_bytes(path.name, path.read_bytes(), form)
    except OSError as error:
        raise ContentFileError([Problem(str(path), "", f"cannot be read: {error.strerror}")]) from None


def read_bytes(name: str, content: bytes, form: str) -> Entry:
    """The same for the content of a file that is called `name`."""
    return checked_format(_parsed(name, content), form)


def checked_format(data: dict[str, Any], form: str) -> Entry:
    """The outermost object of a file, whose `format` must be `form`. Raises ContentFileError."""
    problems: list[Problem] = []
    top = Entry("", data, problems)
    if top.value("format", str, f'the text "{form}"') not in (form, None):
        top.report("format", f'this loader reads "{form}"', top.data["format"])
    if problems:
        raise ContentFileError(problems)
    return top


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    """The JSON object in a file, or one problem that says why there is none."""
    try:
        value = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_pairs, parse_constant=_constant)
    except UnicodeDecodeError as error:
        advice = f"is not UTF-8 (byte {error.start}): save it in that encoding"
        raise ContentFileError([Problem(name, "", advice)]) from None
    except json.JSONDecodeError as error:
        advice = f"is not JSON: {error.msg}"
        raise ContentFileError([Problem(f"line {error.lineno}, column {error.colno}", "", advice)]) from None
    except (ValueError, RecursionError) as error:
        raise ContentFileError([Problem(name, "", f"cannot be read as JSON: {error}")]) from None
    if not isinstance(value, dict):
        raise ContentFileError([Problem(name, "", "must hold one JSON object")])
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f'"{twice[0]}" stands twice in one object (its first keys: {", ".join(names[:4])})')
    return dict(pairs)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no value of JSON")


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def listed(problems: list[Problem]) -> Iterator[str]:
    """The problems as lines for an operator, with what to do first."""
    yield f"Nothing was written. {len(problems)} to correct in the file:"
    yield from (f"  {problem}" for problem in problems)
