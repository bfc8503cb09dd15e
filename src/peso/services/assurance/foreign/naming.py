"""Naming: what a component is called in the terms of advisories, and why it is not.

1. A purl that cannot be read, or that is too long, is no name; nor is a CPE that is none.
2. A purl is mended where a tool is known to write it in its own way, so that it says the same as
   others' (`purl_of`): Debian's epoch as a qualifier (trivy), Go's `v`, a distribution's minor
   release where records are filed by the major one.
3. A bare name is never a name, except of Spack's own SBOM, which says that they are Spack's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from packageurl import PackageURL

from peso.services.assurance.advisories.cpe import parse_cpe
from peso.services.assurance.foreign.record import SpackName

_LONGEST = 2048
_BUILT_FROM = re.compile(r"built package from: (?P<name>\S+)(?: (?P<version>\S+))?")
_NO_SOFTWARE = {
    "file": "it is a file, and says of which package it is not",
    "data": "it is data",
    "device": "it is a device",
    "cryptographic-asset": "it is a key or an algorithm",
    "machine-learning-model": "it is a model",
}
NAMELESS = "it has no purl and no CPE"


def readable(purl: str) -> str:
    """Return why a purl is none; empty where it is one."""
    if len(purl) > _LONGEST:
        return f"its purl is longer than {_LONGEST} characters"
    try:
        PackageURL.from_string(purl)
    except ValueError as error:
        return f"its purl cannot be read: {str(error)[:200]}"
    return ""


def purl_of(purl: str, *, source: str = "") -> str:
    """Return a purl mended: the same thing in the words that others use.

    Args:
        purl: One that is readable.
        source: The source package it is built from, with its version, where another field says so.
    """
    parsed = PackageURL.from_string(purl)
    said = dict(parsed.qualifiers)
    version = parsed.version or ""
    if parsed.type == "deb":
        if (epoch := said.pop("epoch", "")) and ":" not in version:
            version = f"{epoch}:{version}"
        if source and not said.get("upstream"):
            name, _, number = source.partition("@")
            other = f"@{number}" if number and number != version else ""
            if name != parsed.name or other:
                said["upstream"] = f"{name}{other}"
    elif parsed.type == "golang":
        version = version.removeprefix("v")
    else:
        return purl
    return parsed._replace(version=version or None, qualifiers=said).to_string()


def built_from(text: str) -> str:
    """Return the source package that trivy names in a sentence, as `name@version`."""
    found = _BUILT_FROM.search(text)
    if not found:
        return ""
    return f"{found['name']}@{found['version']}" if found["version"] else found["name"]


def doubt_about(
    kind: str, purls: Iterable[str], cpes: Iterable[str], spack: SpackName | None, why: str
) -> str:
    """Return why a component cannot be identified; empty where it can.

    Args:
        kind: What it is.
        purls: Readable ones.
        cpes: As written.
        spack: What it is in Spack.
        why: What was wrong with its names.
    """
    if spack or any(purls) or any(parse_cpe(one) for one in cpes):
        return ""
    return why or _NO_SOFTWARE.get(kind, NAMELESS)


def formatted(cpe: str) -> str:
    """Return a CPE as a formatted string of 2.3; one in the older form of a URI is turned."""
    if not cpe.startswith("cpe:/"):
        return cpe
    fields = [one.replace("%", "\\") for one in cpe.removeprefix("cpe:/").split(":")[:7]]
    return ":".join(["cpe:2.3", *(one or "*" for one in [*fields, *[""] * (11 - len(fields))])])


def spack_of(purl: str) -> SpackName | None:
    """Return which package of Spack a purl names: PESO's own form, or the one that is proposed."""
    if not purl.startswith(("pkg:generic/", "pkg:spack/")) or readable(purl):
        return None
    parsed = PackageURL.from_string(purl)
    said = parsed.qualifiers
    if parsed.type == "spack":
        hash_ = said.get("sha", "")
        return SpackName(name=parsed.name, namespace=parsed.namespace or "", hash=hash_)
    if "spack_hash" not in said and "spack_namespace" not in said:
        return None
    return SpackName(
        name=parsed.name,
        namespace=said.get("spack_namespace", ""),
        hash=said.get("spack_hash", ""),
    )
