"""What is in a build cache of Spack, as records.

1. Nothing here is trusted: a record says what a file says, and `hash_holds` whether Spack's own
   hash, computed again, agrees with it.
2. A unit that is in a spec only because another depends on it is a record like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peso.base.finding import Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file of the cache, named by what is in it."""

    media_type: str
    sha256: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What an OpenPGP signature says of itself; nobody has verified it."""

    key_id: str
    """16 hex digits in capitals; empty: it does not say."""
    fingerprint: str = ""
    """40 hex digits or more; empty: it does not say."""
    made: int | None = None
    """When, in seconds since 1970, as the signer says."""

    @property
    def signer(self) -> str:
        """The key in its longest form; empty: the signature names none."""
        return self.fingerprint or self.key_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecManifest:
    """A unit's pair: the spec blob and the archive blob."""

    spec: Blob
    archive: Blob
    signed: bool
    """Whether it carries a signature, of whomever."""
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One dependency of a unit."""

    hash: str
    name: str
    types: tuple[str, ...]
    virtuals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedSpec:
    """One concrete spec, as a spec blob, an archive or an index says it."""

    hash: str
    """Spack's DAG hash, as it is written there."""
    name: str
    version: str
    namespace: str
    platform: str
    system: str
    """Spack's name of the operating system, e.g. `debian12`."""
    target: str
    compilers: tuple[str, ...] = ()
    """e.g. `c,cxx=gcc@12.2.0`; without version where the compiler's own spec is not there."""
    variants: tuple[tuple[str, str], ...] = ()
    """Name and value; compiler flags that are empty are left out."""
    depends: tuple[Dependency, ...] = ()
    external: bool = False
    package_hash: str = ""
    hash_holds: bool | Unknown
    """Whether Spack's hash, computed again from what is written, is `hash`."""
    in_cache: bool = True
    """False: it is here because another depends on it; its archive is not claimed to be."""
    raw: bytes = field(repr=False)
    """The spec as JSON, as it was written."""
    below: tuple[CachedSpec, ...] = field(default=(), repr=False)
    """The other specs of the same spec blob; empty for a spec of an index."""

    @property
    def label(self) -> str:
        """The unit in a few characters: `hypre@2.26.0/uoe5vsf`."""
        return f"{self.name}@{self.version}/{self.hash[:7]}"
