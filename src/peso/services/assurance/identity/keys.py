"""Subject keys: the one form of every name that an advisory speaks of and a unit is known by.

1. A key is a space and a name; two are one where both texts are equal after normalising.
2. Spaces: every ecosystem of OSV (`PyPI`, `Bitnami`, `OSS-Fuzz`, `Debian:12`), and `GIT` (host and
   path of a repository), `CPE` (vendor:product), `VENDOR` (a vendor's own list), `PESO` (our own
   records, by the name of the Spack package).
3. A scheme says how versions under that name are ordered. It is no part of what makes keys equal.
4. A bare name is never a key: `zlib` of npm is another product than `zlib` of Spack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit

GIT: Final = "GIT"
CPE: Final = "CPE"
VENDOR: Final = "VENDOR"
PESO: Final = "PESO"
PYPI: Final = "PyPI"
OSS_FUZZ: Final = "OSS-Fuzz"
BITNAMI: Final = "Bitnami"

_SHORT_SSH = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w-]+(?:\.[\w-]+)+):(?P<path>[^/:].*)")
_PYPI_RUN = re.compile(r"[-_.]+")
_ESCAPED = re.compile(r"\\(.)")
_PURL = re.compile(
    r"pkg:/*(?P<type>[A-Za-z][A-Za-z0-9.+-]*)/(?P<path>[^@?#]+)(?:@[^?#]*)?(?:[?#].*)?"
)
_ECOSYSTEMS = MappingProxyType(
    {
        "pypi": "PyPI",
        "npm": "npm",
        "cargo": "crates.io",
        "gem": "RubyGems",
        "golang": "Go",
        "maven": "Maven",
        "nuget": "NuGet",
        "cran": "CRAN",
        "bitnami": "Bitnami",
        "hex": "Hex",
        "pub": "Pub",
        "composer": "Packagist",
        "julia": "Julia",
    }
)
"""OSV's name for the ecosystem of a purl type."""
_FORGES = MappingProxyType(
    {
        "github": "github.com",
        "gitlab": "gitlab.com",
        "bitbucket": "bitbucket.org",
        "codeberg": "codeberg.org",
    }
)
_SCHEMES = MappingProxyType(
    {
        "PyPI": "pep440",
        "Bitnami": "semver",
        "npm": "semver",
        "crates.io": "semver",
        "Go": "semver",
    }
)
"""How an ecosystem orders the versions of all its packages."""
UNKNOWN_SCHEME: Final = ""
"""The scheme of a key whose order of versions nobody said."""


@dataclass(frozen=True, slots=True, order=True)
class SubjectKey:
    """What something is called in one space."""

    space: str
    name: str
    """Already normalised."""
    scheme: str = field(default=UNKNOWN_SCHEME, compare=False)
    """How its versions are ordered; see `schemes.py`."""

    def __str__(self) -> str:
        """Name it for people, and in the table's `never`."""
        return f"{self.space} {self.name}"


def git_name(url: str) -> str:
    """Return host and path of a repository's address, lower case; empty where there is none.

    `https://`, `git://`, `git@host:path`, a user, a port, `www.`, `.git` and a last slash do not
    count: these are ways to one repository.
    """
    text = url.strip().removeprefix("git+")
    short = _SHORT_SSH.fullmatch(text)
    if short and "://" not in text:
        text = f"ssh://{short['host']}/{short['path']}"
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""
    path = unquote(parts.path).strip("/").lower().removesuffix(".git").strip("/")
    return f"{host}/{path}" if "." in host and path else ""


def pypi_name(name: str) -> str:
    """Return a name of the Python package index as PEP 503 normalises it."""
    return _PYPI_RUN.sub("-", name.strip()).lower()


def cpe_name(vendor: str, product: str) -> str:
    """Return `vendor:product` of a CPE, lower case, without the escapes of CPE 2.3."""
    return _ESCAPED.sub(r"\1", f"{vendor}:{product}").lower()


def ecosystem_key(ecosystem: str, name: str, scheme: str = UNKNOWN_SCHEME) -> SubjectKey:
    """Return the key of a package in an ecosystem of OSV."""
    kind = ecosystem.partition(":")[0]
    normal = pypi_name(name) if kind == PYPI else name
    return SubjectKey(ecosystem, normal, _SCHEMES.get(kind, scheme))


def key_of_purl(purl: str) -> SubjectKey | None:
    """Return the key of a package URL: its ecosystem's, or the repository's; None: it has none."""
    found = _PURL.fullmatch(purl.strip())
    if not found:
        return None
    kind, path = found["type"].lower(), unquote(found["path"]).strip("/")
    if kind in _FORGES and "/" in path:
        return SubjectKey(GIT, git_name(f"{_FORGES[kind]}/{path}"))
    if kind not in _ECOSYSTEMS:
        return None
    return ecosystem_key(_ECOSYSTEMS[kind], path.replace("/", ":") if kind == "maven" else path)
