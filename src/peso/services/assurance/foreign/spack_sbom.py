"""Spack's own SBOM (SPDX 2.3, since Spack 1.2): its defects, named and mended in memory.

What is mended, each with a finding: the key `checksum`, the id of the document, ids that are not
unique or have letters that ids may not have, packages without a purl. What cannot be mended is
unknown and said: how something is needed (all is "contained" in the root), whether licenses that
are joined by OR may be chosen, which recipe repository a package is of, and what the machine
supplied, which is left out. A commit of git given as a package's SHA1 is kept as a commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from peso.base.finding import Finding, Level, Unknown
from peso.services.assurance.foreign.limits import finding, shown
from peso.services.assurance.foreign.record import ForeignComponent
from peso.services.assurance.foreign.spdx_shape import Document, Relationship

_DOCUMENT = "SPDXRef-DOCUMENT"
_NAMESPACE = "https://spack.io/sbom/"
_CREATOR = "Tool: Spack"
_ID = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")
_JOINED = " OR "
_OR = Unknown(
    unknown="Spack joins all licenses of a recipe by OR; whether one may choose is not known"
)


class _Slip(msgspec.Struct, frozen=True):
    checksum: Any = None
    checksums: Any = None


_SLIP = msgspec.json.Decoder(_Slip)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpackSbom:
    """A document that Spack wrote."""

    id: str
    """Of the document, as it is."""

    def finding(self, subject: str) -> Finding:
        """Say whose document it is, and what that means."""
        message = (
            "Spack wrote it: packages have no purl and no recipe repository, and are taken for"
            " those of Spack's own repository; what the machine supplied is not told apart"
        )
        hint = "scan the environment's spack.lock instead: it has all of this"
        return finding("spack-sbom", subject, message, hint=hint)

    def mended(self, relations: Iterable[Relationship]) -> tuple[Relationship, ...]:
        """Return the relationships with the document's right id."""
        return tuple(
            msgspec.structs.replace(one, spdx_element_id=_DOCUMENT)
            if one.spdx_element_id == self.id
            else one
            for one in relations
        )

    def license(self, said: str | Unknown) -> str | Unknown:
        """Return a license as far as it is known."""
        return _OR if isinstance(said, str) and _JOINED in said else said

    def defects(
        self, document: Document, components: Sequence[ForeignComponent]
    ) -> Iterator[Finding]:
        """Give what is wrong with the document, each kind once."""
        if self.id != _DOCUMENT:
            yield _mended("document-id", f"the document's id is {self.id}, not {_DOCUMENT}")
        slips = sum(_slipped(raw) for raw in document.packages or ())
        if slips:
            said = f"{slips} packages have their digests under `checksum` instead of `checksums`"
            yield _mended("checksum", said)
        wrong = [one for one in components if not _ID.fullmatch(one.ref.partition("#")[0])]
        if wrong:
            said = f"{len(wrong)} ids have letters that no id may have, {wrong[0].ref} first"
            yield _mended("ids", said)
        flat = sum(not need.types for one in components for need in one.depends)
        if flat:
            said = (
                f'{flat} packages are all "contained" in the root: who needs whom, and how, is lost'
            )
            yield finding("spack-sbom-graph", "document", said)
        joined = sum(one.license is _OR for one in components)
        if joined:
            said = f"{joined} packages have licenses that Spack joined by OR: unknown"
            yield finding("spack-sbom-license", "document", said)


def _mended(what: str, message: str) -> Finding:
    return finding(
        f"spack-sbom-{what}", "document", f"{message}; mended in memory", level=Level.NOTE
    )


def _slipped(raw: msgspec.Raw) -> bool:
    try:
        read = _SLIP.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return read.checksum is not None and read.checksums is None


def of_spack(document: Document) -> SpackSbom | None:
    """Return what is needed to mend a document; None where Spack did not write it."""
    info = document.creation_info if isinstance(document.creation_info, dict) else {}
    creators = info.get("creators")
    said = isinstance(creators, list) and any(
        isinstance(one, str) and (one == _CREATOR or one.startswith(f"{_CREATOR}-"))
        for one in creators
    )
    if said or shown(document.document_namespace).startswith(_NAMESPACE):
        return SpackSbom(id=shown(document.spdx_id) or _DOCUMENT)
    return None
