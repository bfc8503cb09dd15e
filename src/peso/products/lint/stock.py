"""Which recipes an environment is judged by, and what is not at hand.

The rules, in order:

1. Repositories of recipes that the environment names by a local path come first, as in Spack; then
   the base: those given for the run, else the catalog last indexed, else those of a Spack.
2. A repository the environment takes from git is at hand if one of the base has its namespace. A
   pin (`commit`, `tag`) is honored: the base is read at that commit. Where it is not there, the
   recipes are other ones than the environment's, and the report says so.
3. What is given for the run stands for a repository of the same namespace that the environment
   names by a path.
4. What is named and not at hand is missing, with its reason; then a name that is nowhere is no
   fault.

Catalogs are opened once for the same repositories; the object that does it is made for a run.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field

from peso.base.yaml_nodes import Mapping as Tree
from peso.base.yaml_nodes import Scalar
from peso.base.yaml_read import read_yaml
from peso.errors import BadInput, PesoError
from peso.products.environments.facts import Facts
from peso.products.environments.paths import UnknownPathError, resolve
from peso.products.environments.record import Environment, Reached, Repository
from peso.products.environments.texts import as_spack, get
from peso.products.lint.pantry import Catalogued, Pantry
from peso.products.lint.record import RecipesUsed
from peso.products.lint.shelf import Shelf
from peso.products.lint.specs import Specs

_COMMIT = re.compile(r".*@[0-9a-f]{40}", re.DOTALL)
GIVEN = "--repo"
"""Why a repository is used that is given for the run."""
_BUILTIN = "builtin"
_BELOW = "repos/spack_repo/builtin"
_SECTIONS = ("etc/spack/site/repos.yaml", "etc/spack/repos.yaml")


class Named(Struct, frozen=True):
    """A repository, and who named it."""

    label: str
    """A folder, or folder@commit."""
    namespace: str
    why: str


class Stockroom(Struct, kw_only=True):
    """Opens the recipes for each environment of a run."""

    base: tuple[Named, ...]
    cache: Path
    facts: Facts
    _shelves: dict[tuple[str, ...], Shelf | str] = field(default_factory=dict)
    _pantries: dict[tuple[object, ...], Pantry] = field(default_factory=dict)

    def stock(self, environment: Environment, specs: Specs) -> Pantry:
        """Return the recipes for an environment."""
        named, missing = self._named(environment)
        if not named:
            return Pantry(specs=specs, missing=missing)
        key = (named, missing)
        if key not in self._pantries:
            self._pantries[key] = self._pantry(named, missing, specs)
        return self._pantries[key]

    def save(self) -> None:
        """Keep what was read for the next run."""
        for shelf in self._shelves.values():
            if isinstance(shelf, Shelf):
                shelf.save()

    def _pantry(self, named: tuple[Named, ...], missing: tuple[str, ...], specs: Specs) -> Pantry:
        shelf = self._shelf(tuple(one.label for one in named))
        if isinstance(shelf, str):
            return Pantry(specs=specs, missing=(*missing, shelf))
        used = tuple(
            RecipesUsed(repository=one.label, namespace=one.namespace, why=one.why) for one in named
        )
        return Pantry(specs=specs, shelf=shelf, used=used, missing=missing)

    def _shelf(self, labels: tuple[str, ...]) -> Shelf | str:
        if labels not in self._shelves:
            try:
                self._shelves[labels] = Shelf(labels, self.cache, lambda: _open(labels, self.cache))
            except PesoError as error:
                self._shelves[labels] = f"the recipes could not be opened: {error.message}"
        return self._shelves[labels]

    def _named(self, environment: Environment) -> tuple[tuple[Named, ...], tuple[str, ...]]:
        overlays: list[Named] = []
        missing: list[str] = []
        base = list(self.base)
        for repository in environment.repos:
            if repository.git is None:
                self._local(repository, environment, overlays, missing)
                continue
            name = repository.name.value if repository.name else ""
            found = [n for n, one in enumerate(base) if one.namespace == name]
            if not found:
                missing.append(f"the repository {name} is in git ({repository.git})")
            for number in found:
                pinned, same = self._pinned(base[number], repository)
                base[number] = pinned
                if not same:
                    missing.append(f"{repository.pin} of {name} is not in {pinned.label}")
        missing += (
            f"the include {include.path} may name more recipes"
            for include in environment.includes
            if include.reached is Reached.UNREACHED and not include.optional
        )
        if overlays and not base:
            missing.append("Spack's own recipes are not at hand; give --repo")
        return (*overlays, *base), tuple(dict.fromkeys(missing))

    def _local(
        self,
        repository: Repository,
        environment: Environment,
        overlays: list[Named],
        missing: list[str],
    ) -> None:
        if repository.path is None:
            return
        folder = Path(repository.path.place.file).parent
        try:
            path = resolve(
                repository.path.value,
                folder=folder,
                environment=Path(environment.file).parent,
                facts=self.facts,
            )
        except UnknownPathError as unknown:
            missing.append(f"the repository {repository.path}: {unknown}")
            return
        name = repository.name.value if repository.name else ""
        if any(one.namespace == name and one.why == GIVEN for one in self.base):
            return  # what is given for the run stands for it
        if (path / "repo.yaml").is_file():
            overlays.append(Named(str(path), name, f"named in {repository.place}"))
        else:
            missing.append(f"there is no repository in {path} (named in {repository.place})")

    def _pinned(self, base: Named, repository: Repository) -> tuple[Named, bool]:
        """Return the base at the commit a repository is pinned to, and whether it is there."""
        pin = repository.commit or repository.tag or repository.branch
        if pin is None or repository.branch is pin or "@" in base.label:
            return base, True
        try:
            label = whole_label(f"{base.label}@{pin.value}", self.cache)
        except PesoError:
            return base, False
        return Named(label, base.namespace, f"pinned in {pin.place}"), True


def _open(labels: tuple[str, ...], cache: Path) -> Catalogued:
    from peso.products.lint.catalogued import LintCatalog  # noqa: PLC0415 - slow to import

    return LintCatalog.open(*labels, cache=cache)


def whole_label(label: str, cache: Path) -> str:
    """Return a repository's label with the whole commit, as it is asked of git.

    Raises:
        BadInput: it is no repository, or there is no such commit.
        Outside: git failed.
    """
    folder = Path(label).expanduser()
    if folder.is_dir() or "@" not in label:
        if not (folder / "repo.yaml").is_file():
            raise BadInput(
                "this is no recipe repository",
                where=label,
                hint="name the folder that holds `repo.yaml`, e.g. …/repos/spack_repo/builtin",
            )
        return os.path.abspath(folder)  # noqa: PTH100 - links stay as named
    seen = cache / "lint" / f"{hashlib.sha256(label.encode()).hexdigest()[:16]}.commit"
    if _COMMIT.fullmatch(label) and seen.is_file():
        return label  # a commit that was there is there
    from peso.products.lint.catalogued import LintCatalog  # noqa: PLC0415 - slow to import

    whole = LintCatalog.open(label, cache=cache).repositories[0]
    if whole == label:
        with suppress(OSError):
            seen.parent.mkdir(parents=True, exist_ok=True)
            seen.touch()
    return whole


def named_folders(labels: tuple[str, ...], why: str, cache: Path) -> tuple[Named, ...]:
    """Return repositories with the namespaces their descriptions give; raises as `whole_label`."""
    whole = (whole_label(label, cache) for label in labels)
    return tuple(Named(label, _namespace(label), why) for label in whole)


def _namespace(label: str) -> str:
    folder = Path(label) if Path(label).is_dir() else Path(label.rpartition("@")[0])
    said = get(get(read_yaml(folder / "repo.yaml").root, "repo"), "namespace")
    return said.text if isinstance(said, Scalar) else folder.name


def recipes_of_spack(
    variables: Mapping[str, str], exists: Callable[[Path], bool] = Path.is_dir
) -> tuple[Named, ...]:
    """Return Spack's own recipes, where a Spack is named and they are in a folder.

    `PESO_SPACK` names its command; its user's, site's and own `repos.yaml` are looked into for
    `builtin`, in this order.
    """
    command = variables.get("PESO_SPACK", "")
    if not command:
        return ()
    root = Path(command).parent.parent
    user = variables.get("SPACK_USER_CONFIG_PATH", "")
    files = [Path(user) / "repos.yaml"] if user else []
    files += [root / one for one in _SECTIONS]
    for file in files:
        if not file.is_file():
            continue
        repos = get(read_yaml(file, same=as_spack).root, "repos")
        said = get(repos, _BUILTIN) if isinstance(repos, Tree) else None
        where = get(said, "destination") if isinstance(said, Tree) else said
        if not isinstance(where, Scalar):
            continue
        path = Path(where.text.replace("$spack", str(root))).expanduser()
        for folder in (path, path / _BELOW):
            if exists(folder) and (folder / "repo.yaml").is_file():
                return (Named(str(folder), _BUILTIN, f"PESO_SPACK ({file})"),)
    return ()
