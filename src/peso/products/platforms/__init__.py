"""Platforms: where software is made and tested. `port.py` is what all answer."""
