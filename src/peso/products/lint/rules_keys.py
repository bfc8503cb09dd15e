"""Rules of keys and kinds of values: what Spack's schemas refuse or pass over."""

from __future__ import annotations

from collections.abc import Container, Iterator

from peso.base.yaml_nodes import Entry, Kind, Mapping, Node, Scalar, Sequence
from peso.products.environments.texts import as_spack, get
from peso.products.lint.case import Case, nearest
from peso.products.lint.record import Severity, Sighting
from peso.products.lint.rule import ERROR, Rule
from peso.products.lint.shapes import INCLUDED, SPACK, Shape

Keys = Container[str]
_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})


def unknown_key(case: Case) -> Iterator[Sighting]:
    """Yield keys that no section of Spack has."""
    for node, shape, path in _tops(case):
        for entry, above, where in _entries(node, shape, path):
            known = above.keys or {}
            name = as_spack(entry.key)
            if name in known or above.rest is not None or _marked(name, known):
                continue
            severity = None if above.closed else Severity.WARNING
            refused = "Spack refuses it" if above.closed else "Spack passes over it"
            yield Sighting(
                place=entry.key.place,
                message=f"unknown key {name!r} in {where}; {refused}",
                hint=nearest(name, known) or f"{where} has {', '.join(sorted(known)[:12])}",
                severity=severity,
            )


def wrong_kind(case: Case) -> Iterator[Sighting]:
    """Yield values of another kind than Spack takes: text for a boolean, a mapping for a list."""
    for node, shape, path in _tops(case):
        for one, wanted, where in _values(node, shape, path):
            if wanted.anything or _is(one, wanted):
                continue
            yield Sighting(
                place=one.place,
                message=f"{where} is {_given(one)}; Spack wants {_said(wanted)}",
                hint=_rewritten(one, wanted),
            )


def unknown_word(case: Case) -> Iterator[Sighting]:
    """Yield texts that are none of the words a key takes."""
    for node, shape, path in _tops(case):
        for one, wanted, where in _values(node, shape, path):
            if not (wanted.words and isinstance(one, Scalar) and one.kind is Kind.TEXT):
                continue
            if as_spack(one) not in wanted.words:
                yield Sighting(
                    place=one.place,
                    message=f"{where} is {one.text!r}; Spack wants {_said(wanted)}",
                    hint=nearest(one.text, wanted.words),
                )


def _tops(case: Case) -> Iterator[tuple[Node, Shape, str]]:
    for source in case.environment.sources:
        root = source.document.root
        if not isinstance(root, Mapping):
            continue  # it is no environment; another rule says so
        if source.depth == 0:
            under = get(root, "spack")
            node = under if under is not None else get(root, "env")
            yield node if node is not None else root, SPACK, "spack"
        else:
            yield root, INCLUDED, source.file.rpartition("/")[2]


def _marked(name: str, known: Keys) -> bool:
    """Say whether it is a known key with the sign of a group's override (`key+`, `key-`)."""
    return name[-1:] in {"+", "-"} and name[:-1] in known


def _entries(node: Node, shape: Shape, path: str) -> Iterator[tuple[Entry, Shape, str]]:
    """Yield each key of a tree with the shape of its mapping, and that mapping's name."""
    for one, wanted, where in _values(node, shape, path):
        if isinstance(one, Mapping) and wanted.keys is not None and not wanted.anything:
            for entry in one.entries:
                if not entry.merged:
                    yield entry, wanted, where


def _values(node: Node, shape: Shape, path: str) -> Iterator[tuple[Node, Shape, str]]:
    """Yield each value whose shape is known, from the top down."""
    todo = [(node, shape, path)]
    while todo:
        one, wanted, where = todo.pop()
        yield one, wanted, where
        if isinstance(one, Mapping) and wanted.keys is not None:
            below = []
            for entry in one.entries:
                name = as_spack(entry.key)
                found = wanted.keys.get(name) or wanted.keys.get(name[:-1]) or wanted.rest
                if found is not None:
                    below.append((entry.value, found, name))
            todo += reversed(below)
        elif isinstance(one, Sequence) and wanted.items is not None:
            todo += ((item, wanted.items, where) for item in reversed(one.items))


def _is(node: Node, wanted: Shape) -> bool:
    if isinstance(node, Mapping):
        return wanted.keys is not None
    if isinstance(node, Sequence):
        return wanted.items is not None
    if node.kind is Kind.NOTHING or node.kind is Kind.DATE:
        return True  # Spack takes an empty section for none
    if node.kind is Kind.TRUTH:
        return wanted.truth
    if node.kind in _NUMBERS:
        return wanted.number
    return wanted.text


def _given(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.kind is Kind.TEXT:
        return f"the text {node.text[:40]!r}"
    return f"the {node.kind} {node.text}"


def _said(wanted: Shape) -> str:
    kinds = (
        ("true or false", wanted.truth),
        ("a number", wanted.number),
        (" or ".join(map(repr, wanted.words)) or "text", wanted.text),
        ("a list", wanted.items is not None),
        ("a mapping", wanted.keys is not None),
    )
    return " or ".join(word for word, there in kinds if there) or "nothing"


def _rewritten(node: Node, wanted: Shape) -> str:
    if isinstance(node, Scalar):
        if wanted.text and node.kind is not Kind.TEXT:
            return f'write it in quotes: "{node.text}"'
        if wanted.items is not None and not wanted.text:
            return f"write it as a list: [{node.text}]"
        if wanted.truth and node.text.lower() in {"yes", "no", "on", "off"}:
            return f"write {'true' if node.text.lower() in {'yes', 'on'} else 'false'}"
    return ""


RULES: tuple[Rule[Case], ...] = (
    Rule(
        id="unknown-key",
        severity=ERROR,
        see=unknown_key,
        what="A key that Spack does not know in this section.",
        why="Spack refuses the file, or passes over the key without a word (then a warning).",
        fix="Correct its name, or move it to the section it belongs to.",
        bad="packages: {all: {requires: [target=x86_64_v3]}}",
        good="packages: {all: {require: [target=x86_64_v3]}}",
    ),
    Rule(
        id="wrong-kind",
        severity=ERROR,
        see=wrong_kind,
        what="A value of another kind than the key takes.",
        why="Spack refuses the file.",
        fix="Write it in the kind the message names.",
        bad="packages: {zlib: {buildable: 'no'}}",
        good="packages: {zlib: {buildable: false}}",
    ),
    Rule(
        id="unknown-word",
        severity=ERROR,
        see=unknown_word,
        what="A text where only a few words are known.",
        why="Spack refuses the file.",
        fix="Write one of the words.",
        bad="concretizer: {unify: when-possible}",
        good="concretizer: {unify: when_possible}",
    ),
)
