"""Spack's own configuration, read as files: which they are, and what PESO must know of it.

What it does not do: merge it as Spack does, or ask Spack (`solve.py` writes down what is in force).
It is read to tell whether anything changed, and what nobody need look for. The rules, in order:

1. The folders, the highest precedence first: those the workspace names, the user's, the site's and
   the system's, and Spack's defaults; `SPACK_DISABLE_LOCAL_CONFIG` leaves out user and system.
2. The files are those with the ending `.yaml` in a folder, and in its folders for a platform; what
   an `include.yaml` names by a path is read too.
3. A recipe repository comes from the first folder that has its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.yaml_nodes import Node, Sequence
from peso.base.yaml_read import read_yaml
from peso.products.engines.spack.site import Site
from peso.products.environments.sections import read_repos
from peso.products.environments.texts import (
    as_spack,
    entry_of,
    get,
    named,
    overrides,
    text_of,
    texts_of,
)

_MOST: Final = 8 << 20
_MOST_FILES: Final = 500
_PLATFORMS: Final = ("linux", "darwin")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A recipe repository that Spack's configuration names."""

    name: str
    folder: Path


def config_files(site: Site) -> tuple[Path, ...]:
    """Return every file of the configuration, the highest precedence first."""
    found: dict[Path, None] = {}
    for folder in _folders(site):
        for file in _files(folder):
            _take(file, found, site)
    return tuple(found)


def config_digest(site: Site) -> str:
    """Return the digest of the configuration's files, by their content."""
    said = [[str(file), _digest(file)] for file in config_files(site)]
    return sha256_bytes(canonical_json(said))


def given_externals(site: Site) -> frozenset[str]:
    """Return the packages for which the configuration names externals."""
    return frozenset(
        name
        for file in config_files(site)
        if file.name == "packages.yaml"
        for name, settings in _packages(file)
        if has_externals(settings)
    )


def missing_externals(site: Site) -> frozenset[str]:
    """Return the packages that the configuration wants from the machine, but does not say where.

    Spack's defaults name some (`glibc`, what vendors ship) that it finds without being asked.
    """
    return frozenset(
        wanted
        for file in _own_files(site, "packages.yaml")
        for name, settings in _packages(file)
        if wants_external(settings)
        for wanted in (name, *wanted_names(settings))
    )


def says_reuse(site: Site) -> bool:
    """Say whether the configuration speaks of `concretizer: reuse`, apart from Spack's defaults."""
    return any(
        get(get(read_yaml(file, same=as_spack).root, "concretizer"), "reuse") is not None
        for file in _own_files(site, "concretizer.yaml")
    )


def has_externals(settings: Node | None) -> bool:
    """Say whether a package's settings name an external."""
    externals = get(settings, "externals")
    return isinstance(externals, Sequence) and len(externals) > 0


def wants_external(settings: Node | None) -> bool:
    """Say whether a package's settings say `buildable: false`, and no external."""
    buildable = text_of(get(settings, "buildable"))
    no = buildable is not None and buildable.scalar.truth is False
    return no and not has_externals(settings)


def repositories(site: Site) -> tuple[Used, ...]:
    """Return the recipe repositories in force, as folders, the first comes first.

    One that Spack clones by itself is where it keeps its clones; before the first clone it is
    nowhere, and left out.
    """
    used: dict[str, Used | None] = {
        one.namespace: Used(name=one.namespace, folder=one.folder) for one in site.recipes
    }
    for file in config_files(site):
        if file.name != "repos.yaml":
            continue
        root = read_yaml(file, same=as_spack).root
        for one in read_repos(get(root, "repos")):
            name = one.name.value if one.name else f"list:{one.path}"
            path = one.path or one.destination
            place = _place(path.value, file.parent, site) if path else None
            clone = one.git is not None
            used.setdefault(name, Used(name=name, folder=place) if place else None)
            if clone and place is None and used[name] is None:
                used[name] = Used(name=name, folder=clones(site))
        entry = entry_of(root, "repos")
        if entry is not None and overrides(entry.key):
            break
    return tuple(one for one in used.values() if one is not None and one.folder.exists())


def clones(site: Site) -> Path:
    """Return the folder Spack clones recipe repositories into by itself."""
    return _cache(site) / "package_repos"


def _cache(site: Site) -> Path:
    said = site.environment.get("SPACK_USER_CACHE_PATH", "")
    return Path(said).expanduser() if said else _home(site) / ".spack"


def _home(site: Site) -> Path:
    return Path(site.environment.get("HOME", "/nonexistent"))


def _folders(site: Site) -> Iterator[Path]:
    local = "SPACK_DISABLE_LOCAL_CONFIG" not in site.environment
    etc = site.spack.root / "etc" / "spack"
    yield from reversed(site.config)
    yield etc
    if local:
        user = site.environment.get("SPACK_USER_CONFIG_PATH", "")
        yield Path(user).expanduser() if user else _home(site) / ".spack"
    yield etc / "site"
    if local:
        yield Path(site.environment.get("SPACK_SYSTEM_CONFIG_PATH", "") or "/etc/spack")
    yield from (etc / "defaults" / below for below in ("", *_PLATFORMS, "base"))


def _own_files(site: Site, name: str) -> Iterator[Path]:
    """Yield the files of that name that are not Spack's defaults."""
    defaults = site.spack.root / "etc" / "spack" / "defaults"
    for file in config_files(site):
        if file.name == name and not file.is_relative_to(defaults):
            yield file


def _files(folder: Path) -> tuple[Path, ...]:
    try:
        found = [
            file
            for place in (folder, *(folder / below for below in _PLATFORMS))
            for file in sorted(place.glob("*.yaml"))
        ]
    except OSError:
        return ()
    return tuple(found)


def _take(file: Path, found: dict[Path, None], site: Site) -> None:
    """Take a file, and the local files its `include:` names."""
    if file in found or len(found) >= _MOST_FILES or not file.is_file():
        return
    found[file] = None
    if file.name != "include.yaml":
        return
    section = get(read_yaml(file, same=as_spack).root, "include")
    for item in section.items if isinstance(section, Sequence) else ():
        text = text_of(item) or text_of(get(item, "path"))
        place = _place(text.value, file.parent, site) if text else None
        for below in _files(place) if place and place.is_dir() else (place,) if place else ():
            _take(below, found, site)


def _place(said: str, folder: Path, site: Site) -> Path | None:
    """Return the place a path of the configuration stands for; None where it cannot be told."""
    path = said.removeprefix("file://")
    path = path.replace("$spack", str(site.spack.root)).replace("${spack}", str(site.spack.root))
    if path.startswith("~/"):
        path = str(_home(site) / path[2:])
    return None if "$" in path or "://" in path else folder / path


def _packages(file: Path) -> Iterator[tuple[str, Node]]:
    section = get(read_yaml(file, same=as_spack).root, "packages")
    for name, settings in named(section):
        yield name.value, settings


def wanted_names(settings: Node | None) -> tuple[str, ...]:
    """Return the names that a package's `require` starts with: `mpi: {require: openmpi@4}`."""
    texts = (text.value for text in texts_of(get(settings, "require")))
    return tuple(found[0] for text in texts if (found := _NAME.match(text)))


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return sha256_bytes(stream.read(_MOST))
    except OSError as error:
        return f"not read: {error.strerror}"
