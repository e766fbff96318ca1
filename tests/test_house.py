"""Rules that hold for the whole repository."""

import re
import subprocess
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from config import message_catalogues

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
OURS = {".py", ".html", ".css", ".js"}
OTHER_HOST = re.compile(r"""(?:src|href|action|url)\s*[=(]\s*["']?\s*(?:https?:)?//""")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def ours() -> list[Path]:
    return [path for path in tracked() if path.suffix in OURS and not {"vendor", "migrations"} & set(path.parts)]


def test_no_file_grows_past_what_a_reader_holds() -> None:
    assert ours()
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in ours()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_page_or_stylesheet_of_ours_asks_another_host() -> None:
    pages = [path for path in ours() if path.suffix in {".html", ".css"} and "tests" not in path.parts]
    assert pages
    asking = {}
    for path in pages:
        text = re.sub(r"<a\b[^>]*>", "", path.read_text(encoding="utf-8"))  # a link is followed, not loaded
        if found := OTHER_HOST.search(text):
            asking[str(path.relative_to(ROOT))] = found[0]
    assert asking == {}


def test_templates_hold_no_inline_style_or_script() -> None:
    inline = re.compile(
        r"\sstyle=|\son(?!e=)[a-z]+=|<script(?![^>]*\b(?:src|type=\"application/(?:ld\+)?json\"))|<style"
    )
    bad = {
        str(path.relative_to(ROOT)): found[0]
        for path in ours()
        if path.suffix == ".html" and "mail" not in path.parts
        if (found := inline.search(path.read_text(encoding="utf-8")))
    }
    assert bad == {}


def test_styles_use_logical_directions_only() -> None:
    physical = re.compile(
        r"(?:margin|padding|border)-(?:left|right)|(?:^|[;{\s])(?:left|right)\s*:|text-align:\s*(?:left|right)"
    )
    bad = {
        str(path.relative_to(ROOT)): found[0]
        for path in ours()
        if path.suffix == ".css" and (found := physical.search(path.read_text(encoding="utf-8")))
    }
    assert bad == {}


def test_every_message_has_words_in_every_language() -> None:
    found = message_catalogues.found_messages()
    for language in message_catalogues.languages():
        catalog = message_catalogues.read(language)
        missing = [message.id for message in found if message.id and not catalog.get(message.id, message.context)]
        assert missing == [], f"{language}: run manage.py update_messages"
        assert message_catalogues.untranslated(catalog) == [], language


def words(catalog: Catalog) -> dict[tuple[str | None, str], list[str]]:
    """Messages that have words, in a form that compares."""
    found = {}
    for message in catalog:
        identity = message.id if isinstance(message.id, str) else message.id[0]
        strings = [message.string] if isinstance(message.string, str) else list(message.string or [])
        context = message.context.decode() if isinstance(message.context, bytes) else message.context
        if identity and any(strings):
            found[context or None, identity] = strings
    return found


def test_compiled_messages_are_those_of_the_source() -> None:
    for language in message_catalogues.languages():
        with message_catalogues.po_path(language).with_suffix(".mo").open("rb") as file:
            compiled = words(read_mo(file))
        assert compiled == words(message_catalogues.read(language)), f"{language}: run manage.py update_messages"
