"""Petitions: signing, confirming, counting."""
