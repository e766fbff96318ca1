"""The public site, composed from the slices."""
