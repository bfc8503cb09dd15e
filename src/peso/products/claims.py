"""Which product claims which packages: the few values of `products/*.yaml` that answer it, fast.

Validates nothing (`product.py` does): what is not as it should be is an `Unread` with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = "products"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A product, its packages, and the members that steward it."""

    file: str
    name: str
    spack: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file that could not be read, and why."""

    file: str
    reason: str


def read_claims(workspace: Path) -> tuple[tuple[Claim, ...], tuple[Unread, ...]]:
    """Return the products of a workspace, by file, and the files that are none."""
    claims: list[Claim] = []
    unread: list[Unread] = []
    for file in sorted((workspace / FOLDER).glob("*.yaml")):
        one = read_claim(file)
        if isinstance(one, Claim):
            claims.append(one)
        else:
            unread.append(one)
    return tuple(claims), tuple(unread)


def read_claim(file: Path) -> Claim | Unread:
    """Return what a product's file claims."""
    try:
        said = yaml.load(file.read_bytes(), Loader=_LOADER)  # noqa: S506 - a safe loader
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        return Unread(file=str(file), reason=str(error).partition("\n")[0])
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        return Unread(file=str(file), reason="it is no product: it has no name")
    return Claim(
        file=str(file),
        name=said["name"],
        spack=_texts(said.get("spack")),
        members=_texts(said.get("members")),
    )


def _texts(said: object) -> tuple[str, ...]:
    return tuple(one for one in said if isinstance(one, str)) if isinstance(said, list) else ()
