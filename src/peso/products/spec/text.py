"""A spec as a text, in its one canonical form: reading it again gives the same spec.

1. Order: name, @versions, switches, `name=value` variants, flags, place to run, hash; then direct
   dependencies (`%`), then the others (`^`), each followed by its own direct ones.
2. A value is quoted only where it must be.
3. What the edge says is in `[...]`, except virtuals of a named package (`%c,cxx=gcc`).

A quoted value that ends with a backslash, and a condition that ends with a quote or has a comma,
cannot be written in Spack's grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from peso.products.spec.spec import Edge, Flag, Spec, Variant

_BARE = re.compile(r"[A-Za-z0-9_+*.,:=%^~/\\-]+").fullmatch
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*").fullmatch
_DOTTED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*").fullmatch


def format_spec(spec: Spec) -> str:
    """Print a spec in its canonical form; an empty one is empty."""
    return " ".join(filter(None, (_node(spec), *_edges(spec))))


def _edges(spec: Spec) -> Iterator[str]:
    for edge in spec.edges:
        if edge.direct:
            yield from _edge(edge)
    for edge in spec.edges:
        if not edge.direct:
            yield from _edge(edge)


def _edge(edge: Edge) -> Iterator[str]:
    sigil = "^" if not edge.direct else "%%" if edge.propagate else "%"
    node = _node(edge.spec) if edge.spec.name else f"* {_node(edge.spec)}".rstrip()
    said = []
    if edge.when is not None:
        said.append(f"when={_always_quoted(format_spec(edge.when))}")
    if edge.types:
        said.append(f"deptypes={','.join(edge.types)}")
    if edge.virtuals:
        if edge.spec.name and all(_ID(virtual) for virtual in edge.virtuals):
            node = f"{','.join(edge.virtuals)}={node}"
        else:
            said.append(f"virtuals={_quoted(','.join(edge.virtuals))}")
    yield f"{sigil}[{' '.join(said)}] {node}" if said else f"{sigil}{node}"
    yield from _edges(edge.spec)


def _node(spec: Spec) -> str:
    namespace = spec.namespace
    inside = bool(namespace and spec.name and _DOTTED(namespace))
    text = f"{namespace}.{spec.name}" if inside else spec.name
    if not spec.versions.any:
        text += f"@{spec.versions}"
    parts = [text + "".join(_switch(one) for one in spec.variants if isinstance(one.value, bool))]
    parts += (_assignment(one) for one in spec.variants if not isinstance(one.value, bool))
    parts += _flags(spec.flags)
    if namespace and not inside:
        parts.append(f"namespace={_quoted(namespace)}")
    arch = (("platform", spec.arch.platform), ("os", spec.arch.os), ("target", spec.arch.target))
    parts += (f"{name}={_quoted(value)}" for name, value in arch if value)
    if spec.hash and parts == [spec.name]:
        return f"{spec.name}/{spec.hash}"
    if spec.hash:
        parts.append(f"/{spec.hash}")
    return " ".join(filter(None, parts))


def _switch(variant: Variant) -> str:
    sigil = "+" if variant.value else "~"
    return f"{sigil * 2 if variant.propagate else sigil}{variant.name}"


def _assignment(variant: Variant) -> str:
    sign = f"{':' if variant.exact else ''}{'==' if variant.propagate else '='}"
    values = variant.value if isinstance(variant.value, tuple) else ()
    return f"{variant.name}{sign}{_quoted(','.join(values)) if values else '*'}"


def _flags(flags: tuple[Flag, ...]) -> Iterator[str]:
    """Print flags in their order; what follows each other and is alike goes in one value."""
    run: list[Flag] = []
    for flag in flags:
        alike = run and (flag.kind, flag.propagate) == (run[-1].kind, run[-1].propagate)
        if run and not (alike and flag.text.startswith("-")):
            yield _flag_run(run)
            run = []
        run.append(flag)
    if run:
        yield _flag_run(run)


def _flag_run(run: list[Flag]) -> str:
    sign = "==" if run[0].propagate else "="
    return f"{run[0].kind}{sign}{_quoted(' '.join(flag.text for flag in run))}"


def _quoted(value: str) -> str:
    """Quote a value where it must be, so that it is read as it is."""
    return value if _BARE(value) else _always_quoted(value)


def _always_quoted(value: str) -> str:
    if "\n" in value:
        return value  # such a value has kept its quotes
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    escaped = value.replace("'", "\\'")
    return f"'{escaped}'"
