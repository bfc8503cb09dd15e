"""Contradictions: where the table's entries disagree with each other, or with the recipes.

Each is a finding with its rule, its place and what to do. What is right may be said in the entry
(`shared`, `also`, `never`), with its reason; nothing is passed over silently. The rules:

`identity-unknown-package`  no repository of recipes has a package of this name
`identity-shared`           two packages claim one name, and neither says why (`shared`)
`identity-upstream`         upstream is not the recipe's `git`, and `also` does not name that
`identity-pypi`             the PyPI name is not the recipe's, or the recipe shows none
`identity-namesake`         an ecosystem that no Spack recipe takes its source from
`identity-never`            a name is given that the entry says is another product's
`identity-scheme`           versions of the recipe that the scheme cannot read
`identity-tags`             a pattern that matches no tag, or gives a version the recipe has not
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from peso.base.finding import Finding, Level
from peso.products.recipes.record import Recipe, Unreadable
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.keys import (
    BITNAMI,
    CPE,
    GIT,
    OSS_FUZZ,
    PESO,
    PYPI,
    VENDOR,
    SubjectKey,
    ecosystem_key,
    git_name,
    key_of_purl,
    pypi_name,
)
from peso.services.assurance.identity.recipe_view import (
    Tagged,
    index_name,
    numbered,
    tagged,
)
from peso.services.assurance.identity.schemes import fits
from peso.services.assurance.identity.table import Identity
from peso.services.assurance.identity.tags import compiled

Find = Callable[[str], Recipe | Unreadable | None]
"""How a recipe is found by its package's name."""
Where = Callable[[str, str], str]
"""Where the table speaks of a field of an entry."""
_NATIVE: Final = frozenset({VENDOR, CPE, GIT, PESO, OSS_FUZZ, BITNAMI, PYPI})
_REGISTRIES: Final = {"npm": "registry.npmjs.org", "CRAN": "cran.r-project.org"}
_SOME = 4
_PART = re.compile(r"\d+|[a-z]+")
_PLAIN = re.compile(r"v?\d+(?:[._-]\d+)*(?:[a-z]{1,2}|p\d+)?")
"""A version that is no build or variant of its own (`4.1.1-fortran`)."""


def contradictions(
    identity: Identity, find: Find | None, *, where: Where | None = None
) -> tuple[Finding, ...]:
    """Return every contradiction in a table; without `find`, those with recipes are not looked for.

    Raises:
        BadInput: A tag pattern is none.
    """
    place = where or (lambda name, _field: f"{name}")
    found: list[Finding] = [*_shared(identity, place)]
    for entry in identity:
        found.extend(_never(entry, place))
        if find is not None:
            found.extend(_with_recipe(entry, find(entry.name), place))
    return tuple(found)


def _finding(rule: str, entry: Entry, where: str, message: str, hint: str) -> Finding:
    return Finding(
        rule=f"identity-{rule}",
        level=Level.HIGH,
        subject=entry.name,
        where=where,
        message=message,
        hint=hint,
    )


def _shared(identity: Identity, where: Where) -> Iterator[Finding]:
    claimed: dict[SubjectKey, list[Entry]] = {}
    for entry in identity:
        for key in entry.keys:
            claimed.setdefault(key, []).append(entry)
    told: set[tuple[str, str]] = set()
    for key, entries in claimed.items():
        for one, other in _unexplained(entries):
            if (one.name, other.name) not in told:
                told.add((one.name, other.name))
                message = f"{one.name} and {other.name} both claim {key}"
                hint = f"drop it from one; or say in `shared` of {one.name} why both have it"
                yield _finding("shared", one, where(one.name, _field_of(key)), message, hint)


def _unexplained(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    for number, one in enumerate(entries):
        for other in entries[number + 1 :]:
            explained = {pair.name for pair in one.shared} | {pair.name for pair in other.shared}
            if not {one.name, other.name} & explained:
                yield one, other


def _field_of(key: SubjectKey) -> str:
    fields = {GIT: "upstream", CPE: "cpe", PYPI: "pypi", VENDOR: "vendor", OSS_FUZZ: "oss_fuzz"}
    return fields.get(key.space, "osv")


def _claims(entry: Entry) -> Iterator[tuple[str, SubjectKey]]:
    """Yield every key that an entry's fields name, refused or not, with the field."""
    yield from (("cpe", SubjectKey(CPE, one)) for one in entry.cpe)
    if entry.pypi:
        yield "pypi", ecosystem_key(PYPI, entry.pypi)
    yield from (("osv", ecosystem_key(one.name, one.value)) for one in entry.osv)
    if entry.oss_fuzz:
        yield "oss_fuzz", SubjectKey(OSS_FUZZ, entry.oss_fuzz)
    if entry.vendor:
        yield "vendor", SubjectKey(VENDOR, entry.vendor)
    for one in (entry.upstream, *entry.also):
        if one:
            yield "upstream", SubjectKey(GIT, git_name(one))
    for purl in entry.more_purls:
        if (key := key_of_purl(purl)) is not None:
            yield "purls", key


def _never(entry: Entry, where: Where) -> Iterator[Finding]:
    refused = {one.name: one.value for one in entry.never}
    for field, key in _claims(entry):
        if str(key) in refused:
            message = f"{key} is claimed, and said in `never` to be another's: {refused[str(key)]}"
            yield _finding("never", entry, where(entry.name, field), message, "drop one of the two")


def _with_recipe(
    entry: Entry, recipe: Recipe | Unreadable | None, where: Where
) -> Iterator[Finding]:
    if recipe is None:
        hint = "check the name: `peso catalog search`"
        message = f"no recipe is named {entry.name}"
        yield _finding("unknown-package", entry, where(entry.name, ""), message, hint)
        return
    if isinstance(recipe, Unreadable):
        message = f"its recipe cannot be read, so nothing was compared: {recipe.reason}"
        yield _finding("unknown-package", entry, where(entry.name, ""), message, "see the recipe")
        return
    yield from _upstream(entry, recipe, where)
    yield from _pypi(entry, recipe, where)
    yield from _namesakes(entry, recipe, where)
    yield from _scheme(entry, recipe, where)
    yield from _tags(entry, recipe, where)


def _upstream(entry: Entry, recipe: Recipe, where: Where) -> Iterator[Finding]:
    theirs, ours = git_name(recipe.git), {git_name(one) for one in (entry.upstream, *entry.also)}
    if theirs and theirs not in ours:
        message = (
            f"its recipe's `git` is {theirs}, upstream here is {entry.upstream or 'not given'}"
        )
        hint = "name the recipe's repository too, in `also`; or correct one of the two"
        yield _finding("upstream", entry, where(entry.name, "upstream"), message, hint)


def _pypi(entry: Entry, recipe: Recipe, where: Where) -> Iterator[Finding]:
    theirs, place = index_name(recipe), where(entry.name, "pypi")
    if theirs and entry.pypi != theirs:
        message = (
            f"its recipe takes {theirs} from PyPI, the name here is {entry.pypi or 'not given'}"
        )
        yield _finding("pypi", entry, place, message, f"write pypi: {theirs}")
    elif entry.pypi and not theirs and pypi_name(entry.name.removeprefix("py-")) != entry.pypi:
        message = f"nothing in its recipe shows that it is {entry.pypi} on PyPI"
        yield _finding("pypi", entry, place, message, "drop it, unless the names are the same")
    elif entry.pypi and not theirs and not entry.name.startswith("py-"):
        message = f"{entry.pypi} on PyPI may be another product, and its recipe does not name it"
        yield _finding("pypi", entry, place, message, "drop it")


def _namesakes(entry: Entry, recipe: Recipe, where: Where) -> Iterator[Finding]:
    hosts = {
        one.partition("://")[2].partition("/")[0]
        for one in (recipe.url, *recipe.urls, *(version.url for version in recipe.versions))
    }
    for field, key in _claims(entry):
        space = key.space.partition(":")[0]
        if space not in _NATIVE and _REGISTRIES.get(space) not in hosts:
            message = f"{key}: its recipe does not take its source from {space}"
            hint = "drop it: a package of that name there is another product"
            yield _finding("namesake", entry, where(entry.name, field), message, hint)


def _scheme(entry: Entry, recipe: Recipe, where: Where) -> Iterator[Finding]:
    strange = [one for one in numbered(recipe) if not fits(entry.scheme, one)]
    if strange:
        message = f"not versions of the scheme {entry.scheme}: {_list(strange)}"
        hint = "choose another scheme; or leave it: findings on these versions will be unknown"
        finding = _finding("scheme", entry, where(entry.name, "scheme"), message, hint)
        yield finding.model_copy(update={"level": Level.LOW})


def _tags(entry: Entry, recipe: Recipe, where: Where) -> Iterator[Finding]:
    ours = {git_name(one) for one in (entry.upstream, *entry.also)}
    seen = [
        one for one in tagged(recipe) if one.repository in ours and _PLAIN.fullmatch(one.version)
    ]
    place = where(entry.name, "tags")
    if not entry.tags or not seen:
        return
    wrong = [one for one in seen if not _agrees(entry, one)]
    if len(wrong) == len(seen):
        message = f"no pattern of it matches a tag that its recipe shows: {_list(_words(seen))}"
        yield _finding("tags", entry, place, message, "write one that does")
    elif mistaken := [one for one in wrong if entry.version_of(one.tag) is not None]:
        message = f"patterns give another version than the recipe: {_list(_words(mistaken))}"
        finding = _finding("tags", entry, place, message, "write them more strictly")
        yield finding.model_copy(update={"level": Level.LOW})


def _agrees(entry: Entry, one: Tagged) -> bool:
    return same_numbers(entry.version_of(one.tag) or "", one.version)


def same_numbers(one: str, other: str) -> bool:
    """Say whether two versions differ in nothing but separators, leading zeros and last zeros."""
    return _flat(one) == _flat(other) != ()


def _flat(version: str) -> tuple[str, ...]:
    parts = [part.lstrip("0") or "0" for part in _PART.findall(version.lower().removeprefix("v"))]
    while parts and parts[-1] == "0":
        parts.pop()
    return tuple(parts)


def unmatched(entry: Entry, tags: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns of an entry that match none of these tags."""
    known = tuple(tags)
    return tuple(
        one for one in entry.tags if not any(compiled(one).fullmatch(tag) for tag in known)
    )


def _words(tags: Iterable[Tagged]) -> list[str]:
    return [f"{one.tag} ({one.version})" for one in tags]


def _list(items: Sequence[str]) -> str:
    more = len(items) - _SOME
    return ", ".join(items[:_SOME]) + (f" and {more} more" if more > 0 else "")
