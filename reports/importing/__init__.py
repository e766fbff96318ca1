"""Importing an edition of a report: from an outline, CSV tables or JSON, checked whole, shown, applied, undone.

`files` opens what was handed in. `csv_set` reads tables into rows, and `outline_files` an outline: its notation becomes
`outline_blocks`, these become objects (`outline`), and these rows (`outline_rows`). `table_rows` makes of rows
the object that a JSON bundle holds, and `reports.report_file` checks that object. `applying` compares it with what is
stored and writes it, all as drafts; `runs` remembers each run row by row, so that `undoing` can take it back. The desk
and `manage.py import_report` call the same functions. `docs/report-file.md` describes the forms.
"""
