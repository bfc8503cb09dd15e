"""Merge what files of different precedence say, as Spack does; each value keeps its place.

1. Mappings are merged key by key, the higher file's keys first; `key::` replaces instead.
2. Of two lists the higher file's items come first, then those of the lower that it does not have.
3. Anything else, and nothing (`key:` without a value), replaces what was there.
4. In a group's `override`, a key that ends in `+` or `-` joins text before or behind.
"""

from __future__ import annotations

from peso.base.yaml_nodes import Entry, Kind, Mapping, Node, Scalar, Sequence
from peso.products.environments.texts import as_spack, overrides

Shape = tuple[object, ...]


def merged(lower: Node | None, higher: Node, *, behind: bool = False) -> Node:
    """Return what two files say together."""
    if isinstance(lower, Mapping) and isinstance(higher, Mapping):
        return _mappings(lower, higher)
    if isinstance(lower, Sequence) and isinstance(higher, Sequence):
        seen = {shape(item) for item in higher.items}
        rest = tuple(item for item in lower.items if shape(item) not in seen)
        items = rest + higher.items if behind else higher.items + rest
        size = 1 + sum(item.size for item in items)
        height = 1 + max((item.height for item in items), default=-1)
        return Sequence(items, higher.place, size, height)
    return higher


def _mappings(lower: Mapping, higher: Mapping) -> Mapping:
    below = {as_spack(entry.key): entry for entry in lower.entries}
    entries: list[Entry] = []
    for entry in higher.entries:
        before = below.pop(as_spack(entry.key), None)
        if before is None or overrides(entry.key):
            entries.append(entry)
        else:
            entries.append(Entry(entry.key, merged(before.value, entry.value), entry.merged))
    entries += below.values()
    size = 1 + sum(1 + entry.value.size for entry in entries)
    height = 1 + max((entry.value.height for entry in entries), default=-1)
    return Mapping(tuple(entries), higher.place, size, height)


def overlaid(lower: Mapping, override: Mapping) -> Mapping:
    """Return sections with a group's `override` on top, where keys may end in `:`, `+` or `-`."""
    below = {as_spack(entry.key): entry for entry in lower.entries}
    entries: list[Entry] = []
    for entry in override.entries:
        name, mode = _mode(entry.key)
        before = below.pop(name, None)
        key = entry.key if not mode else Scalar(name, entry.key.kind, "", entry.key.place)
        value = entry.value
        if before is not None and mode != ":":
            value = _joined(before.value, value, mode)
        entries.append(Entry(key, value))
    return Mapping((*entries, *below.values()), override.place)


def _mode(key: Scalar) -> tuple[str, str]:
    if key.text and key.text[-1] in ":+-":
        return key.text[:-1], key.text[-1]
    return key.text, ""


def _joined(lower: Node, higher: Node, mode: str) -> Node:
    if isinstance(lower, Mapping) and isinstance(higher, Mapping):
        return overlaid(lower, higher)
    if mode and isinstance(lower, Scalar) and isinstance(higher, Scalar):
        text = higher.text + lower.text if mode == "+" else lower.text + higher.text
        return Scalar(text, Kind.TEXT, ">", higher.place)
    return merged(lower, higher, behind=mode == "-")


def shape(node: Node) -> Shape:
    """Return what two nodes that say the same have in common, wherever they stand."""
    if isinstance(node, Scalar):
        return (str(node.kind), as_spack(node) if node.kind is Kind.TEXT else node.text)
    if isinstance(node, Sequence):
        return ("list", *(shape(item) for item in node.items))
    pairs = ((as_spack(entry.key), shape(entry.value)) for entry in node.entries)
    return ("mapping", *sorted(pairs, key=lambda pair: pair[0]))
