"""Distributions: what an external is called where its distribution's advisories are filed.

1. An external is its distribution's package, never upstream's release: a distribution mends old
   versions, and its own records say which.
2. Debian and Ubuntu file by source package, which a purl names in `upstream`; without it the name
   of the binary package is asked for, which often is another: the reason says so.
3. A distribution that OSV has no ecosystem for is not covered, with its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from packageurl import PackageURL

from peso.base.finding import Unknown
from peso.services.assurance.identity.keys import SubjectKey

TYPES = frozenset({"deb", "rpm"})
"""Types of purls of distributions' packages."""
_RELEASE = re.compile(r"(?P<id>[a-z][a-z0-9_.-]*?)-(?P<number>\d+(?:\.\d+)*)", re.ASCII)
_LTS_MONTH = "04"


def _ubuntu(number: str) -> str:
    year, _, month = number.partition(".")
    return f"Ubuntu:{number}{':LTS' if month == _LTS_MONTH and not int(year) % 2 else ''}"


def _major(name: str) -> Callable[[str], str]:
    return lambda number: f"{name}:{number.partition('.')[0]}"


_ECOSYSTEMS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "almalinux": _major("AlmaLinux"),
        "debian": _major("Debian"),
        "opensuse-leap": lambda number: f"openSUSE:Leap {number}",
        "rocky": _major("Rocky Linux"),
        "ubuntu": _ubuntu,
    }
)
"""OSV's ecosystems, by the id of a distribution in os-release."""


def ecosystem_of(distribution: str) -> str | Unknown:
    """Return OSV's ecosystem of a distribution, e.g. of `debian-12`."""
    found = _RELEASE.fullmatch(distribution)
    named = _ECOSYSTEMS.get(found["id"]) if found else None
    if found is None or named is None:
        return Unknown(unknown=f"OSV's name for the distribution {distribution!r} is not known")
    return named(found["number"])


def package_of(purl: PackageURL) -> tuple[SubjectKey, str] | Unknown:
    """Return the key of a distribution's package, and its version as its records write it."""
    said = purl.qualifiers
    ecosystem = ecosystem_of(said.get("distro", ""))
    if isinstance(ecosystem, Unknown):
        return ecosystem
    name, version = purl.name, purl.version or ""
    if purl.type == "deb":
        source, _, other = said.get("upstream", "").partition("@")
        name, version = source or name, other or version
        return SubjectKey(ecosystem, name, "deb"), version
    epoch = said.get("epoch", "")
    return SubjectKey(ecosystem, name, "rpm"), f"{epoch}:{version}" if epoch else version
