"""Answers of a real Spack to questions about specs, for `agree_spec.py`.

Runs inside Spack (`spack python spack_answers.py QUESTIONS ANSWERS`), so it uses Spack's modules
and nothing of PESO. An answer is a value, or `{"error": KIND}` where Spack raises. Git references
are not looked up: this would clone repositories.
"""

# ruff: noqa: ANN401 - answers are JSON

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

KINDS = ("build", "link", "run", "test")
BITS = {"link": 1, "run": 2, "build": 4, "test": 8}

specs = importlib.import_module("spack.spec")
parser = importlib.import_module("spack.spec_parser")
versions = importlib.import_module("spack.version")
specs.Spec.attach_git_version_lookup = lambda _self: None


def main() -> int:
    questions, answers = map(Path, sys.argv[1:])
    asked = json.loads(questions.read_text())
    said = {
        "parse": [answer(lambda t=text: parse(t)) for text in asked["parse"]],
        "pairs": [pair(one, other) for one, other in asked["pairs"]],
        "versions": [answer(lambda a=a, b=b: order(a, b)) for a, b in asked["versions"]],
        "ranges": [answer(lambda a=a, b=b: ranges(a, b)) for a, b in asked["ranges"]],
    }
    answers.write_text(json.dumps(said))
    return 0


def answer(question: Callable[..., Any]) -> Any:
    try:
        return question()
    except Exception as error:  # noqa: BLE001 - whatever Spack raises is its answer
        return {"error": type(error).__name__}


def parse(text: str) -> Any:
    reader = parser.SpecParser(text)
    found = []
    while (start := reader.ctx.next_token) is not None:
        found.append(node(reader.next_spec()))
        if reader.ctx.next_token is start:  # at a stray `]` Spack itself never comes to an end
            raise RuntimeError("no progress")
    return found


def pair(one: str, other: str) -> Any:
    try:
        left, right = specs.Spec(one), specs.Spec(other)
    except Exception as error:  # noqa: BLE001
        return {"error": type(error).__name__}
    return {
        "satisfies": answer(lambda: bool(left.satisfies(right))),
        "intersects": answer(lambda: bool(left.intersects(right))),
        "constrain": answer(lambda: node(left.constrained(right))),
        "satisfies without recipes": answer(lambda: bool(symbolic(left._satisfies, right))),  # noqa: SLF001
        "intersects without recipes": answer(lambda: bool(symbolic(left._intersects, right))),  # noqa: SLF001
        "constrain without recipes": answer(lambda: constrained(left, right)),
    }


def symbolic(question: Callable[..., Any], other: Any) -> Any:
    """Ask without knowledge of who provides what."""
    return question(other, resolve_virtuals=False)


def constrained(one: Any, other: Any) -> Any:
    both = one.copy()
    symbolic(both._constrain, other)  # noqa: SLF001
    return node(both)


def order(one: str, other: str) -> int:
    left, right = versions.Version(one), versions.Version(other)
    if left == right:
        return 0
    return -1 if left < right else 1


def ranges(one: str, other: str) -> Any:
    left, right = versions.VersionList(one), versions.VersionList(other)
    return {
        "satisfies": left.satisfies(right),
        "intersects": left.intersects(right),
        "intersection": version_text(left.intersection(right)),
        "union": version_text(left.union(right)),
    }


def version_text(many: Any) -> str:
    return ",".join(one_version(item) for item in many)


def one_version(item: Any) -> str:
    if isinstance(item, versions.GitVersion):
        ref = f"git.{item.ref}" if item.has_git_prefix else str(item.ref)
        return ref if item.std_version is None else f"{ref}={item.std_version}"
    return f"={item}" if isinstance(item, versions.StandardVersion) else str(item)


def node(spec: Any) -> Any:
    arch = spec.architecture
    return {
        "name": spec.name or "",
        "namespace": spec.namespace or "",
        "versions": version_text(spec.versions),
        "variants": [variant(spec.variants[name]) for name in sorted(spec.variants)],
        "flags": [
            [kind, str(flag), flag.propagate]
            for kind in sorted(spec.compiler_flags)
            for flag in spec.compiler_flags[kind]
        ],
        "arch": [str(part or "") for part in (arch.platform, arch.os, arch.target)]
        if arch is not None
        else ["", "", ""],
        "hash": spec.abstract_hash or "",
        "edges": [edge(one) for one in spec.edges_to_dependencies()],
    }


def variant(one: Any) -> Any:
    value = one.value if isinstance(one.value, bool) else [str(value) for value in one.values]
    return [one.name, value, one.propagate, one.concrete]


def edge(one: Any) -> Any:
    return {
        "node": node(one.spec),
        "direct": one.direct,
        "types": [kind for kind in KINDS if one.depflag & BITS[kind]],
        "virtuals": list(one.virtuals),
        "propagate": one.propagation != specs.PropagationPolicy.NONE,
        "when": None if one.when == specs.Spec() else node(one.when),
    }


if __name__ == "__main__":
    sys.exit(main())
