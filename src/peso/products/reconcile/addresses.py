"""Whether two addresses lead to the same: without scheme, `www.`, `.git` and a slash at the end."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"^(?:[a-z+]+://|git@)", re.IGNORECASE)


def same_address(one: str, other: str) -> bool:
    """Say whether two addresses lead to the same."""
    return _bare(one) == _bare(other)


def _bare(address: str) -> str:
    rest = _SCHEME.sub("", address.strip()).casefold().removeprefix("www.")
    rest = rest.partition("#")[0].rstrip("/").removesuffix(".git")
    host, colon, path = rest.partition(":")
    return f"{host}/{path}" if colon and "/" not in host else rest
