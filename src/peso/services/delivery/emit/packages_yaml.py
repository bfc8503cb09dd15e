"""Externals as the text of a `packages.yaml`. Pure: records in, text out.

1. Values are quoted by the library that writes YAML; comments hold one line each, with nothing in
   them that could end it.
2. Equal externals give equal text: no date, no place but those of the units.
3. Entries of one package stand together; what an entry cannot say stands above it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

import yaml

from peso.services.delivery.emit.externals import NOT_EXPRESSED, Entry, Externals
from peso.services.delivery.emit.installed import Installation

_WIDE: Final = 1 << 16
"""No line is folded."""


class _Plain(yaml.CSafeDumper):
    """Writes a value out wherever it stands."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - the library's own
        """Never write a reference in place of a value."""
        return True


def packages_yaml(externals: Externals, installation: Installation) -> str:
    """Return the text, without the line that says whose file it is."""
    lines = [*_head(externals, installation), "packages:"]
    for virtual in sorted(set(externals.not_buildable) - {one.name for one in externals.entries}):
        lines += _indented({virtual: {"buildable": False}})
    if externals.providers:
        providers = {virtual: list(names) for virtual, names in externals.providers}
        lines += _indented({"all": {"providers": providers}})
    for name, group in groupby(externals.entries, key=lambda one: one.name):
        lines += _package(name, tuple(group), buildable=name not in externals.not_buildable)
    return "\n".join(lines) + "\n"


def _head(externals: Externals, installation: Installation) -> Iterator[str]:
    origin = installation.origin
    if origin:
        yield _comment(f"Release {origin.label}: {origin.title}")
        yield _comment(f"signed manifest sha256 {origin.manifest}")
    yield _comment(f"installed in {installation.where}")
    yield _comment("For Spack 1.1 or newer: include it in an environment, or lay it in a scope.")
    unsaid = sum(one.rule == NOT_EXPRESSED for one in externals.findings)
    if unsaid:
        yield _comment(f"low: {unsaid} things cannot be said of units: 'not said' above each")
    for one in externals.findings:
        if one.rule == NOT_EXPRESSED:
            continue
        hint = f" ({one.hint})" if one.hint else ""
        yield _comment(f"{one.level}: {one.subject}: {one.message}{hint}")


def _package(name: str, entries: tuple[Entry, ...], *, buildable: bool) -> Iterator[str]:
    for entry in entries:
        yield from (f"  {_comment(line)}" for line in entry.said)
    said: dict[str, Any] = {"externals": [_entry(one) for one in entries]}
    if not buildable:
        said["buildable"] = False
    yield from _indented({name: said})


def _entry(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = {"spec": entry.spec, "prefix": entry.prefix, "id": entry.id}
    if entry.modules:
        said["modules"] = list(entry.modules)
    if entry.attributes:
        said["extra_attributes"] = json.loads(entry.attributes)
    if entry.dependencies:
        said["dependencies"] = [
            {
                "id": one.id,
                "deptypes": list(one.types),
                **({"virtuals": ",".join(one.virtuals)} if one.virtuals else {}),
            }
            for one in entry.dependencies
        ]
    return said


def _indented(said: Mapping[str, Any]) -> list[str]:
    text = yaml.dump(dict(said), Dumper=_Plain, sort_keys=False, width=_WIDE, allow_unicode=True)
    return [f"  {line}" for line in text.rstrip("\n").split("\n")]


def _comment(text: str) -> str:
    return f"# {''.join(one if one.isprintable() else ' ' for one in text)}".rstrip()
