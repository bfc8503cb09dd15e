"""Recipe repositories: their description, where a package's file is, and several in order.

1. A repository is a folder (or a commit) with `repo.yaml`: `namespace`, `api`, `subdirectory`.
2. In several repositories a package comes from the first that has it, as in Spack.
3. A dotted module name is found by its namespace: `spack_repo.<namespace>.…`, or
   `spack.pkg.<namespace>.…` in version 1.

Facts: Spack's documentation of package repositories, Package API 1 and 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct

from peso.errors import BadInput
from peso.products.recipes.naming import V1, V2, Api, folder_of, package_of, v1_modules
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.source import RECIPE, RecipeSource

DESCRIPTION = "repo.yaml"
_PLAIN = re.compile(
    r"repo:\n(?:  (?:namespace: [a-z_]\w*|api: v\d+\.\d+|subdirectory: [a-z_]\w*)\n)+"
)
_PAIR = re.compile(r"  (\w+): (\S+)\n")


class Repository(Struct, frozen=True, eq=False):
    """One recipe repository."""

    number: int
    """Its place in the order; 0 comes first."""
    source: RecipeSource
    namespace: str
    api: Api
    subdirectory: str

    def file_in(self, folder: str) -> str:
        """Return the recipe's file in a folder."""
        below = "" if self.subdirectory == "." else f"{self.subdirectory}/"
        return f"{below}{folder}/{RECIPE}"

    def file_of(self, package: str) -> str:
        """Return a package's recipe file, there or not; empty where the name can be none's."""
        folder = folder_of(package, self.api)
        return self.file_in(folder) if package_of(folder, self.api) == package else ""

    def possible(self) -> Iterator[tuple[str, str]]:
        """Yield each package that may be there, with its file: only names are looked at."""
        for folder in self.source.folders(self.subdirectory):
            if package := package_of(folder, self.api):
                yield package, self.file_in(folder)

    def recipes(self) -> Mapping[str, str]:
        """Return the signature of each package's file."""
        return {
            package: signature
            for folder, signature in self.source.recipes(self.subdirectory).items()
            if (package := package_of(folder, self.api))
        }

    def package_in(self, file: str) -> str:
        """Return the dotted package that a file's relative imports start from."""
        folder = file.rpartition("/")[0].replace("/", ".")
        return f"{V2}.{self.namespace}.{folder}" if folder else f"{V2}.{self.namespace}"


def open_repository(source: RecipeSource, number: int) -> Repository:
    """Read a repository's description; raises `BadInput`."""
    where = f"{source.label}/{DESCRIPTION}"
    try:
        said = _description(source.read(DESCRIPTION))
    except CannotRead as why:
        raise BadInput(
            f"this is no recipe repository: {why.reason}",
            where=where,
            hint="name the folder that holds `repo.yaml`, e.g. …/repos/spack_repo/builtin",
        ) from None
    except ValueError as error:
        raise BadInput(f"it is not YAML: {error}", where=where) from None
    repo = said.get("repo") if isinstance(said, dict) else None
    if not isinstance(repo, dict):
        raise BadInput("it does not describe a repository", where=where, hint="it needs `repo:`")
    api = _api(repo.get("api", "v1.0"), where)
    namespace = repo.get("namespace") or _namespace_of(source.label)
    if not isinstance(namespace, str) or not namespace:
        raise BadInput("the repository has no namespace", where=where, hint="add `namespace:`")
    below = repo.get("subdirectory", "packages")
    if not isinstance(below, str) or PurePosixPath(below).is_absolute() or ".." in below:
        raise BadInput("the subdirectory is no folder of the repository", where=where)
    return Repository(number, source, namespace, api, below or ".")


def _description(data: bytes) -> Any:  # noqa: ANN401 - whatever is written there
    """Return what a description says. Raises ValueError where it is not YAML."""
    text = data.decode()
    if _PLAIN.fullmatch(text):  # nearly all: read at once, without the YAML library
        return {"repo": dict(_PAIR.findall(text))}
    import yaml  # noqa: PLC0415 - takes longer than looking a recipe up

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _api(said: object, where: str) -> Api:
    try:
        major, minor = str(said).removeprefix("v").split(".")
        return int(major), int(minor)
    except ValueError:
        raise BadInput(f"the API version {said!r} is not of the form v1.0", where=where) from None


def _namespace_of(label: str) -> str:
    """Return the namespace that a version 2 repository has by its place."""
    _, found, below = label.partition("@")[0].rpartition(f"{V2}/")
    return below.strip("/").replace("/", ".") if found else ""


class Repositories:
    """Several repositories in order; the first that has a package is where it comes from."""

    def __init__(self, ordered: tuple[Repository, ...]) -> None:
        self.ordered = ordered

    def find(self, dotted: str) -> tuple[Repository, str] | None:
        """Return the repository and file of a dotted module; None where there is none."""
        for prefix, version in ((f"{V2}.", 2), (f"{V1}.", 1)):
            if not dotted.startswith(prefix):
                continue
            rest = dotted.removeprefix(prefix)
            for one in sorted(self.ordered, key=lambda one: -len(one.namespace)):
                inside = rest.removeprefix(f"{one.namespace}.")
                if inside == rest:
                    continue
                for file in _files(one, inside, version):
                    if one.source.signature(file):
                        return one, file
        return None


def _files(one: Repository, inside: str, version: int) -> tuple[str, ...]:
    path = inside.replace(".", "/")
    if version == 1:
        return tuple(one.file_in(name) for name in dict.fromkeys(v1_modules(inside)))
    return f"{path}.py", f"{path}/__init__.py"
