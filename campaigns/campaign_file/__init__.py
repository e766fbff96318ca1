"""Campaign files: organisations, addressees, demands with what became of them, and campaigns, as JSON.

`docs/report-file.md` describes the format. A file is read and checked wholly (`reading`), then written in one
transaction (`writing`), by key: loading the same file again changes nothing.
"""
