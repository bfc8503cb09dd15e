"""Words for a lock of Spack: what a person reads of its units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peso.api.shown import StackShown
    from peso.base.finding import Unknown
    from peso.products.engines.native import NativeUnit

_LONGEST = 60


def lock_words(shown: StackShown) -> str:
    """Return what a person reads of a lock: counts, names with several units, then every unit."""
    units = sorted(shown.units, key=lambda one: (one.name, one.version, one.hash))
    return "\n".join([*_head(shown), *_several(units), *_table(units)])


def _head(shown: StackShown) -> Iterator[str]:
    units = shown.units
    counts = (
        (len(shown.roots), "roots"),
        (sum(one.external is not None for one in units), "externals"),
        (sum(_known(one.license) for one in units), "with a license"),
        (sum(_known(one.sources) for one in units), "with known sources"),
    )
    said = ", ".join(f"{number} {what}" for number, what in counts)
    yield f"{shown.name}: {len(units)} units, {said}"
    if shown.requires:
        needs = shown.requires
        yield f"  for {needs.platform}, {needs.system}, {', '.join(needs.targets)}"
    if shown.spack:
        commit = "" if not isinstance(shown.spack.commit, str) else f" {shown.spack.commit[:12]}"
        yield f"  written by Spack {shown.spack.version}{commit}"


def _known(value: object) -> bool:
    return isinstance(value, (str, tuple))


def _several(units: Iterable[NativeUnit]) -> Iterator[str]:
    versions: dict[str, Counter[str]] = {}
    for one in units:
        versions.setdefault(one.name, Counter())[one.version] += 1
    many = sorted(
        ((sum(found.values()), name, found) for name, found in versions.items()),
        key=lambda one: (-one[0], one[1]),
    )
    more = [one for one in many if one[0] > 1]
    if more:
        yield f"names that stand for several units: {len(more)}"
    for number, name, found in more:
        said = ", ".join(
            f"{version}{f' x{times}' if times > 1 else ''}" for version, times in found.items()
        )
        yield f"  {number:>3} {name}  {said}"


def _table(units: Iterable[NativeUnit]) -> Iterator[str]:
    yield "units (* root, e external)"
    for one in units:
        mark = f"{'*' if one.root else ' '}{'e' if one.external else ' '}"
        yield f"{mark} {one.label:<44} {_license(one.license):<24} {_from(one)}".rstrip()


def _license(said: str | Unknown) -> str:
    return said if isinstance(said, str) else "license not known"


def _from(one: NativeUnit) -> str:
    """Say where a unit is from: a package of the distribution, an archive, a checkout."""
    if one.external:
        package = one.external.package
        where = ", ".join(filter(None, (one.external.prefix, *one.external.modules)))
        name = getattr(package, "name", "")
        return f"{where}: {name} {getattr(package, 'version', '')}" if name else where
    if not isinstance(one.sources, tuple):
        return one.sources.unknown
    if not one.sources:
        return "no source of its own"
    main = one.sources[0]
    return _cut(main.url or main.other or main.sha256)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"…{text[-_LONGEST:]}"
