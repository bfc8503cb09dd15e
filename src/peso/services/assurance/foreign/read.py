"""Read: the bytes of an SBOM, of any tool and form, into the inner inventory.

What it is, the content says, not the name. What is no SBOM that PESO reads is refused with what it
seems to be; it is never an inventory of nothing.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from peso.base.digest import sha256_bytes
from peso.errors import BadInput
from peso.services.assurance.foreign import cyclonedx, cyclonedx_xml, spdx, spdx_tags
from peso.services.assurance.foreign.limits import LARGEST, decode
from peso.services.assurance.foreign.record import ForeignInventory

_BOM = b"\xef\xbb\xbf"
_TAGS = re.compile(rb"^\s*SPDXVersion:", re.MULTILINE)
_START = 1 << 16
_HINT = (
    "PESO reads CycloneDX 1.4 to 1.7 (JSON, XML) and SPDX 2.2 and 2.3 (JSON, tag-value), e.g. of"
    " `syft DIR -o cyclonedx-json`"
)


class _Probe(
    msgspec.Struct,
    frozen=True,
    rename={"bom_format": "bomFormat", "spdx_version": "spdxVersion", "context": "@context"},
):
    bom_format: Any = None
    spdx_version: Any = None
    context: Any = None
    artifacts: msgspec.Raw = msgspec.Raw(b"null")


def is_sbom(start: bytes) -> bool:
    """Say whether a file may be an SBOM, by how it starts."""
    text = start.removeprefix(_BOM).lstrip()
    return text.startswith((b"{", b"<")) or bool(_TAGS.search(text[:_START]))


def read_sbom(data: bytes, *, where: str) -> ForeignInventory:
    """Read an SBOM.

    Args:
        data: The file.
        where: Its name, for errors.

    Raises:
        BadInput: It is no SBOM that is read, is broken, or over a limit.
    """
    if len(data) > LARGEST:
        raise BadInput(f"it has more than {LARGEST >> 20} MiB", where=where, hint=_HINT)
    sha256 = sha256_bytes(data)
    text = data.removeprefix(_BOM).lstrip()
    if text.startswith(b"<"):
        plain = cyclonedx_xml.json_of(text, where)
        return cyclonedx.read_cyclonedx(plain, sha256=sha256, where=where)
    if text.startswith(b"{"):
        return _json(text, sha256, where)
    if _TAGS.search(text[:_START]):
        return spdx.read_spdx(spdx_tags.json_of(data, where), sha256=sha256, where=where)
    raise BadInput("it is no SBOM", where=where, hint=_HINT)


def _json(text: bytes, sha256: str, where: str) -> ForeignInventory:
    probe = decode(text, _Probe, where)
    if probe.bom_format == cyclonedx.FORM:
        return cyclonedx.read_cyclonedx(text, sha256=sha256, where=where)
    if isinstance(probe.spdx_version, str):
        return spdx.read_spdx(text, sha256=sha256, where=where)
    said = "it is JSON, and no SBOM that PESO knows"
    if bytes(probe.artifacts) != b"null":
        said = "it seems to be in syft's own form"
    elif probe.context is not None:
        said = "it seems to be SPDX 3, which PESO does not read yet"
    raise BadInput(said, where=where, hint=_HINT)
