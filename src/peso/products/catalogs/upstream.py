"""All catalogs together: what the ecosystem's catalogs say, as the files a workspace would have.

1. The consortium's catalog goes before E4S's: of a field that both have, its value stands;
   `sources` names both places. Names are put together.
2. A product of E4S is the one of the consortium that names it; else the one that has its
   package, and its name where several have it; else the one of the same name.
   More than one: a finding, and a product of its own.
3. It is a function of the catalogs' bytes and nothing else, so that it can be asked for the
   catalogs of before, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from peso.base.record import Record
from peso.products.catalogs.cass import catalog as cass
from peso.products.catalogs.consortium import (
    Area,
    Event,
    Foundation,
    Member,
    Officer,
    Person,
    Story,
    Terms,
    WorkingGroup,
)
from peso.products.catalogs.e4s import catalog as e4s
from peso.products.catalogs.e4s.products import filled
from peso.products.catalogs.e4s.roots import Roots
from peso.products.catalogs.entry import Entry, Reading, Tree
from peso.products.catalogs.quality import Seen, in_order
from peso.products.product import Product

_NOT_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """A catalog PESO can read."""

    name: str
    wanted: Callable[[str], bool]
    read: Callable[[Tree, str], Reading]
    part: Callable[[str], str]
    """From which of its repositories a file is; an import replaces only what it has part of."""


def _whole(_path: str) -> str:
    return ""


CATALOGS = {
    cass.NAME: Catalog(name=cass.NAME, wanted=cass.wanted, read=cass.read_cass, part=_whole),
    e4s.NAME: Catalog(name=e4s.NAME, wanted=e4s.wanted, read=e4s.read_e4s, part=e4s.part),
}
"""In the order in which they are believed."""

MODELS: tuple[tuple[str, type[Record]], ...] = (
    ("products/", Product),
    ("consortium/members/", Member),
    ("consortium/officers/", Officer),
    ("consortium/people/", Person),
    ("consortium/foundations/", Foundation),
    ("consortium/areas/", Area),
    ("consortium/working-groups/", WorkingGroup),
    ("consortium/events/", Event),
    ("consortium/stories/", Story),
    ("consortium/terms.yaml", Terms),
    ("consortium/e4s-roots.yaml", Roots),
)


def model_of(path: str) -> type[Record] | None:
    """Return which record a file of a workspace is, by its path; None: none of ours."""
    if not path.endswith(".yaml"):
        return None
    return next((model for start, model in MODELS if path.startswith(start)), None)


def read_upstream(trees: Mapping[str, Tree], roots: Mapping[str, str]) -> Reading:
    """Read several catalogs as one.

    Args:
        trees: Each catalog's files, by its name.
        roots: What findings call each catalog's folder.
    """
    readings = {
        name: catalog.read(trees[name], roots[name])
        for name, catalog in CATALOGS.items()
        if name in trees
    }
    findings = [finding for reading in readings.values() for finding in reading.findings]
    entries = list(readings[cass.NAME].entries) if cass.NAME in readings else []
    if e4s.NAME in readings:
        seen = Seen(catalog=e4s.NAME, root=roots[e4s.NAME])
        entries = _joined(entries, readings[e4s.NAME].entries, seen)
        findings += seen.findings
    return Reading(entries=tuple(entries), findings=in_order(findings))


def _joined(first: list[Entry], second: Iterable[Entry], seen: Seen) -> list[Entry]:
    """Put E4S's entries to the consortium's."""
    entries = {entry.path: entry for entry in first}
    known = [(entry.path, entry.record) for entry in first if isinstance(entry.record, Product)]
    for entry in second:
        if not isinstance(entry.record, Product):
            entries[entry.path] = entry
            _look_at_roots(entry.record, entries.values(), seen)
            continue
        same = _same(entry.record, known)
        if len(same) > 1:
            source = entry.record.sources[e4s.NAME]
            message = f"{entry.record.name!r} could be {' or '.join(sorted(same))}"
            line = source.lines.get("name", 1)
            seen.no("ambiguous", source.file, line, message, subject=entry.record.name)
        path = same[0] if len(same) == 1 else _free(entry.path, entries)
        mine = entries[path].record if len(same) == 1 else None
        record = filled(mine, entry.record) if isinstance(mine, Product) else entry.record
        entries[path] = replace(entry, path=path, record=record)
    return [entries[path] for path in entries]


def _same(product: Product, known: list[tuple[str, Product]]) -> list[str]:
    """Return the products this one may be: by name in E4S, else by package, else by name."""
    name = product.name.casefold()
    packages = set(product.spack) or {name}
    by_name = [path for path, one in known if name in {other.casefold() for other in one.e4s}]
    by_package = [path for path, one in known if packages & set(one.spack)]
    called = [path for path, one in known if _plain(one.name) == _plain(product.name)]
    both = [path for path in by_package if path in called]
    return by_name or both or by_package or called


def _plain(name: str) -> str:
    return _NOT_NAME.sub("", name.casefold())


def _free(path: str, taken: Mapping[str, Entry]) -> str:
    stem, number = path.removesuffix(".yaml"), 2
    while path in taken:
        path, number = f"{stem}-{number}.yaml", number + 1
    return path


def _look_at_roots(roots: Record, entries: Iterable[Entry], seen: Seen) -> None:
    """Note packages that E4S's environments name and no product has."""
    if not isinstance(roots, Roots):
        return
    products = [one.record for one in entries if isinstance(one.record, Product)]
    had = {package for product in products for package in product.spack}
    had |= {name.casefold() for product in products for name in product.e4s}
    for package, environments in roots.packages.items():
        if package not in had:
            file = f"environments/{environments[0]}/spack.yaml"
            message = f"{len(environments)} environments name {package!r}, no product does"
            line = roots.sources[e4s.NAME].lines[package]
            seen.no("no-product", file, line, message, subject=package)
