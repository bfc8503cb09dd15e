"""Confidence: how sure it is that a record speaks of a component, by how the two were matched.

It says nothing of how grave the vulnerability is, nor of whether the component is affected.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from peso.services.assurance.identity.keys import CPE, GIT, OSS_FUZZ, PESO, VENDOR, SubjectKey

_DERIVED_FORMATS = frozenset({"hdf"})
"""Forms of sources that name releases with a fix, from which the bounds are computed."""
_JULIA, _WRAPPED = "Julia", "_jll"
"""Julia's builds of native libraries, whose bounds are of the builds and not of upstream."""


class Confidence(StrEnum):
    """The classes, the surest first."""

    VENDOR = "vendor exact"
    """The project's own list, or PESO's, with exact versions of this project."""
    ECOSYSTEM = "ecosystem"
    """A record for this very package of a package index or a distribution."""
    CPE = "cpe"
    """A record by vendor and product, as the identity table names them."""
    DERIVED = "derived"
    """Bounds that are computed from what a source says, e.g. only from the releases with a fix."""
    GIT = "git"
    """Commits of the repository: by tags, or not decided at all."""


_RANKS = {one: place for place, one in enumerate(Confidence)}


def of_match(key: SubjectKey, form: str) -> Confidence:
    """Return the class of a match.

    Args:
        key: What the component was found by.
        form: The form of the source, by its name, e.g. `osv`.
    """
    if key.space in {GIT, OSS_FUZZ}:
        return Confidence.GIT
    if form in _DERIVED_FORMATS or (key.space == _JULIA and key.name.endswith(_WRAPPED)):
        return Confidence.DERIVED
    if key.space in {VENDOR, PESO}:
        return Confidence.VENDOR
    return Confidence.CPE if key.space == CPE else Confidence.ECOSYSTEM


def rank(confidence: Confidence) -> int:
    """Return the place of a class: 0 is the surest."""
    return _RANKS[confidence]


def surest(several: Iterable[Confidence]) -> Confidence:
    """Return the surest of several classes; raises ValueError where there are none."""
    return min(several, key=rank)
