"""Matching: which advisories speak of which components, what they say, and how sure that is."""
