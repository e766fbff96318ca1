"""Upstander's database engine: Django's for PostgreSQL, with a server of its own where no other is given."""
