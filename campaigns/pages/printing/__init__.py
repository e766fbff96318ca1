"""Pages of the report as PDF: the same words as the HTML page, with each source as a footnote."""
