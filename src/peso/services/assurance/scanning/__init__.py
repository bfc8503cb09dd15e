"""Scanning: one thing to ask about, whatever it is, and the report of what is known of it."""
