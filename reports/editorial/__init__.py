"""Who may publish what: staff, organisations, roles, publishing states, texts per language."""
