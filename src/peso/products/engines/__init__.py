"""Engines: what resolves and makes software. A folder each; `port.py` is what all answer."""
