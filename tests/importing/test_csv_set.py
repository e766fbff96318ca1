"""Tables from spreadsheets: read as the bundle is, and every wrong cell named where it stands."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reports.importing.csv_set import read_csv_set
from reports.importing.csv_writing import csv_set, template
from reports.importing.files import Handed, from_path, open_handed
from reports.importing.limits import ImportRefused
from tests.importing.making import bundle, changed, refusals, rows_of, said, tables, with_rows, zipped
from tests.reports.making import DEMO, load_report, put, report_json

pytestmark = pytest.mark.django_db


def one(files: dict[str, bytes], **more: bytes) -> str:
    """The only thing that is wrong with a set."""
    (line,) = refusals(zipped({**files, **more}))
    return line


@pytest.mark.parametrize("data", [report_json(), json.loads((DEMO / "report.json").read_text(encoding="utf-8"))])
def test_a_set_and_a_bundle_of_the_same_report_are_read_alike(data: dict[str, Any]) -> None:
    load_report(DEMO / "first_report.json")
    load_report(DEMO / "earlier_report.json")  # of which the demo's report says what has changed since
    assert said(Handed("set.zip", csv_set(data))) == said(bundle(data))


def test_the_languages_of_a_set_are_refused_where_they_stand() -> None:
    files = tables()
    line = one(files, edition=changed(files["edition"], 0, needs_review="fr tlh"))
    assert line.startswith('edition.csv, line 2, needs_review: "tlh": is not the key of a language')


def test_the_same_report_packs_to_the_same_bytes() -> None:
    assert csv_set(report_json()) == csv_set(json.loads(json.dumps(report_json())))


def test_the_template_has_every_column_of_every_table() -> None:
    packed = zipfile.ZipFile(io.BytesIO(template()))
    assert set(packed.namelist()) == {f"{name}.csv" for name in tables()}
    assert packed.read("findings.csv").decode("utf-8-sig").startswith("key,kind,attribution,scope,themes,")
    assert "statement_ar" in packed.read("findings.csv").decode("utf-8-sig")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_spreadsheets_make_of_a_table_is_read(delimiter: str, mark: bytes) -> None:
    files = tables()
    header, rows = rows_of(files["evidence"])[0].keys(), rows_of(files["evidence"])
    lines = [delimiter.join(header), *(delimiter.join(row.values()) for row in rows)]
    files["evidence"] = mark + "\r\n".join(lines).encode() + b"\r\n\r\n"
    assert said(zipped(files)) == said(bundle())


@pytest.mark.parametrize(
    ("table", "row", "cells", "line"),
    [
        ("findings", 0, {"kind": "violatoin"}, 'findings.csv, line 2, kind: "violatoin": is none of violation, trend'),
        ("findings", 1, {"themes": "fouled-river"}, 'did you mean "fouled-rivers"?'),
        ("findings", 0, {"statement_en": ""}, "findings.csv, line 2, statement_en"),
        ("findings", 0, {"occurred_from": "31/12/2023"}, 'findings.csv, line 2, occurred_from: "31/12/2023"'),
        ("finding_places", 0, {"code": "UX"}, 'finding_places.csv, line 2, code: "UX": is not the key of a place'),
        ("finding_places", 0, {"role": "actress"}, 'finding_places.csv, line 2, role: "actress": is none of where'),
        (
            "finding_places",
            0,
            {"finding": "ghost"},
            'finding_places.csv, line 2, finding: "ghost": is no key of findings',
        ),
        ("evidence", 0, {"source": "nowhere"}, 'evidence.csv, line 2, source: "nowhere"'),
        ("places", 0, {"code": "QQ"}, 'places.csv, line 2, code: "QQ": QQ is no code of ISO 3166-1'),
        ("edition", 0, {"year": "MMXXIV"}, 'edition.csv, line 2, year: "MMXXIV": must be a whole number'),
        ("edition", 0, {"publisher_url": "x"}, 'edition.csv, line 2, publisher_url: "x"'),
        ("sources", 0, {"url": "", "doc_symbol": ""}, "A source needs an address or a document symbol"),
        ("themes", 0, {"title_en": "x" * 300}, "themes.csv, line 2, title_en"),
    ],
)
def test_a_wrong_cell_is_named_by_table_line_and_column(table: str, row: int, cells: dict[str, str], line: str) -> None:
    files = tables()
    found = refusals(zipped({**files, table: changed(files[table], row, **cells)}))
    assert any(line in problem for problem in found), found


def test_one_wrong_line_hides_no_other() -> None:
    files = tables()
    files["findings"] = changed(files["findings"], 0, kind="x")
    files["evidence"] = changed(files["evidence"], 1, relation="y")
    files["themes"] = changed(files["themes"], 0, position="z")
    found = refusals(zipped(files))
    assert [problem.split(",")[0] for problem in found] == ["themes.csv", "findings.csv", "evidence.csv"]


def test_a_key_that_stands_twice_is_told() -> None:
    files = tables()
    rows = rows_of(files["findings"])
    found = refusals(zipped({**files, "findings": with_rows(files["findings"], [*rows, rows[0]])}))
    assert any("is used twice: findings[0] has it already" in problem for problem in found)


def test_a_finding_without_a_source_is_told_at_its_line() -> None:
    files = tables()
    rest = [row for row in rows_of(files["evidence"]) if row["finding"] != "veto"]
    found = one({**files, "evidence": with_rows(files["evidence"], rest)})
    assert found.startswith("findings.csv, line ")
    assert "needs at least one source" in found


def test_what_looks_like_a_formula_is_kept_as_text() -> None:
    files = tables()
    formula = '=HYPERLINK("https://evil.example","x")'
    files["findings"] = changed(files["findings"], 0, explanation_en=formula, explanation_fr="'-1 degree")
    read = open_handed(zipped(files)).report.findings[0]
    assert read.texts["en"]["explanation"] == formula
    assert rows_of(tables(put(report_json(), "findings.0.texts.en.explanation", formula))["findings"])[0][
        "explanation_en"
    ].startswith("'=")
    assert (
        open_handed(zipped(tables(put(report_json(), "findings.0.texts.en.explanation", formula))))
        .report.findings[0]
        .texts["en"]["explanation"]
        == formula
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("key\nx".encode("utf-16"), "people.csv: is UTF-16: save it as “CSV UTF-8”"),
        (
            "key,name\nana,José\n".encode("latin-1"),
            "people.csv: is not UTF-8 (line 2, byte 16): save it as “CSV UTF-8”",
        ),
        (b'key,name\nana,"Ana\nb,B\n', "people.csv, line 2: cannot be read from here on"),
        (
            b"key,nom\nana,Ana\n",
            "people.csv, line 1: nom: is no column of this table: known are key, name, organisation …",
        ),
        (b"key,name,name\nana,Ana,Ana\n", "people.csv, line 1: name: stands there twice"),
        (b"clef|nom\nana|Ana\n", "has no column “key” (cells are separated by a comma)"),
        (b"key,name\nana,Ana,more\n", "people.csv, line 2: has more cells than the 2 columns"),
        (b"key,name\nana,A\x00na\n", "people.csv"),
    ],
)
def test_a_table_that_is_no_table_is_told(content: bytes, line: str) -> None:
    found = refusals(zipped({**tables(), "people": content}))
    assert any(line in problem for problem in found), found


def test_a_set_names_what_it_lacks_and_what_it_does_not_know() -> None:
    files = tables()
    del files["sources"]
    found = refusals(zipped({**files, "notes": b"x\n"}))
    assert any("sources.csv: is missing" in problem for problem in found)
    assert any("notes.csv: is no table of a report" in problem for problem in found)


def test_an_edition_table_holds_one_edition() -> None:
    files = tables()
    rows = rows_of(files["edition"])
    found = refusals(zipped({**files, "edition": with_rows(files["edition"], [*rows, *rows])}))
    assert any("edition.csv, line 3: is one edition too many" in problem for problem in found)


def test_a_directory_of_tables_is_a_set(tmp_path: Path, capsys: Any) -> None:
    for name, content in tables().items():
        (tmp_path / f"{name}.csv").write_bytes(content)
    assert said(from_path(tmp_path)) == said(bundle())
    call_command("import_report", str(tmp_path), "--dry-run")
    assert "Dry run: nothing was written." in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="holds no CSV table"):
        call_command("import_report", str(tmp_path / "empty"))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_report", str(tmp_path / "nowhere.zip"))


# --- Limits ---------------------------------------------------------------------------------------------------------


def test_more_rows_than_the_limit_are_refused() -> None:
    people = b"key,name\n" + b"".join(b"p-%d,P\n" % number for number in range(20_001))
    assert "at most 20000 are read at once" in one({**tables(), "people": people})
    person = {"key": "p", "name": "P"}
    (line,) = refusals(bundle(put(report_json(), "people", [person] * 20_001)))
    assert "at most 20000 are read at once" in line


def test_more_bytes_than_the_limit_are_refused(tmp_path: Path) -> None:
    (line,) = refusals(Handed("big.json", b" " * (10 * 1024 * 1024 + 1)))
    assert line == "big.json: is larger than 10 MB: split it"
    with (tmp_path / "big.json").open("wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)
    with pytest.raises(ImportRefused):
        from_path(tmp_path / "big.json")


def test_a_bomb_is_not_unpacked() -> None:
    assert "more than 100 times smaller" in one({"people": b"a" * 2_000_000})
    many = {f"t{number}": b"x" for number in range(101)}
    assert "at most 100 are read" in one(many)


def test_a_stream_that_gives_more_than_it_says_is_cut_off() -> None:
    handed = zipped({"people": b"key,name\n" + b"x" * 5000})
    size = (9 + 5000).to_bytes(4, "little")
    lying = handed.content.replace(size, (20).to_bytes(4, "little"))
    (line,) = refusals(Handed("set.zip", lying))
    assert "unpacks to more than it says" in line or "cannot be read as a zip" in line


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("../people.csv", "leads out of the archive"),
        ("/etc/people.csv", "leads out of the archive"),
        ("..\\people.csv", "leads out of the archive"),
        ("C:people.csv", "leads out of the archive"),
        ("a/b/people.csv", "leads out of the archive"),
        ("inner.zip", "is an archive in the archive"),
        ("book.xlsx", "is an archive in the archive"),
        ("people.txt", "is no CSV table"),
    ],
)
def test_what_must_not_be_in_a_set_is_refused(name: str, line: str) -> None:
    (found,) = refusals(zipped({name: b"key,name\n"}, ending=""))
    assert line in found


def test_of_two_tables_with_one_name_neither_is_taken() -> None:
    (found,) = refusals(zipped({"a/people.csv": b"key,name\n", "b/people.csv": b"key,name\n"}, ending=""))
    assert "is the second table of this name" in found


def test_what_systems_put_beside_the_tables_is_passed_over() -> None:
    files = {f"report/{name}.csv": content for name, content in tables().items()}
    handed = zipped({**files, "__MACOSX/report/._x": b"\x00", "report/.DS_Store": b"\x00"}, ending="")
    assert said(handed) == said(bundle())


def test_a_broken_zip_is_told() -> None:
    (line,) = refusals(Handed("set.zip", b"PK\x03\x04 broken"))
    assert "cannot be read as a zip" in line


def test_lines_of_a_bundle_are_named() -> None:
    text = json.dumps(put(report_json(), "findings.0.kind", "x"), indent=1, ensure_ascii=False)
    number = next(n for n, line in enumerate(text.splitlines(), 1) if '"kind": "x"' in line)
    (found,) = refusals(Handed("report.json", text.encode()))
    assert found.startswith(f'report.json, line {number}, findings[0].kind: "x": is none of')


def test_a_bundle_nested_beyond_reason_is_refused_and_not_fallen_over() -> None:
    deep = "[" * 700 + "]" * 700
    text = json.dumps(report_json())[:-1] + f', "deep": {deep}}}'
    assert any("deep" in line for line in refusals(Handed("report.json", text.encode())))


def test_a_set_says_nothing_of_columns_it_does_not_have() -> None:
    files = tables()
    rows = [{"finding": row["finding"], "source": row["source"], "relation": row["relation"]}
            for row in rows_of(files["evidence"])]  # fmt: skip
    header = b"finding,source,relation\n"
    data, _, problems = read_csv_set({**files, "evidence": with_rows(header, rows)})
    assert problems == []
    assert set(data["findings"][0]["evidence"][0]) == {"source", "relation"}
