"""The forms that sources have: how each is told by its content, and read.

A file is taken for the first format that knows it; a source is taken for what most of the first
files that any format knows are taken for, and read as that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from peso.services.assurance.advisories.curl import read_curl
from peso.services.assurance.advisories.cve5 import read_cve5
from peso.services.assurance.advisories.hdf import read_hdf
from peso.services.assurance.advisories.kev import read_kev
from peso.services.assurance.advisories.nvd import read_nvd
from peso.services.assurance.advisories.osv import read_osv
from peso.services.assurance.advisories.own import read_own
from peso.services.assurance.advisories.record import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One form of a source."""

    name: str
    """What `--format` calls it."""
    title: str
    """What people call it."""
    suffixes: frozenset[str]
    """What the names of its files end with."""
    known_by: re.Pattern[bytes]
    """What is found in the first bytes of its files, and in no other format's before it."""
    read: Callable[[str, bytes], Read]
    """Reads a file, by its name and content; raises Unreadable."""
    limit: int = 8 << 20
    """How many bytes a file may have."""


_LIST: Final = 32 << 20
"""How long a file may be that is a whole list."""
HEAD: Final = 64 << 10
"""How much of a file is looked at to tell its format."""
_JSON: Final = frozenset({".json"})
_OSV: Final = frozenset({".json", ".yaml", ".yml"})
FORMATS: Final = (
    Format(
        name="kev",
        title="CISA's catalog of known exploited vulnerabilities",
        suffixes=_JSON,
        known_by=re.compile(rb'"catalogVersion"|"knownRansomwareCampaignUse"'),
        read=read_kev,
        limit=_LIST,
    ),
    Format(
        name="nvd",
        title="NVD: pages and records of its API 2.0, and overrides",
        suffixes=_JSON,
        known_by=re.compile(rb'"NVD_CVE"|"vulnStatus"|"cpeMatch"|"_annotation"\s*:'),
        read=read_nvd,
        limit=_LIST,
    ),
    Format(
        name="cve5",
        title="CVE records, format 5, as OpenSSL has them",
        suffixes=_JSON,
        known_by=re.compile(rb'"CVE_RECORD"|"cveMetadata"'),
        read=read_cve5,
    ),
    Format(
        name="curl",
        title="the curl project's own list",
        suffixes=frozenset({".pm", ".json"}),
        known_by=re.compile(rb'@vuln\s*=|"id"\s*:\s*"CURL-CVE-'),
        read=read_curl,
        limit=_LIST,
    ),
    Format(
        name="hdf",
        title="the HDF Group's list",
        suffixes=frozenset({".yml", ".yaml"}),
        known_by=re.compile(rb"(?m)^\s+fix_releases\s*:"),
        read=read_hdf,
        limit=_LIST,
    ),
    Format(
        name="peso",
        title="OSV records of PESO's own source",
        suffixes=_OSV,
        known_by=re.compile(rb'(?m)(?:^|[{,\s])"?ecosystem"?\s*:\s*["\']?PESO["\'\s,}]'),
        read=read_own,
        limit=1 << 20,
    ),
    Format(
        name="osv",
        title="OSV records",
        suffixes=_OSV,
        known_by=re.compile(rb'(?m)(?:^|[{,])\s*"?id"?\s*:'),
        read=read_osv,
    ),
)
"""Every format, the one that asks most first."""
LONGEST: Final = max(one.limit for one in FORMATS)
"""How many bytes a file of any format may have."""
SUFFIXES: Final = frozenset(suffix for one in FORMATS for suffix in one.suffixes)


def named(name: str) -> Format | None:
    """Return the format of a name; None where there is none."""
    return next((one for one in FORMATS if one.name == name), None)


def told(suffix: str, head: bytes) -> Format | None:
    """Return what a file is taken for, by the end of its name and its first bytes."""
    return next(
        (one for one in FORMATS if suffix in one.suffixes and one.known_by.search(head)), None
    )


def most(found: Iterable[Format | None]) -> Format | None:
    """Return what most files are taken for; None where no format knows any."""
    counted = Counter(one for one in found if one is not None)
    return counted.most_common(1)[0][0] if counted else None
