"""The inner inventory: what an SBOM of any tool says, in one form.

Matches nothing and judges nothing. The rules:

1. Every component of the document is one here, also one that cannot be read or identified: `doubt`
   says why. Nothing is dropped, so that no number of findings hides what was never asked about.
2. Refs are unique. Where the document used one id twice, the later ones have `#2`, `#3` …
3. How something is needed (`Need.types`) is as the document says; no type where it does not say.
4. Text is as it may be shown: of bounded length and without control characters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peso.base.finding import Finding, Unknown
from peso.services.assurance.bill import Need, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Hash:
    """A digest of a component, or of what it was made from."""

    algorithm: str
    """As the document names it; `git-commit` for what is no digest of a file."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpackName:
    """That a component is a package of Spack, and which."""

    name: str
    namespace: str = ""
    """The recipe repository; empty where the document does not say."""
    hash: str = ""
    """Spack's hash of the unit; empty where the document does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignComponent:
    """One component of an SBOM."""

    ref: str
    name: str
    version: str
    kind: str
    """`library`, `application`, `file` …, in CycloneDX's words."""
    purls: tuple[str, ...] = ()
    """The first is what it is called; others are the same thing elsewhere."""
    cpes: tuple[str, ...] = ()
    hashes: tuple[Hash, ...] = ()
    license: str | Unknown
    """As written; it is parsed where it is judged."""
    depends: tuple[Need, ...] = ()
    state: State = "shipped"
    spack: SpackName | None = None
    source: str = ""
    """Where its source is to be had, as the document says."""
    external: bool = False
    """Whether the machine supplied it."""
    doubt: str = ""
    """Why it cannot be identified; empty where it can."""

    @property
    def label(self) -> str:
        """Name it for people."""
        return f"{self.name}@{self.version}" if self.version else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignInventory:
    """What an SBOM says."""

    form: str
    """`CycloneDX` or `SPDX`."""
    version: str
    """Of the form, as the document says."""
    tools: tuple[str, ...]
    """What wrote it."""
    about: str
    """What it is an inventory of."""
    sha256: str
    """Of the bytes that were read."""
    roots: tuple[str, ...]
    components: tuple[ForeignComponent, ...]
    findings: tuple[Finding, ...]
    """What is wrong with the document, and what was mended in memory."""
    unsure: tuple[str, ...] = field(default=())
    """Why the document was perhaps not read whole; none: it was."""
