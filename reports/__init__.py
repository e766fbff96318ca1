"""What the report says: editions, themes, places, findings, sources, voices, instruments."""
