"""What templates need of texts."""
