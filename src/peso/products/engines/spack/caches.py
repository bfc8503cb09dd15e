"""The binary caches in force, and which of them a unit can have come from.

Spack says that a unit came from a cache, not from which. The rules, in order:

1. A mirror of the configuration in force is a cache unless it says that it holds no binaries.
2. Where there is one cache, it is that one. Of several, folders are looked into for the unit by its
   hash; where that does not decide, all that are left are named.
3. An address is told without a login.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import yaml

from peso.products.engines.native import NativeUnit

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MANIFESTS = Path("v3", "manifests", "spec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """A binary cache."""

    name: str
    url: str
    """Without a login; empty where it cannot be told."""

    def __str__(self) -> str:
        """Name it, with its address."""
        return f"{self.name} ({self.url})" if self.url else self.name

    def may_hold(self, unit: NativeUnit) -> bool:
        """Say whether a unit can be from here; True where it cannot be looked at."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"", "file"} or not parts.path:
            return True
        folder = Path(unquote(parts.path)) / _MANIFESTS / unit.name
        return any(folder.glob(f"*-{unit.hash}.spec.manifest.json"))


def caches_in(settings: bytes) -> tuple[Cache, ...]:
    """Return the caches of a configuration in force, in Spack's order; none where it names none."""
    try:
        said = yaml.load(settings, Loader=_LOADER)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()
    mirrors = said.get("mirrors") if isinstance(said, dict) else None
    if not isinstance(mirrors, dict):
        return ()
    return tuple(
        Cache(name=str(name), url=_address(one)) for name, one in mirrors.items() if _binary(one)
    )


def came_from(unit: NativeUnit, caches: Iterable[Cache]) -> str:
    """Say for people which cache a unit came from, as far as that can be told."""
    all_ = tuple(caches)
    left = tuple(one for one in all_ if one.may_hold(unit)) or all_
    if not left:
        return "a build cache"
    if len(left) == 1:
        return f"the build cache {left[0]}"
    return "one of the build caches " + ", ".join(map(str, left))


def _binary(mirror: object) -> bool:
    return not isinstance(mirror, dict) or mirror.get("binary", True) is not False


def _address(mirror: object) -> str:
    """Return where a mirror is read from, without a login."""
    if isinstance(mirror, dict):
        fetch = mirror.get("fetch")
        binary = mirror.get("binary")
        inner = [one for one in (binary, fetch) if isinstance(one, (dict, str)) and one]
        return _address(inner[0]) if inner else _address(mirror.get("url", ""))
    try:
        parts = urlsplit(str(mirror))
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    except ValueError:
        return ""
