"""Where sources are to be had, as an inventory may say it, and what other indexes call them.

1. An address is written only if it means the same everywhere: no path of the machine that built,
   no password. Git's short form of an ssh address is written out.
2. An archive from the Python package index or from GitHub is known there by another purl.
   Advisories are filed under that one, so an inventory that has it can be scanned.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from packageurl import PackageURL
from packaging.utils import canonicalize_name

_SCHEMES = frozenset({"http", "https", "ftp", "git", "ssh", "svn", "oci", "s3", "gs"})
_SHORT = re.compile(r"(?P<user>[\w.-]+)@(?P<host>[\w.-]+):(?P<path>[^/].*)")
_KEPT = 8192
_SAFE = "%/:=&?~#+!$,;'@()*[]"
_INDEXES = frozenset({"files.pythonhosted.org", "pypi.io", "pypi.org", "pypi.python.org"})
_PYPI_PATH = re.compile(r"/packages/(?:source|[\w.]+)/[^/]/(?P<name>[^/]+)/[^/]+")
_PYPI_FILE = re.compile(r"/packages/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/(?P<file>[^/]+)")
_GITHUB_TAG = re.compile(r"/(?P<owner>[^/]+)/(?P<repo>[^/]+)/archive/(?:refs/tags/)?(?P<tag>.+)")
_GITHUB_RELEASE = re.compile(
    r"/(?P<owner>[^/]+)/(?P<repo>[^/]+)/releases/download/(?P<tag>[^/]+)/[^/]+"
)
_PACKED = re.compile(r"\.(?:tar\.(?:gz|bz2|xz|zst)|tgz|tbz2|zip)$")


@lru_cache(maxsize=_KEPT)
def public(url: str) -> str:
    """Return an address as it may be written; empty where it must not be."""
    short = _SHORT.fullmatch(url)
    if short:
        url = f"ssh://{short['user']}@{short['host']}/{short['path']}"
    try:
        parts = urlsplit(url)
        host, password = parts.hostname, parts.password
    except ValueError:
        return ""
    if parts.scheme.rpartition("+")[2] not in _SCHEMES or not host or password:
        return ""
    return quote(url, safe=_SAFE)


def known_elsewhere(url: str, version: str) -> str | None:
    """Return the purl under which another index has what is at an address, or None.

    Args:
        url: The archive's address.
        version: The version of the unit that is made from it.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.hostname in _INDEXES:
        name = _on_pypi(parts.path, version)
        return PackageURL("pypi", None, name, version).to_string() if name else None
    if parts.hostname == "github.com":
        found = _GITHUB_RELEASE.fullmatch(parts.path) or _GITHUB_TAG.fullmatch(parts.path)
        if found:
            owner, repo = found["owner"].lower(), found["repo"].lower()
            tag = _PACKED.sub("", unquote(found["tag"]))
            return PackageURL("github", owner, repo, tag).to_string()
    return None


def _on_pypi(path: str, version: str) -> str | None:
    """Return the name on the index of a file that is of this version, or None."""
    found = _PYPI_PATH.fullmatch(path)
    if found:
        name = found["name"]
    else:
        file = _PYPI_FILE.fullmatch(path)
        name = _PACKED.sub("", file["file"]).removesuffix(f"-{version}") if file else ""
    return str(canonicalize_name(name)) if name and version in path else None
