"""Report files: an edition with its places, sources, themes, findings, voices and instruments, as JSON.

`docs/report-file.md` describes the format. A file is read and checked wholly (`reading`), then written in one
transaction (`writing`), by key: loading the same file again changes nothing.
"""
