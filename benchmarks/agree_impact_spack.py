"""Spack's half of `agree_impact.py`; run by `spack python`, never by PESO.

Reads package names as JSON on standard input. Prints, as JSON, for each those that may depend on
it, directly or not, by Spack's own classes: every recipe is loaded, and a virtual package is
expanded to its providers. Nothing is concretized.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections import defaultdict
from typing import Any


def reverse() -> dict[str, set[str]]:
    """Return for each package those that name it, or a virtual package it provides."""
    path: Any = importlib.import_module("spack.repo").PATH
    found: dict[str, set[str]] = defaultdict(set)
    providers: dict[str, list[str]] = {}
    for recipe in path.all_package_classes():
        for several in recipe.dependencies.values():
            for name in several:
                if path.is_virtual(name):
                    if name not in providers:
                        providers[name] = [one.name for one in path.providers_for(name)]
                    for provider in providers[name]:
                        found[provider].add(recipe.name)
                else:
                    found[name].add(recipe.name)
    return found


def all_of(name: str, dependents: dict[str, set[str]]) -> list[str]:
    """Return all that depends on a package, directly or not."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for one in dependents.get(waiting.pop(), ()):
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return sorted(seen - {name})


def main() -> None:
    """Answer for the names on standard input."""
    dependents = reverse()
    answers = {
        name: {"direct": sorted(dependents.get(name, ())), "all": all_of(name, dependents)}
        for name in json.load(sys.stdin)
    }
    json.dump(answers, sys.stdout)


main()
