"""Patched: which vulnerabilities a recipe says a patch of it mends, and where it says so.

1. A patch names a vulnerability in its own file name or address. Only where it names none, the
   nearest comment above it that names one counts, as long as no empty line and nothing but other
   patches is between: people write one comment above several patches.
2. Only `CVE-…` ids count; recipes write them in many forms (`cve-2014-8139`, `CVE_2014_8139`).
3. Whether the patch was applied is for the lock: it names the sha256 of every patch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from peso.base.digest import sha256_bytes
from peso.products.recipes.record import Patch, Recipe

_CVE = re.compile(r"CVE[-_ ]?(\d{4})[-_ ](\d{4,7})", re.IGNORECASE)

Beside = Callable[[Recipe, str], bytes | None]
"""Gives the bytes of the recipe's file (no name), or of a file beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A patch that says which vulnerabilities it mends."""

    ids: tuple[str, ...]
    digests: frozenset[str]
    """The sha256 by which a lock may name it."""
    where: str
    """The recipe's file and line."""
    said: str
    """What says so, as written."""


def mended(recipe: Recipe, beside: Beside) -> tuple[Mended, ...]:
    """Return the patches in a recipe's own file that name a vulnerability."""
    lines = _lines(recipe, beside)
    spans = _spans("\n".join(lines))
    return tuple(_mended(recipe, lines, spans, beside))


def _mended(
    recipe: Recipe, lines: Sequence[str], spans: dict[int, int], beside: Beside
) -> Iterator[Mended]:
    starts = {line for first, last in spans.items() for line in range(first, last + 1)}
    for patch in recipe.patches:
        if patch.file:
            continue  # it is written for every recipe of a kind
        ids, said, line = ids_in(patch.source), patch.source, patch.line
        if not ids:
            ids, said, line = _above(lines, patch.line, starts)
        if ids:
            yield Mended(
                ids=ids,
                digests=_digests(recipe, patch, beside),
                where=f"{recipe.path}:{line}",
                said=said,
            )


def ids_in(text: str) -> tuple[str, ...]:
    """Return the CVE ids in a text, in their usual form."""
    return tuple(dict.fromkeys(f"CVE-{year}-{number}" for year, number in _CVE.findall(text)))


def _lines(recipe: Recipe, beside: Beside) -> list[str]:
    data = beside(recipe, "")
    return [] if data is None else data.decode("utf-8", "replace").split("\n")


def _spans(text: str) -> dict[int, int]:
    """Return the first and last line of each call of `patch`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return {
        node.lineno: node.end_lineno or node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "patch"
    }


def _above(
    lines: Sequence[str], line: int, of_patches: set[int]
) -> tuple[tuple[str, ...], str, int]:
    """Return the ids, text and line of the nearest comment above a patch that names any."""
    for number in range(line - 1, 0, -1):
        text = lines[number - 1].strip() if number <= len(lines) else ""
        if text.startswith("#"):
            if ids := ids_in(text):
                return ids, text.lstrip("# "), number
        elif number not in of_patches:
            break
    return (), "", line


def _digests(recipe: Recipe, patch: Patch, beside: Beside) -> frozenset[str]:
    if patch.sha256 or "://" in patch.source:
        return frozenset({patch.sha256} - {""})
    data = beside(recipe, patch.source)
    return frozenset() if data is None else frozenset({sha256_bytes(data)})
