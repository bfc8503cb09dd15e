"""What a wheel says of itself: name, version, needs and license, from its METADATA.

Reads one member of the archive, with a limit; runs nothing and unpacks nothing. A license is taken,
in this order, from `License-Expression`, from `License` where it is an SPDX expression, from the
`License ::` classifiers where each of them means exactly one license; else it is unknown, and why.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from peso.base.finding import Unknown
from peso.errors import BadInput

_LIMIT = 16 << 20
_DIST_INFO = re.compile(r"[^/]+\.dist-info/METADATA")

_CLASSIFIERS = {
    "Academic Free License (AFL)": None,
    "Apache Software License": "Apache-2.0",
    "Artistic License": None,
    "BSD License": None,
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "CeCILL-B Free Software License Agreement (CECILL-B)": "CECILL-B",
    "CeCILL-C Free Software License Agreement (CECILL-C)": "CECILL-C",
    "Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0",
    "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License (GPL)": None,
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Library or Lesser General Public License (LGPL)": None,
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": None,
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "University of Illinois/NCSA Open Source License": "NCSA",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "Zope Public License": None,
    "zlib/libpng License": "Zlib",
}
"""What a license classifier means as SPDX; None for one that may mean several licenses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelMetadata:
    """What a wheel says of itself."""

    name: str
    """Normalized."""
    version: str
    needs: tuple[Requirement, ...]
    license: str | Unknown


def read_wheel(path: Path, *, where: str) -> WheelMetadata:
    """Read a wheel's METADATA.

    Args:
        path: The file, under whatever name.
        where: The wheel's own name, for errors.

    Raises:
        BadInput: It is not a wheel, or its metadata cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            [member] = [item for item in archive.infolist() if _DIST_INFO.fullmatch(item.filename)]
            with archive.open(member) as stream:
                data = stream.read(_LIMIT + 1)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, zlib.error) as error:
        raise BadInput(
            "this is not a wheel with one METADATA file",
            where=where,
            hint="the index serves a damaged file; tell its maintainers",
        ) from error
    if len(data) > _LIMIT:
        raise BadInput("the wheel's METADATA is larger than 16 MiB", where=where)
    raw, _ = parse_email(data)
    return _told(raw, where)


def _told(raw: RawMetadata, where: str) -> WheelMetadata:
    try:
        return WheelMetadata(
            name=canonicalize_name(raw["name"]),
            version=raw["version"],
            needs=tuple(Requirement(line) for line in raw.get("requires_dist", [])),
            license=license_of(raw),
        )
    except (KeyError, InvalidRequirement) as error:
        raise BadInput(
            f"the wheel's METADATA cannot be read: {error}",
            where=where,
            hint="the index serves a damaged file; tell its maintainers",
        ) from error


def license_of(raw: RawMetadata) -> str | Unknown:
    """Return the SPDX license expression that metadata states, or why there is none."""
    if stated := raw.get("license_expression", "").strip():
        return _spdx(stated) or Unknown(unknown=f"License-Expression {stated!r} is not SPDX")
    free = raw.get("license", "").strip()
    if free and (expression := _spdx(free)):
        return expression
    prefix = "License :: "
    said = [line for line in raw.get("classifiers", []) if line.startswith(prefix)]
    names = {line.rpartition(" :: ")[2] for line in said} - {"OSI Approved"}
    meant = {_CLASSIFIERS.get(name) for name in names}
    if len(meant) == 1 and (only := meant.pop()):
        return only
    if names:
        return Unknown(unknown=f"ambiguous license classifiers: {', '.join(sorted(names))}")
    if free:
        line = free.splitlines()[0][:80]
        return Unknown(unknown=f"the License field is not an SPDX expression: {line!r}")
    return Unknown(unknown="the metadata states no license")


def _spdx(text: str) -> str | None:
    """Return an SPDX expression in its canonical spelling, or None where it is none."""
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None
