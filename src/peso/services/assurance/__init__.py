"""Assurance: what is in a release, what is known to be wrong with it, and may it go out."""
