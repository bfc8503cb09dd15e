"""Facility: the other side, which trusts a pinned root only: verify, choose and install."""
