"""The orders of versions, by scheme: what sorts as the versions of a project or an ecosystem do.

Says nothing of ranges. The rules, in order:

1. `key(scheme, version)` sorts and compares as the version does. What is no version of the scheme
   is a `ValueError` whose text says so; nothing is guessed.
2. A branch (`develop`, `main`), a git reference and a commit move or name no release: `moving`
   says which, and no scheme orders them.
3. `spack` is the order of `products/spec`, but trailing zeros do not count: an advisory that says
   1.14 and a recipe that says 1.14.0 mean one release. It begins with a number, perhaps after a v.
4. `dashed` and `calver` are that order too. In `dashed`, `-2`, `.2` and `-patch2` after a release
   are the same; in `calver`, a date written as one number (20240501) is year, month and day.
5. `openssl`: 1.0.2 < 1.0.2a < … < 1.0.2z < 1.0.2za; a pre-release comes before, and 0.9.6-cvs after
   all of 0.9.6. The FIPS module (fips-1.1.2) has a line of its own, below OpenSSL's. `openssh`: 9.3
   is 9.3p1, the first portable release of it.
6. A local label of PEP 440 (`2.5.0+cpu`) names a build of its public version and is left out.
7. `deb` and `rpm` are univers': its two modules for them are small, pure and kept (adr/0017).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cmp_to_key, lru_cache
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from packaging.version import InvalidVersion, Version
from univers.debian import compare_versions
from univers.rpm import compare_rpm_versions

from peso.errors import PesoError
from peso.products.spec.versions import parse_version

Scheme: TypeAlias = Literal[
    "spack", "pep440", "semver", "openssl", "openssh", "calver", "dashed", "deb", "rpm"
]
"""How a project, or an ecosystem, writes and orders its versions."""
Key: TypeAlias = Any
"""Something that is compared with `<` and `==` to its like."""

_KEPT = 1 << 16
_NUMBER = 1
"""The class of a run of digits in the ranks of `products/spec`."""


def _pep440(version: str) -> Key:
    try:
        found = Version(version)
        return found if found.local is None else Version(found.public)
    except InvalidVersion:
        raise ValueError(f"{version!r} is not a PEP 440 version") from None


@lru_cache(maxsize=_KEPT)
def figures(version: str) -> tuple[str, ...]:
    """Return the numbers of a PEP 440 version that are not zero: those of equal ones are equal.

    Much cheaper than `key`, and not enough: 1.0 and 0.1 have the same.
    """
    return tuple(_FIGURE.findall(version.partition("+")[0]))


_FIGURE = re.compile("[1-9][0-9]*")
_SEMVER = re.compile(
    r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?",
    re.ASCII,
)


def _semver(version: str) -> Key:
    """Order by the numbers, then the pre-release: none of it last, numbers before text.

    Missing numbers are zero, as in OSV's own tools.
    """
    found = _SEMVER.fullmatch(version)
    if not found:
        raise ValueError(f"{version!r} is not a semantic version")
    numbers = tuple(int(number or 0) for number in found.group(1, 2, 3))
    words = tuple(
        (0, int(word), "") if word.isdecimal() else (1, 0, word)
        for word in (found[4] or "").split(".")
        if word
    )
    return numbers, not words, words


def _spack(version: str) -> Key:
    """Order as `products/spec` does; a leading `v` and trailing zeros do not count."""
    plain = _LEADING_V.sub("", version, count=1)
    if not plain:
        raise ValueError("there is no version")
    try:
        release, prerelease = parse_version(plain).rank
    except PesoError:
        raise ValueError(f"{version!r} is not a version") from None
    if not release or release[0][0] != _NUMBER:
        # Spack has letters before numbers: what begins with a name would be below every advisory.
        raise ValueError(f"{version!r} is not a version: it does not begin with a number")
    end = len(release)
    while end > 1 and release[end - 1] == (_NUMBER, 0):
        end -= 1
    return release[:end], prerelease


_LEADING_V = re.compile(r"^v(?=\d)", re.ASCII)
_PATCH = re.compile(r"[-_.]?patch(?=\d)", re.IGNORECASE | re.ASCII)
_DATE = re.compile(
    r"^v?((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)", re.IGNORECASE | re.ASCII
)


def _dashed(version: str) -> Key:
    return _spack(_PATCH.sub("-", version, count=1))


def _calver(version: str) -> Key:
    return _spack(_DATE.sub(r"\1.\2.\3", version, count=1))


_OPENSSL = re.compile(
    r"(fips-)?v?(\d+)\.(\d+)(?:\.(\d+))?([a-z]{0,3})(?:-?(alpha|beta|pre|rc)(\d*)|-(cvs))?",
    re.ASCII,
)


def _openssl(version: str) -> Key:
    found = _OPENSSL.fullmatch(version)
    if not found:
        raise ValueError(f"{version!r} is not a version of OpenSSL")
    line, major, minor, fix, letters, word, number, branch = found.groups()
    numbers = (int(major), int(minor), int(fix or 0))
    last = (not word, word or "", int(number or 0))
    return not line, numbers, bool(branch), (len(letters), letters), last


_OPENSSH = re.compile(r"v?(\d+(?:\.\d+)*)(?:p(\d+))?", re.ASCII)


def _openssh(version: str) -> Key:
    found = _OPENSSH.fullmatch(version)
    if not found:
        raise ValueError(f"{version!r} is not a version of OpenSSH")
    numbers = [int(number) for number in found[1].split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), int(found[2] or 1)


_DEB = re.compile(r"(?:\d+:)?\d(?:[A-Za-z0-9.+~-]*[A-Za-z0-9.+~])?", re.ASCII)
_RPM = re.compile(r"(?:\d+:)?[A-Za-z0-9.+_~^]+(?:-[A-Za-z0-9.+_~^]+)?", re.ASCII)
_compare_deb: Callable[[str, str], int] = compare_versions
_deb_key = cmp_to_key(_compare_deb)
_rpm_key = cmp_to_key(compare_rpm_versions)


def _deb(version: str) -> Key:
    if not _DEB.fullmatch(version):
        raise ValueError(f"{version!r} is not a version of a Debian package")
    try:
        _compare_deb(version, version)
    except ValueError:
        raise ValueError(f"{version!r} is not a version of a Debian package") from None
    return _deb_key(version)


def _rpm(version: str) -> Key:
    if not _RPM.fullmatch(version):
        raise ValueError(f"{version!r} is not a version of an RPM package")
    return _rpm_key(version)


_ORDERS: Mapping[Scheme, Callable[[str], Key]] = MappingProxyType(
    {
        "spack": _spack,
        "pep440": _pep440,
        "semver": _semver,
        "openssl": _openssl,
        "openssh": _openssh,
        "calver": _calver,
        "dashed": _dashed,
        "deb": _deb,
        "rpm": _rpm,
    }
)
_NAMED: Mapping[str, Scheme] = MappingProxyType({one: one for one in _ORDERS})
_ECOSYSTEMS: Mapping[str, Scheme] = MappingProxyType(
    {
        "PyPI": "pep440",
        "AlmaLinux": "rpm",
        "Bitnami": "semver",
        "Debian": "deb",
        "Go": "semver",
        "Julia": "semver",
        "Mageia": "rpm",
        "Red Hat": "rpm",
        "Rocky Linux": "rpm",
        "SUSE": "rpm",
        "SwiftURL": "semver",
        "Ubuntu": "deb",
        "crates.io": "semver",
        "npm": "semver",
        "openEuler": "rpm",
        "openSUSE": "rpm",
    }
)


def scheme_named(name: str) -> Scheme | None:
    """Return the scheme of a name as records and identities write it; None: not known here."""
    return _NAMED.get(name)


def of_ecosystem(ecosystem: str) -> Scheme | None:
    """Return the scheme of an OSV ecosystem, e.g. `Debian:12`; None where none is known here."""
    return _ECOSYSTEMS.get(ecosystem.partition(":")[0])


@lru_cache(maxsize=_KEPT)
def key(scheme: Scheme, version: str) -> Key:
    """Return what sorts as the version does in its scheme.

    Raises:
        ValueError: It is no version of the scheme; the text says so, for people.
    """
    if len(version) > _LONGEST:
        raise ValueError(f"{version[:40]!r}… is too long for a version")
    return _ORDERS[scheme](version)


_LONGEST = 200


@lru_cache(maxsize=_KEPT)
def moving(version: str) -> str:
    """Say why a version is no release, so that no order can place it; empty where it may be one."""
    if not version:
        return "its version is not known"
    try:
        found = parse_version(version)
    except PesoError:
        return ""  # it may be one of its own scheme, e.g. one with an epoch
    if found.ref:
        return f"{version} is a git reference, not a release"
    return f"{version} is a branch, which moves" if found.endless else ""
