"""What a recipe shows of whose code it is: addresses, tags with their versions, its index name.

Reads a recipe; claims nothing. The rules, in order:

1. Only what names the source counts: `git`, the homepage, the archives' addresses. Patches,
   resources and what a dependency brings are other people's.
2. A page on a forge below a repository is that repository.
3. A tag is shown by `tag=`, or by an archive or release that a forge makes of it; with the version
   that the recipe gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from peso.products.recipes.record import Recipe, Version
from peso.services.assurance.identity.keys import git_name, pypi_name

_FORGES = frozenset({"github.com", "codeberg.org", "bitbucket.org"})
_LABS = re.compile(r"(?:gitlab|salsa|invent|code)\.[\w.-]+")
_PAGES = frozenset({"-", "blob", "wiki", "wikis", "tree", "releases", "archive", "issues"})
_PACKED = re.compile(r"\.(?:tar\.(?:gz|bz2|xz|zst|lz)|tgz|tbz2|zip)$")
_OF_TAG = re.compile(
    r"/archive/(?:refs/tags/)?(?P<archive>(?!v?[\d.]+/)[^?]+)$|/releases/download/(?P<release>[^/]+)/[^/]+$"
    r"|/-/archive/(?P<lab>[^/]+)/[^/]+$|/archive/(?P<named>[^/]+)/[^/]+$"
)
_MOVING = re.compile(
    r"(?:develop|dev|main|master|head|trunk|nightly|stable|latest|default|legacy|git)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An address, and what in the recipe shows it."""

    by: str
    """`git`, `homepage` or `url`."""
    name: str
    """Host and path, normalised."""
    repository: bool
    """Whether it is surely a repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A tag, and the version the recipe gives it."""

    repository: str
    """Host and path of the repository the tag is in, normalised."""
    tag: str
    version: str


def shown(recipe: Recipe) -> tuple[Shown, ...]:
    """Return the addresses by which a recipe says whose code it is, the surest first."""
    found = [_shown("git", recipe.git)]
    found += [_shown("git", one.git) for one in recipe.versions]
    urls = (recipe.url, *recipe.urls, *(one.url or one.computed_url for one in recipe.versions))
    found += [_shown("url", one) for one in urls]
    found.append(_shown("homepage", recipe.homepage))
    first: dict[str, Shown] = {}
    for one in found:
        if one is not None:
            first.setdefault(one.name, one)
    return tuple(first.values())


def _shown(by: str, url: str) -> Shown | None:
    if not url:
        return None
    if by == "git":
        name = git_name(url)
        return Shown(by=by, name=name, repository=True) if name else None
    name = repository_of(url)
    if name:
        return Shown(by=by, name=name, repository=True)
    plain = git_name(url)
    return Shown(by=by, name=plain, repository=False) if by == "homepage" and plain else None


@lru_cache(maxsize=8192)
def repository_of(url: str) -> str:
    """Return the repository on a forge that an address lies in; empty where it lies in none."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""
    steps = [unquote(one) for one in parts.path.split("/") if one]
    if host in _FORGES:
        steps = steps[:2]
    elif _LABS.fullmatch(host):
        steps = steps[: next((i for i, one in enumerate(steps) if one in _PAGES), len(steps))]
        if steps[:2] == ["api", "v4"]:
            return ""
    else:
        return ""
    return git_name(f"{host}/{'/'.join(steps)}") if len(steps) > 1 else ""


def moving(version: str) -> bool:
    """Say whether a version is a branch's name, or anything else that moves."""
    return bool(_MOVING.match(version)) or not any(one.isdigit() for one in version)


def tagged(recipe: Recipe) -> tuple[Tagged, ...]:
    """Return every tag that the recipe shows for a version that does not move."""
    found = (_tagged(one, recipe) for one in recipe.versions if not moving(one.number))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _tagged(version: Version, recipe: Recipe) -> Tagged | None:
    if version.tag:
        where = git_name(version.git or recipe.git)
        return Tagged(repository=where, tag=version.tag, version=version.number)
    for url in (version.url, version.computed_url):
        if tag := tag_in(url):
            return Tagged(repository=repository_of(url), tag=tag, version=version.number)
    tag = "" if recipe.computes_url else _in_place(tag_in(recipe.url), version.number)
    where = repository_of(recipe.url)
    return Tagged(repository=where, tag=tag, version=version.number) if tag else None


def tag_in(url: str) -> str:
    """Return the tag that an archive's address names; empty where it names none."""
    found = _OF_TAG.search(url)
    text = next((one for one in found.groups() if one), "") if found else ""
    return _PACKED.sub("", unquote(text))


_NUMBER = re.compile(
    r"(?<![0-9])(?P<number>\d+(?:\.\d+)+|\d+(?:_\d+)+|\d+(?:-\d+)+|\d+)(?P<tail>(?:[-._]?[A-Za-z]+)*)$"
)
_DOTTED = re.compile(r"\d+(?:\.\d+)*")


def _in_place(tag: str, version: str) -> str:
    """Return a tag with another version put in; empty where it is unsure."""
    found = _NUMBER.search(tag)
    if not found or not _DOTTED.fullmatch(version):
        return ""
    separator = next((one for one in "._-" if one in found["number"]), ".")
    return tag[: found.start("number")] + version.replace(".", separator) + found["tail"]


def index_name(recipe: Recipe) -> str:
    """Return the name that the recipe's `pypi` gives, normalised; empty where there is none."""
    return pypi_name(recipe.pypi.partition("/")[0]) if recipe.pypi else ""


def numbered(recipe: Recipe) -> Iterator[str]:
    """Yield the versions that do not move."""
    yield from (one.number for one in recipe.versions if not moving(one.number))
