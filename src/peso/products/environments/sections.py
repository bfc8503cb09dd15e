"""The smaller sections of an environment as records: repos, toolchains, views, mirrors, stated."""

from __future__ import annotations

from peso.base.yaml_nodes import Node, Scalar, Sequence
from peso.products.environments.record import (
    Definition,
    Mirror,
    Part,
    Repository,
    Stated,
    Toolchain,
    View,
)
from peso.products.environments.texts import get, named, text_of, texts_of


def read_repos(section: Node | None) -> tuple[Repository, ...]:
    """Return the repositories of recipes: named ones, or the legacy list of paths."""
    if isinstance(section, Sequence):
        paths = texts_of(section)
        return tuple(Repository(name=None, place=path.place, path=path) for path in paths)
    return tuple(
        Repository(
            name=name,
            place=name.place,
            path=text_of(node),
            git=text_of(get(node, "git")),
            branch=text_of(get(node, "branch")),
            commit=text_of(get(node, "commit")),
            tag=text_of(get(node, "tag")),
            paths=texts_of(get(node, "paths")),
            destination=text_of(get(node, "destination")),
        )
        for name, node in named(section)
    )


def read_toolchains(section: Node | None) -> tuple[Toolchain, ...]:
    """Return the toolchains: a spec, or a list of conditional ones."""
    found: list[Toolchain] = []
    for name, node in named(section):
        items = node.items if isinstance(node, Sequence) else (node,)
        parts = tuple(
            Part(spec=spec, when=text_of(get(item, "when")))
            for item in items
            if (spec := text_of(item) or text_of(get(item, "spec")))
        )
        found.append(Toolchain(name=name, place=name.place, parts=parts))
    return tuple(found)


def read_views(section: Node | None) -> tuple[View, ...]:
    """Return the views; none where the section is false, or missing (Spack makes its own)."""
    if isinstance(section, Scalar):
        if section.truth is False:
            return ()
        root = text_of(section) if section.truth is None else None
        return (View(name="default", place=section.place, root=root, node=section),)
    return tuple(
        View(
            name=name.value,
            place=name.place,
            root=text_of(node) or text_of(get(node, "root")),
            select=texts_of(get(node, "select")),
            exclude=texts_of(get(node, "exclude")),
            groups=texts_of(get(node, "group")),
            node=node,
        )
        for name, node in named(section)
    )


def read_mirrors(section: Node | None) -> tuple[Mirror, ...]:
    """Return the mirrors, with the URL that a mapping fetches from."""
    found: list[Mirror] = []
    for name, node in named(section):
        fetch = get(node, "fetch")
        url = text_of(node) or text_of(get(node, "url")) or text_of(fetch)
        url = url or text_of(get(fetch, "url"))
        found.append(Mirror(name=name, place=name.place, url=url, node=node))
    return tuple(found)


def read_stated(definitions: tuple[Definition, ...]) -> tuple[Stated, ...]:
    """Return what definitions with a leading `_` state; their entries are no specs of packages."""
    return tuple(
        Stated(name=definition.name, value=text)
        for definition in definitions
        if definition.name.value in {"_name", "_version"}
        for node in definition.entries
        if (text := text_of(node)) is not None
    )
