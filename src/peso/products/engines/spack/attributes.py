"""What Spack's detection found of the externals of a lock: whole, to be said to Spack again.

`document.py` reads of it what PESO itself has a use for; here nothing is left out: the compilers'
programs, flags and run paths, and what an external changes in the environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from peso.products.engines.spack.document import unpacked


class _External(msgspec.Struct, frozen=True):
    extra_attributes: dict[str, Any] | None = None


class _Node(msgspec.Struct, frozen=True):
    external: _External | None = None


class _Lock(msgspec.Struct, frozen=True):
    concrete_specs: dict[str, _Node]


def external_attributes(data: bytes, *, where: str) -> Mapping[str, str]:
    """Return the extra attributes of each external that has any, as JSON, by its hash.

    Args:
        data: A lock that `read_document` has read.
        where: Its name, for errors.

    Raises:
        BadInput: It is larger than a lock may be.
    """
    lock = msgspec.json.decode(unpacked(data, where), type=_Lock)
    return {
        hash_: json.dumps(node.external.extra_attributes, sort_keys=True)
        for hash_, node in lock.concrete_specs.items()
        if node.external and node.external.extra_attributes
    }
