"""Demonstrations: where and when people come together, and who means to."""
