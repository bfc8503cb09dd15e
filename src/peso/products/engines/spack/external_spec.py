"""A unit of a lock as the spec of an external: what `packages.yaml` can say of it, and what not.

Pure over a lock's nodes. The rules, in order:

1. The spec has the version exactly, every variant, every compiler flag, and where it runs. A
   variant with one value is written `name=value`, one with a list `name:=value,value`: these are
   all its values.
2. It has no namespace (Spack takes the recipe it has), no hash (an external has one of its own)
   and no dependencies (they are entries beside the spec).
3. What Spack does not take there is left out and said: patches, the commit of a version, a
   development folder, a value that no quotes can hold. Patches and a commit are no fine points:
   Spack 1.3 stops at a file with either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from peso.products.engines.spack.document import Node, Value
from peso.products.spec.spec import FLAG_KINDS, Arch, Flag, Spec, Variant
from peso.products.spec.text import format_spec
from peso.products.spec.versions import Versions, parse_version

_NOT_TAKEN: Final = {
    "dev_path": "it was built from a folder of the builder's",
    "commit": "it is of the commit",
}
"""Variants that are Spack's own and not to be said of an external, and how they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalSpec:
    """A unit's spec as an external."""

    text: str
    unsaid: tuple[str, ...] = ()
    """What is true of the unit and cannot be said, each in words."""


def external_spec(node: Node) -> ExternalSpec:
    """Return the spec of a unit, to be written into `packages.yaml`."""
    unsaid = tuple(_unsaid(node))
    variants = tuple(
        Variant(name, _value(value), exact=isinstance(value, list))
        for name, value in sorted(node.parameters.items())
        if _sayable(name, value)
    )
    spec = Spec(
        name=node.name,
        versions=Versions((parse_version(node.version),)),
        variants=variants,
        flags=tuple(_flags(node)),
        arch=Arch(node.arch.platform, node.arch.platform_os, node.arch.microarchitecture),
    )
    return ExternalSpec(text=format_spec(spec), unsaid=unsaid)


def _unsaid(node: Node) -> Iterator[str]:
    patches = node.patches or node.parameters.get("patches")
    if isinstance(patches, (list, tuple)) and patches:
        digests = ", ".join(str(one)[:12] for one in patches)
        yield f"it is patched ({len(patches)}: sha256 {digests})"
    for name, value in sorted(node.parameters.items()):
        if name in _NOT_TAKEN:
            yield f"{_NOT_TAKEN[name]} {value}" if name == "commit" else _NOT_TAKEN[name]
        elif name not in {"patches", *FLAG_KINDS} and not _sayable(name, value):
            yield f"the value of {name}, which is empty or no quotes can hold"
        elif name in FLAG_KINDS and not all(_quotable(str(one)) for one in _many(value)):
            yield f"{name} with a value that no quotes can hold"


def _sayable(name: str, value: Value) -> bool:
    """Say whether a variant can be written; flags and patches are not variants here."""
    if name in FLAG_KINDS or name in _NOT_TAKEN or name == "patches":
        return False
    if isinstance(value, bool):
        return True
    several = _many(value)
    return bool(several) and all(text and _quotable(text) for text in several)


def _quotable(text: str) -> bool:
    return text.isprintable() and not text.endswith("\\") and not ("'" in text and '"' in text)


def _many(value: Value) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    return () if value is None else (str(value),)


def _value(value: Value) -> bool | tuple[str, ...]:
    return value if isinstance(value, bool) else tuple(sorted(_many(value)))


def _flags(node: Node) -> Iterator[Flag]:
    for kind in FLAG_KINDS:
        texts = _many(node.parameters.get(kind))
        if all(_quotable(text) for text in texts):
            yield from (Flag(kind, text) for text in texts)
