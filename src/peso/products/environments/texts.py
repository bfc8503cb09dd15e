"""Text of an environment's file as Spack reads it. Knows Spack's `::`, and no key's meaning.

1. A text that ends in `:` and holds no `@` loses that colon: Spack takes it for the mark of a key
   that replaces what files of lower precedence say (`packages::`), in values as well.
2. Two keys that differ by that colon only are one key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from peso.base.yaml_nodes import Entry, Kind, Mapping, Node, Scalar, Sequence, Trouble
from peso.products.environments.record import Text

Tell = Callable[[Trouble], None]
"""Takes a trouble."""


def as_spack(scalar: Scalar) -> str:
    """Return a scalar's text as Spack's YAML gives it."""
    text = scalar.text
    if text.endswith(":") and "@" not in text and scalar.kind is Kind.TEXT:
        return text[:-1]
    return text


def overrides(key: Scalar) -> bool:
    """Say whether a key replaces what files of lower precedence say (`key::`)."""
    return as_spack(key) != key.text


def text_of(node: Node | None) -> Text | None:
    """Return a node as text; None where it is a list, a mapping or nothing."""
    if isinstance(node, Scalar) and node.kind is not Kind.NOTHING:
        return Text(as_spack(node), node)
    return None


def texts_of(node: Node | None) -> tuple[Text, ...]:
    """Return the texts of a list, or of a single text; what is no text is left out."""
    if isinstance(node, Sequence):
        found = (text_of(item) for item in node.items)
        return tuple(text for text in found if text is not None)
    text = text_of(node)
    return () if text is None else (text,)


def get(node: Node | None, key: str) -> Node | None:
    """Return the value of a key of a mapping, also where it is written `key::`."""
    entry = entry_of(node, key)
    return entry.value if entry else None


def entry_of(node: Node | None, key: str) -> Entry | None:
    """Return the entry of a key of a mapping, also where it is written `key::`."""
    if not isinstance(node, Mapping):
        return None
    return node.entry(key) or node.entry(f"{key}:")


def named(node: Node | None) -> Iterator[tuple[Text, Node]]:
    """Return the keys of a mapping as Spack names them, with their values."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield Text(as_spack(entry.key), entry.key), entry.value


def is_true(node: Node | None) -> bool:
    """Say whether a node is the boolean true."""
    return isinstance(node, Scalar) and node.truth is True
