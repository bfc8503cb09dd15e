"""Proposals: what could be an entry, and why; for a person to review. Nothing is applied.

1. A recipe and a name are joined where they have the same address: the recipe's `git`, its
   homepage, or where its archives are; never by their names, and never by a patch or a resource.
2. What the table has already, or refuses in `never`, is not proposed again.
3. An address that many recipes or many names have proves little; this is said as a doubt.
4. What is written out is no valid entry until a person fills in who reviewed it, and when.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from peso.base.finding import Unknown
from peso.products.recipes.record import Recipe
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.keys import CPE, OSS_FUZZ, SubjectKey
from peso.services.assurance.identity.known import Claimed, page_on_pypi
from peso.services.assurance.identity.recipe_view import Shown, index_name, shown, tagged
from peso.services.assurance.identity.schemes import DEFAULT
from peso.services.assurance.identity.table import Identity

_MANY: Final = 3
_VERSION: Final = re.compile(r"\d+(?:\.\d+)*")
_PLAIN: Final = re.compile(r"[A-Za-z][\w./:-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A name that may be this package's."""

    key: str
    """Space and name: `CPE openssl:openssl`."""
    why: str
    """Which address of the recipe it has in common with which list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is proposed for one package."""

    name: str
    reviewed: bool
    """Whether the table has an entry for it already, to which this would be added."""
    upstream: str
    """As the recipe's `git` says, or the repository its archives are from; empty: not shown."""
    pypi: str
    tags: tuple[str, ...]
    proposed: tuple[Proposed, ...]
    doubts: tuple[str, ...]


def candidates(
    recipes: Iterable[Recipe], identity: Identity, claims: Iterable[Claimed]
) -> tuple[Candidate, ...]:
    """Return what is proposed for each recipe for which something is."""
    by_address: dict[str, list[Claimed]] = {}
    for one in claims:
        by_address.setdefault(one.address, []).append(one)
    seen = [(one, shown(one)) for one in recipes]
    users: dict[str, int] = {}
    for _, addresses in seen:
        for place in addresses:
            users[place.name] = users.get(place.name, 0) + 1
    made = (_candidate(one, places, identity, by_address, users) for one, places in seen)
    return tuple(one for one in made if one is not None)


def _candidate(
    recipe: Recipe,
    places: tuple[Shown, ...],
    identity: Identity,
    by_address: Mapping[str, list[Claimed]],
    users: Mapping[str, int],
) -> Candidate | None:
    entry = identity.of(recipe.name)
    old = None if isinstance(entry, Unknown) else entry
    known = _known(old)
    found: dict[SubjectKey, Proposed] = {}
    doubts: list[str] = []
    for address, by in _addresses(recipe, places):
        for claim in by_address.get(address, ()):
            if str(claim.key) not in known and claim.key not in found:
                why = f"{address} is its recipe's {by}, and {claim.source} gives it for this name"
                found[claim.key] = Proposed(key=str(claim.key), why=why)
        if by_address.get(address) and users.get(address, 0) > _MANY:
            doubts.append(f"{users[address]} recipes have {address}")
    products = sum(key.space == CPE for key in found)
    if products > 1:
        doubts.append(f"{products} products of CPE: not all of them need be this package")
    if not found and (old is not None or by_address):
        return None
    return Candidate(
        name=recipe.name,
        reviewed=old is not None,
        upstream="" if old else _upstream(recipe, places),
        pypi="" if old else index_name(recipe),
        tags=() if old else _patterns(recipe),
        proposed=tuple(found.values()),
        doubts=tuple(doubts),
    )


def _known(entry: Entry | None) -> frozenset[str]:
    if entry is None:
        return frozenset()
    return frozenset({*map(str, entry.keys), *(one.name for one in entry.never)})


def _addresses(recipe: Recipe, places: tuple[Shown, ...]) -> Iterator[tuple[str, str]]:
    for one in places:
        yield one.name, one.by
    if name := index_name(recipe):
        yield page_on_pypi(name), "url on PyPI"


def _upstream(recipe: Recipe, places: tuple[Shown, ...]) -> str:
    if recipe.git:
        return recipe.git.removesuffix(".git").rstrip("/")
    return next((f"https://{one.name}" for one in places if one.repository), "")


def _patterns(recipe: Recipe) -> tuple[str, ...]:
    """Return a pattern for each way in which the recipe shows its versions as tags."""
    found: dict[str, int] = {}
    for one in tagged(recipe):
        for separator in "._-":
            written = one.version.replace(".", separator)
            if _VERSION.fullmatch(one.version) and one.tag.count(written) == 1:
                pattern = one.tag.replace(written, _fields(one.version, separator))
                found[pattern] = found.get(pattern, 0) + 1
                break
    return tuple(sorted(found, key=lambda one: -found[one])[:_MANY])


def _fields(version: str, separator: str) -> str:
    if separator == ".":
        return "{version}"
    names = ("major", "minor", "patch", "tweak")[: version.count(".") + 1]
    return separator.join(f"{{{one}}}" for one in names)


def as_yaml(found: Iterable[Candidate]) -> str:
    """Write candidates as they would stand in the table, with why in comments.

    It is no valid table: who reviewed an entry, and when, is left for the person who does.
    """
    some = tuple(found)
    lines = [
        "# Candidates for the table of identities; nobody has reviewed them. Keep what you have",
        "# seen to be true, drop the rest, say what you looked at; fill in `reviewed` and `by`.",
        "schema: peso.identity/1",
        "entries:" if some else "entries: {}",
    ]
    for one in some:
        lines.extend(_entry_lines(one))
    return "\n".join(lines) + "\n"


def _entry_lines(one: Candidate) -> Iterator[str]:
    yield f"  {one.name}:" + ("  # has an entry: add to it" if one.reviewed else "")
    yield from (f"    # doubt: {_on_one_line(doubt)}" for doubt in one.doubts)
    if one.upstream:
        yield f"    upstream: {_text(one.upstream)}"
    cpe, osv, fuzz = _by_field(one.proposed)
    if cpe:
        yield "    cpe:"
        yield from (f"      - {_text(key)}  # {_on_one_line(why)}" for key, why in cpe)
    if one.pypi:
        yield f"    pypi: {_text(one.pypi)}  # its recipe's `pypi`"
    if osv:
        yield "    osv:"
        for space in dict.fromkeys(space for space, _, _ in osv):
            yield f"      {_text(space)}:"
            of_space = [(name, why) for other, name, why in osv if other == space]
            yield from (f"        - {_text(name)}  # {_on_one_line(why)}" for name, why in of_space)
    for number, (name, why) in enumerate(fuzz):
        mark = "# or " if number else ""  # an entry has one
        yield f"    {mark}oss_fuzz: {_text(name)}  # {_on_one_line(why)}"
    if not one.reviewed:
        yield f"    scheme: {DEFAULT}"
    if one.tags:
        yield f"    tags: [{', '.join(json.dumps(tag) for tag in one.tags)}]"
    yield "    evidence: [recipe]"


def _by_field(
    proposed: Iterable[Proposed],
) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]], list[tuple[str, str]]]:
    cpe: list[tuple[str, str]] = []
    osv: list[tuple[str, str, str]] = []
    fuzz: list[tuple[str, str]] = []
    for one in proposed:
        space, _, name = one.key.partition(" ")
        if space == CPE:
            cpe.append((name, one.why))
        elif space == OSS_FUZZ:
            fuzz.append((name, one.why))
        else:
            osv.append((space, name, one.why))
    return cpe, osv, fuzz


def _text(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
