"""Which packages E4S's environments name as their roots: names only, for comparing catalogs.

Reading environments as Spack does is another room's work; here a root is the name that a line of
`specs` starts with. A line that names a definition or a matrix is said, not resolved.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from peso.base.record import Record
from peso.products.catalogs.entry import Entry, Tree
from peso.products.catalogs.pages import read_data
from peso.products.catalogs.quality import Seen
from peso.products.catalogs.written import List, Mapping, Scalar
from peso.products.product import Source

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
FOLDER = "environments"
FILE = "spack.yaml"


class Roots(Record, use_attribute_docstrings=True):
    """The packages that E4S's environments name, and which name them."""

    schema_: Literal["peso.e4s-roots/1"] = Field(default="peso.e4s-roots/1", alias="schema")
    """What kind of file this is, and in which version."""
    environments: tuple[str, ...] = ()
    """The environments that were read."""
    packages: dict[str, tuple[str, ...]] = Field(default={})
    """Package to the environments that name it."""
    sources: dict[str, Source] = Field(default={})
    """The folder of the environments; each package's line in the first that names it."""


def read_roots(tree: Tree, seen: Seen) -> tuple[Entry, ...]:
    """Return the roots of all environments, or nothing where there is none."""
    packages: dict[str, list[str]] = {}
    environments: list[str] = []
    lines: dict[str, int] = {}
    for path, data in tree.below(FOLDER, f"/{FILE}"):
        root = read_data(path, data, seen)
        if root is None:
            continue
        name = path.removeprefix(f"{FOLDER}/").removesuffix(f"/{FILE}")
        environments.append(name)
        for package, line in _names(root, path, seen):
            packages.setdefault(package, []).append(name)
            lines.setdefault(package, line)
    if not environments:
        return ()
    roots = Roots(
        environments=tuple(environments),
        sources={seen.catalog: Source(file=FOLDER, lines=dict(sorted(lines.items())))},
        packages={one: tuple(dict.fromkeys(packages[one])) for one in sorted(packages)},
    )
    return (Entry(path="consortium/e4s-roots.yaml", record=roots),)


def _names(root: Mapping, path: str, seen: Seen) -> list[tuple[str, int]]:
    top = root.get("spack")
    pair = top.value.get("specs") if top and isinstance(top.value, Mapping) else None
    names: list[tuple[str, int]] = []
    for item in pair.value.items if pair and isinstance(pair.value, List) else ():
        found = _NAME.match(item.text) if isinstance(item, Scalar) else None
        if found is None:
            seen.no("wrong-shape", path, item.line, "a root that starts with no package's name")
        else:
            names.append((found.group(), item.line))
    return names
