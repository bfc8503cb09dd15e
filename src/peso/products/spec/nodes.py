"""Matching of one node of a spec with another: all but the dependencies.

Each part has a `satisfy` (all that fits mine fits theirs) and a `meet` (something fits both), as
Spack's `satisfies` and `intersects` on abstract specs. Facts from Spack 1.3.0.dev0 (`variant.py`,
`spec.py`). Where there `satisfies` is true and `intersects` false, or the answer depends on which
side is asked, this departs from it: `docs/accuracy/spec.md` lists each.
"""

from __future__ import annotations

from peso.products.spec.spec import NO_ARCH, Arch, Flag, Spec, Variant
from peso.products.spec.targets import targets_in_both

_PREFIXED = "patches"
"""The one variant whose values may be asked for by their beginning."""


def node_satisfies(mine: Spec, theirs: Spec) -> bool:
    """Say whether a node satisfies another, names and dependencies aside."""
    return (
        mine.hash.startswith(theirs.hash)
        and not (theirs.namespace and mine.namespace and mine.namespace != theirs.namespace)
        and mine.versions.satisfies(theirs.versions)
        and (
            not (theirs.variants or any(one.propagate for one in mine.variants))
            or _variants_satisfy(mine, theirs)
        )
        and (theirs.arch is NO_ARCH or _arch_satisfies(mine.arch, theirs.arch))
        and (not theirs.flags or _flags(theirs) <= _flags(mine))
    )


def node_intersects(mine: Spec, theirs: Spec) -> bool:
    """Say whether a node can be met together with another, names and dependencies aside."""
    return (
        (mine.hash.startswith(theirs.hash) or theirs.hash.startswith(mine.hash))
        and not (theirs.namespace and mine.namespace and mine.namespace != theirs.namespace)
        and mine.versions.intersects(theirs.versions)
        and _variants_meet(mine, theirs)
        and arch_intersects(mine.arch, theirs.arch)
    )


def _flags(spec: Spec) -> set[tuple[str, str]]:
    return {_flag(flag) for flag in spec.flags}


def _flag(flag: Flag) -> tuple[str, str]:
    return flag.kind, flag.text


def _variants_satisfy(mine: Spec, theirs: Spec) -> bool:
    """Compare variants; propagated ones bind every node, where a node speaks of them at all."""
    own = {one.name: one for one in mine.variants}
    for asked in theirs.variants:
        if asked.propagate:
            continue
        had = own.get(asked.name)
        if had is None or had.propagate or not variant_satisfies(had, asked):
            return False
    return _spread(theirs, mine) and _spread(mine, theirs)


def _spread(source: Spec, over: Spec) -> bool:
    """Say whether no node of `over` contradicts what `source` propagates."""
    spread = {one.name: one for one in source.variants if one.propagate}
    if not spread:
        return True
    return all(
        variant_satisfies(one, spread[one.name])
        for node in over.walk()
        for one in node.variants
        if one.name in spread
    )


def _variants_meet(mine: Spec, theirs: Spec) -> bool:
    if not mine.variants or not theirs.variants:
        return True
    own = {one.name: one for one in mine.variants}
    return all(variants_intersect(own[one.name], one) for one in theirs.variants if one.name in own)


def variant_satisfies(mine: Variant, theirs: Variant) -> bool:
    """Say whether all that fits one value of a variant fits the other."""
    if not theirs.exact:
        return _has(mine, theirs)
    return mine.exact and mine.value == theirs.value


def variants_intersect(mine: Variant, theirs: Variant) -> bool:
    """Say whether a value of the variant fits both."""
    if mine.exact:
        return mine.value == theirs.value if theirs.exact else _has(mine, theirs)
    return not theirs.exact or _has(theirs, mine)


def _has(mine: Variant, theirs: Variant) -> bool:
    """Say whether the values of the other are all among mine."""
    if not isinstance(theirs.value, tuple):
        return mine.value == theirs.value
    if not isinstance(mine.value, tuple):
        return not theirs.value
    if theirs.name == _PREFIXED:
        had = mine.value
        return all(any(value.startswith(asked) for value in had) for asked in theirs.value)
    return set(theirs.value) <= set(mine.value)


def _arch_satisfies(mine: Arch, theirs: Arch) -> bool:
    return (
        _said_satisfies(mine.platform, theirs.platform)
        and _said_satisfies(mine.os, theirs.os)
        and (
            _said_satisfies(mine.target, theirs.target)
            or (bool(mine.target) and bool(targets_in_both(mine.target, theirs.target)))
        )
    )


def _said_satisfies(mine: str, theirs: str) -> bool:
    return not theirs or mine == theirs or (theirs == "*" and bool(mine))


def arch_intersects(mine: Arch, theirs: Arch) -> bool:
    """Say whether one machine can be both."""
    if mine is NO_ARCH or theirs is NO_ARCH:
        return True
    return (
        _said_meet(mine.platform, theirs.platform)
        and _said_meet(mine.os, theirs.os)
        and (
            _said_meet(mine.target, theirs.target)
            or bool(targets_in_both(mine.target, theirs.target))
        )
    )


def _said_meet(mine: str, theirs: str) -> bool:
    return not mine or not theirs or mine == theirs or "*" in {mine, theirs}
