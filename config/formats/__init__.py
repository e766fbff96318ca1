"""Dates as the look writes them, where Django's own form differs."""
