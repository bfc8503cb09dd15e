"""Spack's DAG hash, computed again: does this spec have the hash it says it has?

Spack's hash of a unit is the base32 of the sha1 of its spec as compact JSON: keys in the order they
are written, letters beyond ASCII escaped, the hash itself left out. It covers name, version,
target, variants, the recipe's hash and the hashes of all dependencies. So a spec cannot be changed
without its hash changing, whoever signed it, as far as sha1 reaches. It says nothing about what is
in the unit's archive. The rules, in order:

1. Equal is a proof. A spliced spec keeps the last seven letters of the hash it was built under.
2. Unequal is a no only where Spack writes what it hashes: for specs of its present format (5).
   Specs carried over from older formats, and externals (whose hash older Spacks took of other
   words), are unknown.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from peso.base.finding import Unknown

_FORMAT = 5
_KEPT = 7
_OLD = Unknown(unknown="the spec was carried over from an older format, and with it its hash")
_EXTERNAL = Unknown(unknown="an external, whose hash an older Spack took of other words")


def hash_holds(raw: bytes, claimed: str) -> bool | Unknown:
    """Say whether a spec has the hash it claims.

    Args:
        raw: the spec as JSON, as it was written, with its `hash`.
        claimed: the hash.

    Raises:
        ValueError: It is no JSON object, or of another shape.
        RecursionError: It is nested too deeply.
    """
    spec = json.loads(raw)
    if not isinstance(spec, dict):
        raise ValueError("no object")  # noqa: TRY004 - one error for all that is no spec
    spec.pop("hash", None)
    if computed(spec) == claimed:
        return True
    if "external" in spec:
        return _EXTERNAL
    notes = spec.get("annotations")
    if not isinstance(notes, dict) or notes.get("original_specfile_version") != _FORMAT:
        return _OLD
    return False


def computed(spec: dict[str, Any]) -> str:
    """Return the DAG hash of a spec (a node of Spack's JSON, without `hash`)."""
    text = json.dumps(spec, separators=(",", ":"))
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).digest()
    own = base64.b32encode(digest).decode().lower()
    built = spec.get("build_spec")
    if isinstance(built, dict) and isinstance(before := built.get("hash"), str):
        return own[:-_KEPT] + before[-_KEPT:]
    return own
