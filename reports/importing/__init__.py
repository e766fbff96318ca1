"""Importing an edition of a report: from a JSON bundle or a set of CSV tables, checked whole, shown, applied, undone.

`files` opens what was handed in, `csv_set` turns tables into the same object that a JSON bundle holds, and
`reports.report_file` checks that object. `applying` compares it with what is stored and writes it, all as drafts;
`runs` remembers each run row by row, so that `undoing` can take it back. The desk and `manage.py import_report` call
the same functions. `docs/report-file.md` describes both forms.
"""
