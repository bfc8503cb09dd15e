"""Formats that are Spack's and not ours to read: newer ones, mostly."""

from __future__ import annotations

from peso.errors import BadInput


class OtherFormat(BadInput):
    """A file of a format that PESO does not read; so nothing is known to be wrong with it."""
