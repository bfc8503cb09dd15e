"""Engines: what resolves and makes software. One folder per engine; `port.py` is what all answer."""
