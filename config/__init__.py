"""The installation: settings, database, page cache, headers, and what composes the whole site."""
